/** Structured lines about what the server does. Never a password, token, cookie or message text. */
import { pino, type Logger } from 'pino';

export type Log = Logger;

/**
 * @param level lines below it are not written
 * @param to where lines go, for tests; standard output by default
 */
export function createLog(level: string, to?: { write(line: string): void }): Log {
	const options = {
		level,
		base: null,
		timestamp: () => `,"time":"${new Date().toISOString()}"`,
		// Fields are named one by one where lines are written; this catches what slips through.
		redact: {
			paths: [
				'password',
				'token',
				'cookie',
				'authorization',
				'*.password',
				'*.token',
				'*.cookie',
				'*.authorization'
			],
			censor: '(hidden)'
		}
	};
	return to ? pino(options, to) : pino(options);
}
