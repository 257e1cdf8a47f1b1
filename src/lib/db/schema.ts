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
 * cache 3: the names of protocol version 3; thrown away once, and fetched again.
 * cache 4: the search index; what is kept is marked, and indexed bit by bit.
 * outbox 2: files on their way.
 * outbox 3: refusals say their "action"; the older "cure" stays beside it for a rolled-back release.
 * outbox 4: files that were picked for a draft; their bytes lie where those of files on their way do.
 * shares 1: first.
 */
import { Dexie, type DexieOptions, type Table } from 'dexie';
import type {
	Card,
	DirectoryRow,
	MemberRow,
	MessageRow,
	OwnRow,
	SeenRow
} from '../protocol/change.ts';
import type { PersonId } from '../protocol/ids.ts';
import type { LocalFile } from '../sync/ports-files.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type { Share } from './share-intake.ts';
import type { Draft, OutboxRow, StreamState } from '../sync/ports.ts';
import { marksOfAll } from './search/marks-of-all.ts';
import type { SegmentBytes, SegmentHead, SegmentKey, StaleMark } from './search/stored-segment.ts';

/** Present release of each schema. */
export const CACHE_VERSION = 4;
const OUTBOX_VERSION = 4;

/** Databases are named by account, so that nothing of one can turn up under another (promise 14). */
export const cacheName = (account: string): string => `roost-${account}`;
export const outboxName = (account: string): string => `roost-outbox-${account}`;

/** What a stream leaves behind when it is forgotten: the version it ended with; and how many repairs there were. */
interface Forgotten {
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
	declare readonly directory: Table<DirectoryRow, string>;
	declare readonly seen: Table<SeenRow, [room: string, id: string]>;
	declare readonly own: Table<OwnRow, [kind: string, id: string]>;
	declare readonly meta: Table<Forgotten, string>;
	/** the search index: `src/lib/db/search` */
	declare readonly searchSegments: Table<SegmentHead, SegmentKey>;
	declare readonly searchBytes: Table<SegmentBytes, SegmentKey>;
	declare readonly searchStale: Table<StaleMark, SegmentKey>;
	/** whose it is */
	readonly account: PersonId;

	constructor(account: string, place: Place = {}) {
		// Dexie's own result cache serves live queries, which are not used here.
		super(cacheName(account), {
			...place,
			cache: 'disabled',
			chromeTransactionDurability: 'relaxed'
		});
		this.account = account;
		const first = {
			streams: 'id',
			messages: 'id, [room+seq]',
			members: '[room+id]',
			cards: 'id',
			listings: 'id',
			meta: 'key'
		};
		this.version(1).stores(first);
		this.version(2).stores({ cards: 'id, number', seen: '[room+id]', own: '[kind+id]' });
		const third = Object.keys({ ...first, seen: '', own: '', directory: '' });
		this.version(3)
			.stores({ listings: null, directory: 'id' })
			.upgrade(async (change) => {
				for (const name of third) if (name !== 'listings') await change.table(name).clear();
			});
		this.version(CACHE_VERSION)
			.stores({
				searchSegments: '[room+bucket]',
				searchBytes: '[room+bucket]',
				searchStale: '[room+bucket]'
			})
			.upgrade(async (change) => {
				const rooms = await change.table('streams').toCollection().primaryKeys();
				const marks = await marksOfAll(change.table('messages'), rooms.map(String));
				await change.table('searchStale').bulkPut(marks);
			});
	}
}

/** An act as the outbox's table has it: with its order as `n`. */
export type StoredAct = Omit<OutboxRow, 'order'> & { n: number };

/** A file of a draft, with its place among those of the conversation. */
export type StoredDraftFile = LocalFile & { n: number };

/** Gives a refusal that an older release stored the field that is read today. */
function addAction({
	refusal
}: {
	refusal: (Refusal & { cure?: Refusal['action'] }) | null;
}): void {
	if (refusal?.cure) refusal.action ??= refusal.cure;
}

/** What cannot be fetched again; a write is on the disk when its promise resolves. */
export class OutboxDatabase extends Dexie {
	declare readonly acts: Table<StoredAct, number, Omit<StoredAct, 'n'>>;
	declare readonly drafts: Table<Draft, string>;
	declare readonly files: Table<LocalFile, string>;
	declare readonly draftFiles: Table<StoredDraftFile, number, LocalFile>;
	/** bytes of `files` and of `draftFiles`: what is sent stays where it lies */
	declare readonly blobs: Table<{ id: string; bytes: Blob }, string>;
	/** whose it is */
	readonly account: PersonId;

	constructor(account: string, place: Place = {}) {
		super(outboxName(account), {
			...place,
			cache: 'disabled',
			chromeTransactionDurability: 'strict'
		});
		this.account = account;
		this.version(1).stores({ acts: '++n, &id, lane', drafts: 'room' });
		this.version(2).stores({ files: 'id', blobs: 'id' });
		this.version(3).upgrade(async (change) => {
			for (const table of ['acts', 'files'])
				await change.table(table).toCollection().modify(addAction);
		});
		this.version(OUTBOX_VERSION).stores({ draftFiles: '++n, &id, room' });
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
