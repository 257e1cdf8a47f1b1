/** What a browser's database says, in the words of the port. */
import { StoreError } from '../sync/ports.ts';
import { isAbort, whilePresent } from './transactions.ts';

/** Name of an error -> what it means for us. Names from the IndexedDB standard and from Dexie. */
const REASONS: Record<string, StoreError['reason']> = {
	QuotaExceededError: 'full',
	DatabaseClosedError: 'closed',
	DatabaseClosed: 'closed',
	VersionError: 'blocked',
	VersionChangeError: 'blocked',
	TimeoutError: 'blocked'
};

/** Puts any error of Dexie or IndexedDB into a StoreError; anything unknown is "broken". */
export function toStoreError(error: unknown): StoreError {
	if (error instanceof StoreError) return error;
	// Only the time limit aborts what is not at fault itself.
	if (isAbort(error)) return new StoreError('blocked', error);
	return new StoreError(reasonOf(error) ?? 'broken', error);
}

/** Runs a verb of the store, while its page is there, and puts its errors into the words of the port. */
export async function guarded<T>(run: () => PromiseLike<T>): Promise<T> {
	try {
		return await whilePresent(run);
	} catch (error) {
		throw toStoreError(error);
	}
}

/** Dexie wraps the browser's error as `inner`, and those of bulk writes as `failures`. */
function reasonOf(error: unknown, depth = 0): StoreError['reason'] | null {
	if (typeof error !== 'object' || error === null || depth > 4) return null;
	const { name, inner, cause, failures } = error as {
		name?: string;
		inner?: unknown;
		cause?: unknown;
		failures?: unknown;
	};
	const nested = [inner, cause, ...(Array.isArray(failures) ? failures.slice(0, 1) : [])];
	for (const one of nested) {
		const reason = reasonOf(one, depth + 1);
		if (reason) return reason;
	}
	return (name !== undefined && REASONS[name]) || null;
}
