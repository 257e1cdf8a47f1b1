/**
 * The cache in IndexedDB. One transaction per verb. Rows of all changes of a commit are written
 * with one bulkPut per table, because a request per row would cost many times more.
 */
import { Dexie, type Table } from 'dexie';
import {
	isOwnRow,
	type Card,
	type DirectoryRow,
	type MemberRow,
	type MessageRow,
	type OwnRow,
	type SeenRow
} from '../protocol/change.ts';
import {
	DIRECTORY,
	type MessageId,
	type PersonId,
	type RoomId,
	type StreamId
} from '../protocol/ids.ts';
import { isNewer } from '../sync/reconcile/stream-state.ts';
import { countUnread, movedUnread } from '../sync/reconcile/unread.ts';
import type { StreamChange, StreamState } from '../sync/ports.ts';
import type { Cache } from './cache.ts';
import { CacheRepair } from './cache-repair.ts';
import { deleteOutside, deleteRows, membersOf, messagesBetween, seenIn } from './cache-rows.ts';
import { countOf, isSoundRow } from './checked-rows.ts';
import type { DamageReport } from './damage.ts';
import type { CacheDatabase } from './schema.ts';
import { noteWritten } from './search/marks.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

/** The rows of a commit by table, apart by whether a newer form may be held. */
interface Batch<R> {
	skipMerge: R[];
	merged: R[];
}

export class DexieStore implements Cache {
	private readonly db: CacheDatabase;
	/** Versions of cards known to be stored: most pages bring the same few people again and again. */
	private readonly cardVersions = new Map<PersonId, number>();
	private readonly repair: CacheRepair;
	private readonly forgetCards: () => void;

	/**
	 * @param db an open database; the store closes it in the end
	 * @param report called when something in it turns out to be damaged
	 */
	constructor(db: CacheDatabase, report: DamageReport) {
		this.db = db;
		this.repair = new CacheRepair(db, report);
		this.forgetCards = this.repair.watch(() => this.cardVersions.clear());
	}

	async streams(): Promise<StreamState[]> {
		return this.repair.soundStates(await guarded(() => this.db.streams.toArray()));
	}

	async commit(changes: StreamChange[], me: PersonId): Promise<StreamState[] | null> {
		const { db } = this;
		const cards = this.unknownCards(changes);
		const damaged: MessageRow[] = [];
		const answer = await guarded(() =>
			db.transaction('rw', db.tables, async () => {
				const ids = changes.map((change) => change.id);
				const held = await db.streams.bulkGet(ids);
				const isExpected = changes.every((change, i) => change.expect === (held[i]?.version ?? 0));
				if (!isExpected) return null;
				await this.dropForgotten(changes);
				await this.putRows(changes);
				if (cards.length > 0)
					await putNewer(
						db.cards,
						cards,
						(card) => card.id,
						(card) => card.v
					);
				for (const change of changes) await this.trim(change);
				return this.putStates(changes, me, damaged);
			})
		);
		await this.repair.sound('messages', damaged);
		if (answer) for (const card of cards) this.cardVersions.set(card.id, card.v);
		return answer;
	}

	async message(id: MessageId): Promise<MessageRow | null> {
		const row = await guarded(() => this.db.messages.get(id));
		return (await this.repair.sound('messages', row ? [row] : []))[0] ?? null;
	}

	async messages(
		room: RoomId,
		from: number,
		to: number,
		limit: number,
		end: 'top' | 'bottom'
	): Promise<MessageRow[]> {
		const found = messagesBetween(this.db, room, from, to);
		const ordered = end === 'bottom' ? found : found.reverse();
		const rows = await guarded(() => ordered.limit(limit).toArray());
		return this.repair.sound('messages', end === 'bottom' ? rows : rows.reverse());
	}

	async stream(id: StreamId): Promise<StreamState | null> {
		const state = await guarded(() => this.db.streams.get(id));
		return (await this.repair.soundStates(state ? [state] : []))[0] ?? null;
	}

