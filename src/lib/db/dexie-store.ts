/**
 * The cache in IndexedDB. One transaction per verb. Rows of all changes of a commit are written
 * with one bulkPut per table, because a request per row would cost many times more.
 */
import { Dexie, type Collection, type Table } from 'dexie';
import {
	isOwnRow,
	type Card,
	type ListingRow,
	type MemberRow,
	type MessageRow,
	type OwnRow,
	type SeenRow
} from '../protocol/change.ts';
import {
	LOBBY,
	type MessageId,
	type PersonId,
	type RoomId,
	type StreamId
} from '../protocol/ids.ts';
import { isNewer } from '../sync/memory-store.ts';
import { countUnread, movedUnread } from '../sync/unread.ts';
import type { Range, StreamChange, StreamState } from '../sync/ports.ts';
import type { Cache } from './cache.ts';
import type { CacheDatabase } from './schema.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

/** The rows of a commit by table, apart by whether a newer form may be held. */
interface Batch<R> {
	blind: R[];
	merged: R[];
}

export class DexieStore implements Cache {
	private readonly db: CacheDatabase;
	/** Versions of cards known to be stored: most pages bring the same few people again and again. */
	private readonly cardVersions = new Map<PersonId, number>();

	/** @param db an open database; the store closes it in the end */
	constructor(db: CacheDatabase) {
		this.db = db;
	}

	async streams(): Promise<StreamState[]> {
		return guarded(() => this.db.streams.toArray());
	}

