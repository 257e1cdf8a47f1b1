/**
 * The two databases of an account, and every upgrade step of both.
 *
 * The cache holds only what can be fetched again; when an upgrade would be awkward it may throw
 * everything away. The outbox holds what cannot: its upgrades only ever add, so that an older
 * release (a rolled-back deployment) still reads it (promise 15).
 *
 * Releases
 * cache 1, outbox 1: first.
 * cache 2: rows of the own feed, read marks of others, people by number. What an older release kept is
 *   thrown away once: it lacks what the feed now brings.
 * outbox 2: files on their way.
 * shares 1: first.
 */
import { Dexie, type DexieOptions, type Table } from 'dexie';
import type {
	Card,
	ListingRow,
	MemberRow,
	MessageRow,
	OwnRow,
	SeenRow
} from '../protocol/change.ts';
import type { LocalFile } from '../sync/ports-files.ts';
import type { Share } from '../sync/share-intake.ts';
import type { Draft, OutboxRow, StreamState } from '../sync/ports.ts';

/** Present release of each schema. */
export const CACHE_VERSION = 2;
export const OUTBOX_VERSION = 2;

/** Databases are named by account, so that nothing of one can turn up under another (promise 14). */
export const cacheName = (account: string): string => `roost-${account}`;
export const outboxName = (account: string): string => `roost-outbox-${account}`;

/** What a stream leaves behind when it is forgotten: the version it ended with. */
export interface Forgotten {
	key: string;
	version: number;
}

/** Where IndexedDB is; given by tests, the browser's own otherwise. */
export type Place = Pick<DexieOptions, 'indexedDB' | 'IDBKeyRange'>;

/** Everything that can be fetched again. */
export class CacheDatabase extends Dexie {
	declare readonly streams: Table<StreamState, string>;
	declare readonly messages: Table<MessageRow, string>;
	declare readonly members: Table<MemberRow, [room: string, id: string]>;
	declare readonly cards: Table<Card, string>;
	declare readonly listings: Table<ListingRow, string>;
	declare readonly seen: Table<SeenRow, [room: string, id: string]>;
	declare readonly own: Table<OwnRow, [kind: string, id: string]>;
	declare readonly meta: Table<Forgotten, string>;

	constructor(account: string, place: Place = {}) {
		// Dexie's own result cache serves live queries, which are not used here.
		super(cacheName(account), {
			...place,
			cache: 'disabled',
			chromeTransactionDurability: 'relaxed'
		});
		const first = {
			streams: 'id',
			messages: 'id, [room+seq]',
			members: '[room+id]',
			cards: 'id',
			listings: 'id',
			meta: 'key'
		};
		this.version(1).stores(first);
		this.version(CACHE_VERSION)
			.stores({ ...first, cards: 'id, number', seen: '[room+id]', own: '[kind+id]' })
			.upgrade(async (change) => {
				for (const name of Object.keys(first)) await change.table(name).clear();
			});
	}
}

/** What cannot be fetched again; a write is on the disk when its promise resolves. */
export class OutboxDatabase extends Dexie {
	declare readonly acts: Table<OutboxRow, number, Omit<OutboxRow, 'n'>>;
	declare readonly drafts: Table<Draft, string>;
	declare readonly files: Table<LocalFile, string>;
	declare readonly blobs: Table<{ id: string; bytes: Blob }, string>;

	constructor(account: string, place: Place = {}) {
		super(outboxName(account), {
			...place,
			cache: 'disabled',
			chromeTransactionDurability: 'strict'
		});
		this.version(1).stores({ acts: '++n, &id, lane', drafts: 'room' });
		this.version(OUTBOX_VERSION).stores({ files: 'id', blobs: 'id' });
	}
}

/**
 * What was shared into the app and waits for a place. One for the device: it may come while nobody is
 * signed in. Its upgrades only ever add, like the outbox's.
 */
export class SharesDatabase extends Dexie {
	declare readonly shares: Table<Share, string>;
	declare readonly bytes: Table<{ id: string; bytes: Blob }, string>;

	constructor(place: Place = {}) {
		super('roost-shares', { ...place, cache: 'disabled', chromeTransactionDurability: 'strict' });
		this.version(1).stores({ shares: 'id', bytes: 'id' });
	}
}
