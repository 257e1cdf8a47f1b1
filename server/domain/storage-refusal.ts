/** What people are told when the database did not do what it was asked, whatever they asked for. */
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { RETRY_AFTER_ERROR } from './constants.ts';
import { StorageError } from './store-port.ts';

/** ms after which it makes sense to ask again when the disk is full. */
const AFTER_STORAGE_FULL = 10_000;

/**
 * The refusal that an error stands for: one that was meant, or the database's.
 * @returns null for any other error, which has to be logged; the database tells of itself, whoever asked
 */
export function refusalIn(error: unknown): Refusal | null {
	if (error instanceof RefusalError) return error.refusal;
	if (!(error instanceof StorageError)) return null;
	if (error.reason === 'full') return refuse('storage_full', { after: AFTER_STORAGE_FULL });
	const code = error.reason === 'away' ? 'busy' : 'server_fault';
	return refuse(code, { after: RETRY_AFTER_ERROR });
}
