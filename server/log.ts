/** Structured lines about what the server does. Never a password, token, cookie or message text. */
import { multistream, pino, type Logger } from 'pino';
import { requestId } from './request-id.ts';

export type Log = Logger;

/**
 * @param level lines below it are not written
 * @param to where lines go; standard output by default
 */
export function createLog(level: string, to?: { write(line: string): void }): Log {
	const options = {
		level,
		base: null,
		mixin() {
			const request = requestId();
			return request === undefined ? {} : { request };
		},
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

/** Where lines go: to standard output, and to a file as well. */
export function alsoTo(file: { write(line: string): void }): { write(line: string): void } {
	// Levels are the logger's matter: what comes here goes to both.
	const all = { level: 'trace' as const };
	return multistream([
		// The plain stream would end the process when whoever reads it goes away.
		{ ...all, stream: pino.destination(1) },
		{ ...all, stream: file }
	]);
}
