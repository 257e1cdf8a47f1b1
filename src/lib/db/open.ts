/**
 * Opening what an account keeps on this device. Every open has a time limit, and a browser that
 * refuses (private windows, a full or broken disk, an upgrade held up by an old tab) is answered
 * with memory and a state that screens show, never with a blank app.
 */
import { Dexie } from 'dexie';
import { MemoryFileQueue } from '../sync/memory/memory-files.ts';
import { MemoryLocalStore } from '../sync/memory/memory-store.ts';
import { MemoryOutboxStore } from '../sync/memory/memory-outbox.ts';
import type { DraftFiles, FileQueue } from '../sync/ports-files.ts';
import { StoreError, type OutboxStore } from '../sync/ports.ts';
import type { Cache } from './cache.ts';
import { damageReport } from './damage.ts';
import { DexieOutbox } from './dexie-outbox.ts';
import { DexieShares } from './dexie-shares.ts';
import { DexieStore } from './dexie-store.ts';
import {
	CACHE_VERSION,
	cacheName,
	CacheDatabase,
	OutboxDatabase,
	outboxName,
	SharesDatabase,
	type Place
} from './schema.ts';
import { toStoreError } from './store-error.ts';
import { awaitStorage, trackAll } from './transactions.ts';

/**
 * ms a browser has to open a database; beyond that an upgrade is blocked or the disk does not answer. A cold start on
 * a slow phone opens within about 1 s, one on a machine that is busy with twenty other things within 5. What comes
 * after it is worse than waiting, which the screen says after 3 s: nothing is kept.
 */
const OPEN_WITHIN = 10_000;

/** What happens to open databases by the doing of others. */
interface OpenEvents {
	/** A newer release of the app upgrades the database: this tab has let go and must be reloaded. */
	outdated(): void;
	/** The database was deleted: the account was signed out or wiped. */
	deleted(): void;
	/** Something kept was damaged; called once for each kind of it, with what became of it. */
	damaged?(error: Error): void;
}

/** One account's databases. */
export interface Opened {
	cache: Cache;
	outbox: OutboxStore;
	/** files on their way, kept where the outbox is */
	files: FileQueue;
	/** files of drafts, kept there too; null where nothing can be kept */
	draftFiles: DraftFiles | null;
	/** why a database is in memory, or null when the browser keeps it */
	cacheError: StoreError | null;
	outboxError: StoreError | null;
}

/**
 * Opens both databases of an account; never rejects.
 * @param place where IndexedDB is, in tests
 */
export async function openAccount(
	account: string,
	events: OpenEvents,
	place: Place = {}
): Promise<Opened> {
	const [cache, outbox] = await Promise.all([
		openCache(account, events, place).catch(toStoreError),
		openOutbox(account, events, place).catch(toStoreError)
	]);
	return {
		cache: cache instanceof StoreError ? new MemoryLocalStore() : cache,
		outbox: outbox instanceof StoreError ? new MemoryOutboxStore() : outbox,
		files: outbox instanceof StoreError ? new MemoryFileQueue() : outbox.files(),
		draftFiles: outbox instanceof StoreError ? null : outbox.draftFiles(),
		cacheError: cache instanceof StoreError ? cache : null,
		outboxError: outbox instanceof StoreError ? outbox : null
	};
}

/** Opens the cache; rejects with StoreError. */
export async function openCache(
	account: string,
	events: OpenEvents,
	place: Place = {}
): Promise<DexieStore> {
	const db = new CacheDatabase(account, place);
	await open(db, events);
	const report = damageReport((error) => events.damaged?.(error));
	if (db.verno <= CACHE_VERSION) return new DexieStore(db, report);
	// A rolled-back deployment: everything in here can be fetched again.
	db.close({ disableAutoOpen: true });
	await inTime(Dexie.delete(db.name));
	const fresh = new CacheDatabase(account, place);
	await open(fresh, events);
	return new DexieStore(fresh, report);
}

/**
 * Opens the database of a cache for what works beside it, like the search index. One that is not there is not made:
 * its account has been signed out meanwhile. Rejects with StoreError.
 */
export async function openExistingCache(
	account: string,
	events: OpenEvents,
	place: Place = {}
): Promise<CacheDatabase> {
	const db = new CacheDatabase(account, place);
	db.on('populate', () => {
		throw new StoreError('closed');
	});
	await open(db, events);
	if (db.verno <= CACHE_VERSION) return db;
	db.close({ disableAutoOpen: true });
	throw new StoreError('blocked');
}

/** Opens the outbox; rejects with StoreError. A newer release's outbox is read as it is. */
export async function openOutbox(
	account: string,
	events: OpenEvents,
	place: Place = {}
): Promise<DexieOutbox> {
	const db = new OutboxDatabase(account, place);
	await open(db, events);
	return new DexieOutbox(
		db,
		damageReport((error) => events.damaged?.(error))
	);
}

/** Opens what was shared into the app; rejects with StoreError. */
export async function openShares(place: Place = {}): Promise<DexieShares> {
	const db = new SharesDatabase(place);
	await open(db, { outdated: () => undefined, deleted: () => undefined });
	return new DexieShares(db);
}

/** Deletes all that an account keeps in databases; waits for other tabs to let go, within the time limit. */
export async function deleteAccountData(account: string): Promise<void> {
	await Promise.all(
		[cacheName(account), outboxName(account)].map((name) => inTime(Dexie.delete(name)))
	);
}

async function open(db: Dexie, events: OpenEvents): Promise<void> {
	trackAll(db);
	// Dexie would reopen by itself and go on writing into the newer schema; the first handler to
	// answer false is the last one to be asked.
	db.on('versionchange', (event) => {
		db.close({ disableAutoOpen: true });
		if (event.newVersion === null) events.deleted();
		else events.outdated();
		return false;
	});
	try {
		await inTime(db.open());
	} catch (error) {
		db.close({ disableAutoOpen: true });
		throw error;
	}
}

/** Rejects with StoreError("blocked") when the browser does not answer in time. */
async function inTime<T>(work: PromiseLike<T>): Promise<T> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const answered = awaitStorage();
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new StoreError('blocked')), OPEN_WITHIN);
	});
	try {
		return await Promise.race([work, late]);
	} catch (error) {
		throw toStoreError(error);
	} finally {
		clearTimeout(timer);
		answered();
	}
}
