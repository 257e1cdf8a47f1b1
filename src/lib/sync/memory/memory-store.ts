/**
 * The cache in memory: for tests, for the simulator, and for browsers that refuse storage.
 */
import {
	isOwnRow,
	type Card,
	type DirectoryRow,
	type MemberRow,
	type MessageRow,
	type OwnRow,
	type SeenRow
} from '../../protocol/change.ts';
import {
	DIRECTORY,
	type MessageId,
	type PersonId,
	type RoomId,
	type StreamId
} from '../../protocol/ids.ts';
import { listeners } from '../listeners.ts';
import {
	StoreError,
	type LocalStore,
	type Range,
	type StreamChange,
	type StreamState
} from '../ports.ts';
import { holds } from '../reconcile/range.ts';
import { isNewer } from '../reconcile/stream-state.ts';
import { countUnread, movedUnread } from '../reconcile/unread.ts';

/** What several handles (tabs, a worker) of one cache share: the "database". */
export class MemoryCacheData {
	streams = new Map<StreamId, StreamState>();
	/** version a forgotten stream ended with, so that versions never repeat */
	forgotten = new Map<StreamId, number>();
	messages = new Map<MessageId, MessageRow>();
	/** messages of each room, ascending seq */
	timelines = new Map<RoomId, MessageRow[]>();
	members = new Map<RoomId, Map<PersonId, MemberRow>>();
	directory = new Map<RoomId, DirectoryRow>();
	/** how far the members of each room have read */
	seen = new Map<RoomId, Map<PersonId, SeenRow>>();
	/** rows of the person's feed, by kind and id */
	own = new Map<string, OwnRow>();
	cards = new Map<PersonId, Card>();
	readonly watchers = new Set<(changed: ReadonlySet<StreamId>) => void>();
	readonly repairs = listeners<[]>();
}

/** A copy of a cache as it stood once. */
export type MemorySnapshot = Omit<MemoryCacheData, 'watchers' | 'repairs'>;

/**
 * One handle of a cache in memory. Every verb takes effect as a whole, one microtask after the
 * call, in the order of the calls, like a transaction of a real database.
 */
export class MemoryLocalStore implements LocalStore {
	readonly data: MemoryCacheData;
	private closed = false;
	private failure: StoreError['reason'] | null = null;

	/** @param data give the data of another handle to play a second tab of the same browser */
	constructor(data = new MemoryCacheData()) {
		this.data = data;
	}

	/**
	 * From now on calls reject with this reason ("full" only those that write), until told `null`.
	 */
	fail(next: StoreError['reason'] | null): void {
		this.failure = next;
	}

	/** A copy of all that is kept now. */
	snapshot(): MemorySnapshot {
		return copyOf(this.data);
	}

	/** Puts an earlier copy back: plays a machine that lost its last commits. */
	restore(snapshot: MemorySnapshot): void {
		const changed = new Set([...this.data.streams.keys(), ...snapshot.streams.keys()]);
		Object.assign(this.data, copyOf(snapshot));
		this.tell(changed);
	}

	async streams(): Promise<StreamState[]> {
		await this.ready('read');
		return [...this.data.streams.values()].map(copyState);
	}

	async commit(changes: StreamChange[], me: PersonId): Promise<StreamState[] | null> {
		await this.ready('write');
		for (const change of changes) {
			if (change.expect !== (this.data.streams.get(change.id)?.version ?? 0)) return null;
		}
		const written: StreamState[] = [];
		for (const change of changes) {
			const state = this.apply(change, me);
			if (state) written.push(copyState(state));
		}
		this.tell(new Set(changes.map((change) => change.id)));
		return written;
	}

	async message(id: MessageId): Promise<MessageRow | null> {
		await this.ready('read');
		return this.data.messages.get(id) ?? null;
	}

	async messages(
		room: RoomId,
		from: number,
		to: number,
		limit: number,
		end: 'top' | 'bottom'
	): Promise<MessageRow[]> {
		await this.ready('read');
		const rows = this.data.timelines.get(room) ?? [];
		const low = firstAtLeast(rows, from);
		const high = firstAtLeast(rows, to + 1);
		return end === 'bottom'
			? rows.slice(low, Math.min(high, low + limit))
			: rows.slice(Math.max(low, high - limit), high);
	}

