/** PostgreSQL's errors as the store understands them. */
import pg from 'pg';
import { StorageError } from '../../domain/store-port.ts';

/** Codes that tell of another transaction in the way: the same work may go well the next time. */
const MET_ANOTHER = new Set([
	'40001', // serialization_failure
	'40P01', // deadlock_detected
	'55P03', // lock_not_available: the lock timeout
	'23505' // unique_violation: somebody took a name or a number since it was looked at
]);

/** Codes with which a server ends a connection, or does not let one begin: it is going down, coming up, or full. */
const CUT_OFF = new Set([
	'57P01', // admin_shutdown
	'57P02', // crash_shutdown
	'57P03', // cannot_connect_now
	'53300', // too_many_connections
	'25P03', // idle_in_transaction_session_timeout
	'ECONNREFUSED',
	'ECONNRESET',
	'EPIPE',
	'ETIMEDOUT'
]);

/** Codes of what came to no end in time: the lock timeout, after all tries, and the statement timeout. */
const TOO_SLOW = new Set(['55P03', '57014']);

const DISK_FULL = '53100';

const codeOf = (error: unknown): string => {
	const code = (error as { code?: unknown } | null)?.code;
	return typeof code === 'string' ? code : '';
};

/** Whether another transaction was in the way; nothing was written. */
export const metAnother = (error: unknown): boolean => MET_ANOTHER.has(codeOf(error));

/** Whether the connection was lost, or there was none to be had. */
export function isCutOff(error: unknown): boolean {
	const code = codeOf(error);
	if (CUT_OFF.has(code) || code.startsWith('08')) return true;
	// The driver's own errors have no code.
	const message = error instanceof Error ? error.message : '';
	return /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
		message
	);
}

/** What is wrong with a statement, without what anybody wrote: PostgreSQL quotes values in its messages and details. */
class StatementError extends Error {
	/** PostgreSQL's own, five characters */
	readonly code: string;
	constructor(code: string, where: string) {
		super(`PostgreSQL refused a statement: ${code}${where === '' ? '' : ` (${where})`}`);
		this.name = 'StatementError';
		this.code = code;
	}
}

/** How much an error of the server itself may say: what it is about, and no more; of others, all. */
export function tidyError(error: unknown): unknown {
	if (!(error instanceof pg.DatabaseError)) return error;
	const { code = '', severity, schema, table, column, constraint, routine } = error;
	// The end of a connection, or of the server: about nothing that anybody wrote.
	if (severity === 'FATAL' || severity === 'PANIC') {
		return new StatementError(code, error.message);
	}
	const names = [schema, table, column, constraint, routine].filter((name) => name !== undefined);
	return new StatementError(code, names.join(' '));
}

/** Turns PostgreSQL's error into what the domain understands; other errors stay what they are. */
export function toStorageError(error: unknown): unknown {
	const tidy = tidyError(error);
	if (codeOf(error) === DISK_FULL) return new StorageError('full', tidy);
	const isAway = isCutOff(error) || TOO_SLOW.has(codeOf(error));
	return isAway ? new StorageError('away', tidy) : tidy;
}