	async commit(changes: StreamChange[], me: PersonId): Promise<StreamState[] | null> {
		const { db } = this;
		const cards = this.unknownCards(changes);
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
				return this.putStates(changes, me);
			})
		);
		if (answer) for (const card of cards) this.cardVersions.set(card.id, card.v);
		return answer;
	}

	async message(id: MessageId): Promise<MessageRow | null> {
		return guarded(async () => (await this.db.messages.get(id)) ?? null);
	}

	async messages(
		room: RoomId,
		from: number,
		to: number,
		limit: number,
		end: 'top' | 'bottom'
	): Promise<MessageRow[]> {
		const found = this.between(room, from, to);
		if (end === 'bottom') return guarded(() => found.limit(limit).toArray());
		return guarded(async () => (await found.reverse().limit(limit).toArray()).reverse());
	}

	async stream(id: StreamId): Promise<StreamState | null> {
		return guarded(async () => (await this.db.streams.get(id)) ?? null);
	}

	async members(room: RoomId): Promise<MemberRow[]> {
		return guarded(() => this.membersOf(room).toArray());
	}

	async listings(): Promise<ListingRow[]> {
		return guarded(() => this.db.listings.toArray());
	}

	async own<K extends OwnRow['kind']>(kind: K): Promise<Extract<OwnRow, { kind: K }>[]> {
		const rows = await guarded(() =>
			this.db.own.where('[kind+id]').between([kind, Dexie.minKey], [kind, Dexie.maxKey]).toArray()
		);
		return rows as Extract<OwnRow, { kind: K }>[];
	}

	async seen(room: RoomId): Promise<SeenRow[]> {
		return guarded(() => this.seenIn(room).toArray());
	}

	async cardsByNumber(numbers: number[]): Promise<Card[]> {
		return guarded(() => this.db.cards.where('number').anyOf(numbers).toArray());
	}

	async cards(people: PersonId[]): Promise<Card[]> {
		return guarded(async () => (await this.db.cards.bulkGet(people)).filter((card) => !!card));
	}

	async countMessages(room: RoomId): Promise<number> {
		return guarded(() => this.between(room, 0, Infinity).count());
	}

	watch(stream: StreamId | null, changed: () => void): () => void {
		return watchTable(this.db.name, 'streams', stream, changed);
	}

	close(): void {
		this.db.close({ disableAutoOpen: true });
	}

	/** Messages with `from <= seq <= to`. */
	private between(room: RoomId, from: number, to: number): Collection<MessageRow, string> {
		return this.db.messages.where('[room+seq]').between([room, from], [room, to], true, true);
	}

	private membersOf(room: RoomId): Collection<MemberRow, [string, string]> {
		return this.db.members.where('[room+id]').between([room, Dexie.minKey], [room, Dexie.maxKey]);
	}

	private seenIn(room: RoomId): Collection<SeenRow, [string, string]> {
		return this.db.seen.where('[room+id]').between([room, Dexie.minKey], [room, Dexie.maxKey]);
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
			await this.between(id, 0, Infinity).delete();
			await this.membersOf(id).delete();
			await this.seenIn(id).delete();
			if (id === LOBBY) await this.db.listings.clear();
			if (next?.kind === 'feed') await this.db.own.clear();
			if (next) continue;
			await this.db.streams.delete(id);
			if (expect > 0) await this.db.meta.put({ key: forgottenKey(id), version: expect });
		}
	}

	private async putRows(changes: StreamChange[]): Promise<void> {
		const messages: Batch<MessageRow> = { blind: [], merged: [] };
		const members: Batch<MemberRow> = { blind: [], merged: [] };
		const listings: Batch<ListingRow> = { blind: [], merged: [] };
		const seen: Batch<SeenRow> = { blind: [], merged: [] };
		const own: Batch<OwnRow> = { blind: [], merged: [] };
		for (const { rows, blind, next } of changes) {
			if (!next) continue;
			const part = blind ? 'blind' : 'merged';
			for (const row of rows) {
				if (row.kind === 'message') messages[part].push(row);
				else if (row.kind === 'member') members[part].push(row);
				else if (row.kind === 'listing') listings[part].push(row);
				else if (row.kind === 'seen') seen[part].push(row);
				else if (isOwnRow(row)) own[part].push(row);
			}
		}
		const { db } = this;
		await putBatch(db.messages, messages, (row) => row.id);
		await putBatch(db.members, members, (row): [string, string] => [row.room, row.id]);
		await putBatch(db.listings, listings, (row) => row.id);
		await putBatch(db.seen, seen, (row): [string, string] => [row.room, row.id]);
		await putBatch(db.own, own, (row): [string, string] => [row.kind, row.id]);
	}

	private async trim({ id, trimBelow, next }: StreamChange): Promise<void> {
		if (trimBelow === undefined || !next) return;
		for (const [from, to] of gaps(next.ranges, trimBelow)) {
			await this.between(id, from, to).delete();
		}
	}

	private async putStates(changes: StreamChange[], me: PersonId): Promise<StreamState[]> {
		const states: StreamState[] = [];
		for (const change of changes) {
			if (!change.next) continue;
			const before =
				change.expect || (await this.db.meta.get(forgottenKey(change.id)))?.version || 0;
			const state: StreamState = { ...change.next, version: before + 1 };
			const count =
				change.unread === 'recount'
					? countUnread(await this.between(state.id, state.read + 1, Infinity).toArray(), me)
					: movedUnread(state, change.unread);
			Object.assign(state, count);
			states.push(state);
		}
		await this.db.streams.bulkPut(states);
		return states;
	}
}

const forgottenKey = (stream: StreamId): string => `forgotten:${stream}`;

/** The stretches below `below` that no range covers, as [from, to] inclusive. */
function gaps(ranges: Range[], below: number): [number, number][] {
	const found: [number, number][] = [];
	let from = 0;
	for (const range of ranges) {
		if (range.from >= below) break;
		if (range.from > from) found.push([from, range.from - 1]);
		from = range.to + 1;
	}
	if (from < below) found.push([from, below - 1]);
	return found;
}

async function putBatch<R extends { rev: number }, K extends string | [string, string]>(
	table: Table<R, K>,
	batch: Batch<R>,
	keyOf: (row: R) => K
): Promise<void> {
	if (batch.blind.length > 0) await table.bulkPut(batch.blind);
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
		if (isNewer(versionOf(row), known && versionOf(known))) newest.set(key, row);
	});
	if (newest.size > 0) await table.bulkPut([...newest.values()]);
}