	/** Nothing in memory is damaged. */
	together<T>(read: () => Promise<T>): Promise<T> {
		return read();
	}

	async findStrays(): Promise<void> {
		await this.ready('read');
	}

	async tellRepaired(): Promise<void> {
		await this.ready('write');
		this.data.repairs.tell();
	}

	watchRepairs(changed: () => void): () => void {
		return this.data.repairs.add(changed);
	}

	close(): void {
		this.closed = true;
	}

	/** One stream, or null when it is not known. */
	async stream(id: StreamId): Promise<StreamState | null> {
		await this.ready('read');
		const state = this.data.streams.get(id);
		return state ? copyState(state) : null;
	}

	/** Members of a room, tombstones included. */
	async members(room: RoomId): Promise<MemberRow[]> {
		await this.ready('read');
		return [...(this.data.members.get(room)?.values() ?? [])];
	}

	/** Rooms that can be found, tombstones included. */
	async directory(): Promise<DirectoryRow[]> {
		await this.ready('read');
		return [...this.data.directory.values()];
	}

	/** Rows of the person's feed of one kind. */
	async own<K extends OwnRow['kind']>(kind: K): Promise<Extract<OwnRow, { kind: K }>[]> {
		await this.ready('read');
		const rows = [...this.data.own.values()].filter((row) => row.kind === kind);
		return rows as Extract<OwnRow, { kind: K }>[];
	}

	/** How far the members of a room have read, where that is shown. */
	async seen(room: RoomId): Promise<SeenRow[]> {
		await this.ready('read');
		return [...(this.data.seen.get(room)?.values() ?? [])];
	}

	/** The cards held of the people with these numbers. */
	async cardsByNumber(numbers: number[]): Promise<Card[]> {
		await this.ready('read');
		return [...this.data.cards.values()].filter((card) => numbers.includes(card.number));
	}

	/** Cards held, at most so many. */
	async someCards(limit: number): Promise<Card[]> {
		await this.ready('read');
		return [...this.data.cards.values()].slice(0, limit);
	}

	/** The cards held of these people. */
	async cards(people: PersonId[]): Promise<Card[]> {
		await this.ready('read');
		return people.flatMap((id) => this.data.cards.get(id) ?? []);
	}

	/** Number of messages kept of a room. */
	async countMessages(room: RoomId): Promise<number> {
		await this.ready('read');
		return this.data.timelines.get(room)?.length ?? 0;
	}

	/** Calls back after any commit that touched the stream (null: any stream); the answer ends it. */
	watch(stream: StreamId | null, changed: () => void): () => void {
		const watcher = (streams: ReadonlySet<StreamId>) => {
			if (stream === null || streams.has(stream)) changed();
		};
		this.data.watchers.add(watcher);
		return () => this.data.watchers.delete(watcher);
	}

	private apply(change: StreamChange, me: PersonId): StreamState | null {
		if (change.wipe || !change.next) this.dropRows(change.id);
		if (!change.next) {
			this.data.streams.delete(change.id);
			if (change.expect > 0) this.data.forgotten.set(change.id, change.expect);
			return null;
		}
		for (const row of change.rows) {
			if (row.kind === 'message') this.putMessage(row, change.skipMerge);
			else if (row.kind === 'member') this.putMember(row, change.skipMerge);
			else if (row.kind === 'directory') this.putDirectory(row, change.skipMerge);
			else if (row.kind === 'seen') this.putSeen(row, change.skipMerge);
			else if (isOwnRow(row)) this.putOwn(row, change.skipMerge);
		}
		for (const card of change.cards) {
			if (isNewer(card.v, this.data.cards.get(card.id)?.v)) this.data.cards.set(card.id, card);
		}
		if (change.trimBelow !== undefined) this.trim(change.id, change.trimBelow, change.next.ranges);
		const before = change.expect || (this.data.forgotten.get(change.id) ?? 0);
		const state = copyState({ ...change.next, version: before + 1 });
		if (change.unread === 'recount') {
			const rows = this.data.timelines.get(change.id) ?? [];
			Object.assign(state, countUnread(rows.slice(firstAtLeast(rows, state.read + 1)), me));
		} else Object.assign(state, movedUnread(state, change.unread));
		this.data.streams.set(change.id, state);
		return state;
	}