	async members(room: RoomId): Promise<MemberRow[]> {
		const rows = await guarded(() => membersOf(this.db, room).toArray());
		return this.repair.sound('members', rows);
	}

	async directory(): Promise<DirectoryRow[]> {
		return this.repair.sound('directory', await guarded(() => this.db.directory.toArray()));
	}

	async own<K extends OwnRow['kind']>(kind: K): Promise<Extract<OwnRow, { kind: K }>[]> {
		const rows = await guarded(() =>
			this.db.own.where('[kind+id]').between([kind, Dexie.minKey], [kind, Dexie.maxKey]).toArray()
		);
		return (await this.repair.sound('own', rows)) as Extract<OwnRow, { kind: K }>[];
	}

	async seen(room: RoomId): Promise<SeenRow[]> {
		return this.repair.sound('seen', await guarded(() => seenIn(this.db, room).toArray()));
	}

	async cardsByNumber(numbers: number[]): Promise<Card[]> {
		const cards = await guarded(() => this.db.cards.where('number').anyOf(numbers).toArray());
		return this.repair.sound('cards', cards);
	}

	async cards(people: PersonId[]): Promise<Card[]> {
		const cards = await guarded(() => this.db.cards.bulkGet(people));
		return this.repair.sound(
			'cards',
			cards.filter((card) => !!card)
		);
	}

	async someCards(limit: number): Promise<Card[]> {
		const cards = await guarded(() => this.db.cards.limit(limit).toArray());
		return this.repair.sound('cards', cards);
	}

	async together<T>(read: () => Promise<T>): Promise<T> {
		try {
			return await this.db.transaction('r', this.db.tables, read);
		} catch {
			// Nothing can be repaired while it is read, and a page may have been left: by itself each read does what it must.
			return read();
		}
	}

	async countMessages(room: RoomId): Promise<number> {
		return guarded(() => messagesBetween(this.db, room, 0, Infinity).count());
	}

	watch(stream: StreamId | null, changed: () => void): () => void {
		return watchTable(this.db.name, 'streams', stream, changed);
	}

	async findStrays(): Promise<void> {
		await this.repair.findStrays();
	}

	async tellRepaired(): Promise<void> {
		await guarded(() => this.repair.tell());
	}

	watchRepairs(changed: () => void): () => void {
		return this.repair.watch(changed);
	}

	close(): void {
		this.forgetCards();
		this.db.close({ disableAutoOpen: true });
	}

	/** The newest card of each person in these changes, without those already stored. */
	private unknownCards(changes: StreamChange[]): Card[] {
		const newest = new Map<PersonId, Card>();
		for (const { cards } of changes) {
			for (const card of cards) {
				const known = newest.get(card.id)?.v ?? this.cardVersions.get(card.id);
				if (isNewer(card.v, known)) newest.set(card.id, card);
			}
		}
		return [...newest.values()];
	}

	private async dropForgotten(changes: StreamChange[]): Promise<void> {
		for (const { id, wipe, next, expect } of changes) {
			if (!wipe && next) continue;
			await deleteRows(this.db, id, id === DIRECTORY ? 'directory' : next?.kind);
			if (next) continue;
			await this.db.streams.delete(id);
			if (expect > 0) await this.db.meta.put({ key: forgottenKey(id), version: expect });
		}
	}

