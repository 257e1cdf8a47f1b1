/**
 * The running transactions of this page or worker. Each has a time limit, and none outlives the page: WebKit
 * keeps a page that was left in its back/forward cache with its transactions open, and every other page of
 * the site then waits for them until the browser is closed.
 */
import type { Dexie, DBCore } from 'dexie';
import { writable, type Live } from './live.ts';

/**
 * ms that a transaction may take, its waiting for others included. Writing the largest file (50 MB) takes a
 * slow phone about 10 s; longer means that somebody holds the storage and will not let go.
 */
export const TRANSACTION_WITHIN = 20_000;
/** A device that slept finds all its timers due: the limit is counted in parts, and sleep costs one of them. */
const PARTS = 4;

/** ms after which screens say what they wait for. */
const SAY_AFTER = 3_000;

const running = new Set<IDBTransaction>();
const slow = new Set<object>();
const stalled = writable(false);

/** Whether something has been waiting for the browser's storage so long that it has to be said. */
export const storageStalled: Live<boolean> = stalled;

let leaves = 0;
let away: { over: Promise<void>; end: () => void } | null = null;

/**
 * Has a transaction aborted when it takes too long, or when its page is left.
 * @param within ms it may take
 */
export function track(transaction: IDBTransaction, within = TRANSACTION_WITHIN): void {
	let parts = 0;
	const timer = setInterval(() => {
		if (++parts === PARTS) abort(transaction);
	}, within / PARTS);
	const answered = awaitStorage();
	const ended = (): void => {
		clearInterval(timer);
		answered();
		running.delete(transaction);
	};
	transaction.addEventListener('complete', ended);
	transaction.addEventListener('abort', ended);
	running.add(transaction);
	// Begun in the last moment of a page: it would stay open like the others.
	if (away) abort(transaction);
}

/** To be called when the storage is asked, its answer when the storage has answered: `storageStalled` follows. */
export function awaitStorage(): () => void {
	const request = {};
	const timer = setTimeout(() => {
		slow.add(request);
		stalled.set(true);
	}, SAY_AFTER);
	return () => {
		clearTimeout(timer);
		slow.delete(request);
		stalled.set(slow.size > 0);
	};
}

/** Tracks all transactions of a database; to be called before it is opened. */
export function trackAll(db: Dexie): void {
	db.use({
		stack: 'dbcore',
		name: 'track',
		create: (core: DBCore): DBCore => ({
			...core,
			transaction(tables, mode, options) {
				const transaction = core.transaction(tables, mode, options);
				// At the lowest level Dexie's transaction is the browser's.
				track(transaction as IDBTransaction);
				return transaction;
			}
		})
	});
}

/**
 * Runs what reads or writes in one transaction. When its page is left in the middle of it, nothing was
 * written, and it is run again once the page is shown again.
 */
export async function whilePresent<T>(run: () => PromiseLike<T>): Promise<T> {
	for (;;) {
		if (away) await away.over;
		const before = leaves;
		try {
			return await run();
		} catch (error) {
			if (leaves === before || !isAbort(error)) throw error;
		}
	}
}

/** Whether a transaction was aborted from outside, and not by a fault of the browser. */
export function isAbort(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	const { name, inner } = error as { name?: string; inner?: unknown };
	return name === 'AbortError' && (!inner || isAbort(inner));
}

/** The page goes into the back/forward cache: aborts what runs, and holds back what is new. */
export function leavePage(): void {
	leaves++;
	let end = (): void => undefined;
	const over = new Promise<void>((resolve) => (end = resolve));
	away ??= { over, end };
	for (const transaction of running) abort(transaction);
}

/** The page is shown again: runs what was held back. */
export function returnToPage(): void {
	away?.end();
	away = null;
}

function abort(transaction: IDBTransaction): void {
	try {
		transaction.abort();
	} catch (error) {
		// It is just ending by itself.
		if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
	}
}
