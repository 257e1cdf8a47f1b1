/**
 * What happens after an error that nobody caught: it is logged, and the process ends at once. Its state can no
 * longer be trusted, and everything acknowledged is on disk; the process manager starts it anew.
 */
import type { Log } from './log.ts';

/** Exit code after an uncaught error; the same that Node uses. */
const EXIT_CODE = 1;

/** Logs uncaught exceptions and unhandled rejections as fatal, and ends the process with code 1. */
export function crashOnUncaughtErrors(log: Log): void {
	const crash = (reason: string) => (error: unknown) => {
		log.fatal({ err: error, reason }, 'an error was not caught; ending');
		process.exit(EXIT_CODE);
	};
	process.on('uncaughtException', crash('exception'));
	process.on('unhandledRejection', crash('rejection'));
}