	private async putRows(changes: StreamChange[]): Promise<void> {
		const messages: Batch<MessageRow> = { skipMerge: [], merged: [] };
		const members: Batch<MemberRow> = { skipMerge: [], merged: [] };
		const directory: Batch<DirectoryRow> = { skipMerge: [], merged: [] };
		const seen: Batch<SeenRow> = { skipMerge: [], merged: [] };
		const own: Batch<OwnRow> = { skipMerge: [], merged: [] };
		for (const { rows, skipMerge, next } of changes) {
			if (!next) continue;
			const part = skipMerge ? 'skipMerge' : 'merged';
			for (const row of rows) {
				if (row.kind === 'message') messages[part].push(row);
				else if (row.kind === 'member') members[part].push(row);
				else if (row.kind === 'directory') directory[part].push(row);
				else if (row.kind === 'seen') seen[part].push(row);
				else if (isOwnRow(row)) own[part].push(row);
			}
		}
		const { db } = this;
		await noteWritten(db, [...messages.skipMerge, ...messages.merged]);
		await putBatch(db.messages, messages, (row) => row.id);
		await putBatch(db.members, members, (row): [string, string] => [row.room, row.id]);
		await putBatch(db.directory, directory, (row) => row.id);
		await putBatch(db.seen, seen, (row): [string, string] => [row.room, row.id]);
		await putBatch(db.own, own, (row): [string, string] => [row.kind, row.id]);
	}

	private async trim({ id, trimBelow, next }: StreamChange): Promise<void> {
		if (trimBelow === undefined || !next) return;
		await deleteOutside(this.db, id, next.ranges, trimBelow);
	}

	/** @param damaged takes what was found to be damaged while counting */
	private async putStates(
		changes: StreamChange[],
		me: PersonId,
		damaged: MessageRow[]
	): Promise<StreamState[]> {
		const states: StreamState[] = [];
		for (const change of changes) {
			if (!change.next) continue;
			const before = change.expect || (await this.lastVersion(change.id));
			const state: StreamState = { ...change.next, version: before + 1 };
			const count =
				change.unread === 'recount'
					? await this.recount(state, me, damaged)
					: movedUnread(state, change.unread);
			Object.assign(state, count);
			states.push(state);
		}
		await this.db.streams.bulkPut(states);
		return states;
	}

	/** The version with which a forgotten stream ended; 0 when there was none. */
	private async lastVersion(stream: StreamId): Promise<number> {
		const forgotten = await this.db.meta.get(forgottenKey(stream));
		// No version may come twice: a damaged one is followed by one that was never reached.
		return forgotten ? (countOf(forgotten.version) ?? Date.now()) : 0;
	}

	/** Until the server has counted, a damaged message is taken for an unread one. */
	private async recount({ id, read }: StreamState, me: PersonId, damaged: MessageRow[]) {
		const rows = await messagesBetween(this.db, id, read + 1, Infinity).toArray();
		const sound = rows.filter((row) => isSoundRow('messages', row));
		const count = countUnread(sound, me);
		if (sound.length === rows.length) return count;
		damaged.push(...rows.filter((row) => !isSoundRow('messages', row)));
		return { ...count, unread: count.unread + rows.length - sound.length };
	}
}

const forgottenKey = (stream: StreamId): string => `forgotten:${stream}`;

async function putBatch<R extends { rev: number }, K extends string | [string, string]>(
	table: Table<R, K>,
	batch: Batch<R>,
	keyOf: (row: R) => K
): Promise<void> {
	if (batch.skipMerge.length > 0) await table.bulkPut(batch.skipMerge);
	if (batch.merged.length > 0) await putNewer(table, batch.merged, keyOf, (row) => row.rev);
}

/** Writes those rows that are newer than what is held under their key. */
async function putNewer<R, K extends string | [string, string]>(
	table: Table<R, K>,
	rows: R[],
	keyOf: (row: R) => K,
	versionOf: (row: R) => number
): Promise<void> {
	const held = await table.bulkGet(rows.map(keyOf));
	const newest = new Map<string, R>();
	rows.forEach((row, i) => {
		const stored = held[i];
		const key = String(keyOf(row));
		const known = newest.get(key) ?? stored;
		const version = known && countOf(versionOf(known));
		if (isNewer(versionOf(row), version ?? undefined)) newest.set(key, row);
	});
	if (newest.size > 0) await table.bulkPut([...newest.values()]);
}