	private dropRows(stream: StreamId): void {
		for (const row of this.data.messages.values()) {
			if (row.room === stream) this.data.messages.delete(row.id);
		}
		this.data.timelines.delete(stream);
		this.data.members.delete(stream);
		this.data.seen.delete(stream);
		if (stream === DIRECTORY) this.data.directory.clear();
		if (this.data.streams.get(stream)?.kind === 'feed') this.data.own.clear();
	}

	private putMessage(row: MessageRow, skipMerge: boolean): void {
		const held = this.data.messages.get(row.id);
		if (!skipMerge && !isNewer(row.rev, held?.rev)) return;
		if (held && held.seq !== row.seq) this.unplace(held);
		this.data.messages.set(row.id, row);
		let rows = this.data.timelines.get(row.room);
		if (!rows) this.data.timelines.set(row.room, (rows = []));
		const place = firstAtLeast(rows, row.seq);
		rows.splice(place, rows[place]?.seq === row.seq ? 1 : 0, row);
	}

	/** Takes a row out of its room's order. */
	private unplace(row: MessageRow): void {
		const rows = this.data.timelines.get(row.room) ?? [];
		const others = rows.filter((one) => one.id !== row.id);
		this.data.timelines.set(row.room, others);
	}

	private putMember(row: MemberRow, skipMerge: boolean): void {
		let members = this.data.members.get(row.room);
		if (!members) this.data.members.set(row.room, (members = new Map()));
		if (skipMerge || isNewer(row.rev, members.get(row.id)?.rev)) members.set(row.id, row);
	}

	private putDirectory(row: DirectoryRow, skipMerge: boolean): void {
		if (skipMerge || isNewer(row.rev, this.data.directory.get(row.id)?.rev))
			this.data.directory.set(row.id, row);
	}

	private putSeen(row: SeenRow, skipMerge: boolean): void {
		let seen = this.data.seen.get(row.room);
		if (!seen) this.data.seen.set(row.room, (seen = new Map()));
		if (skipMerge || isNewer(row.rev, seen.get(row.id)?.rev)) seen.set(row.id, row);
	}

	private putOwn(row: OwnRow, skipMerge: boolean): void {
		const key = `${row.kind} ${row.id}`;
		if (skipMerge || isNewer(row.rev, this.data.own.get(key)?.rev)) this.data.own.set(key, row);
	}

	private trim(room: RoomId, below: number, ranges: Range[]): void {
		const rows = this.data.timelines.get(room) ?? [];
		const isKept = (row: MessageRow) => row.seq >= below || holds(ranges, row.seq);
		for (const row of rows) if (!isKept(row)) this.data.messages.delete(row.id);
		this.data.timelines.set(room, rows.filter(isKept));
	}

	private async ready(use: 'read' | 'write'): Promise<void> {
		await Promise.resolve();
		if (this.closed) throw new StoreError('closed');
		if (this.failure === null || (this.failure === 'full' && use === 'read')) return;
		throw new StoreError(this.failure);
	}

	private tell(changed: ReadonlySet<StreamId>): void {
		for (const watcher of [...this.data.watchers]) queueMicrotask(() => watcher(changed));
	}
}

/** Index of the first row with a seq of at least this; rows ascend by seq. */
function firstAtLeast(rows: MessageRow[], seq: number): number {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (rows[middle]!.seq < seq) low = middle + 1;
		else high = middle;
	}
	return low;
}

function copyState(state: StreamState): StreamState {
	return { ...state, ranges: state.ranges.map((range) => ({ ...range })) };
}

function copyOf(data: MemorySnapshot): MemorySnapshot {
	return {
		streams: new Map(data.streams),
		forgotten: new Map(data.forgotten),
		messages: new Map(data.messages),
		timelines: new Map([...data.timelines].map(([room, rows]) => [room, [...rows]])),
		members: new Map([...data.members].map(([room, rows]) => [room, new Map(rows)])),
		directory: new Map(data.directory),
		seen: new Map([...data.seen].map(([room, rows]) => [room, new Map(rows)])),
		own: new Map(data.own),
		cards: new Map(data.cards)
	};
}
