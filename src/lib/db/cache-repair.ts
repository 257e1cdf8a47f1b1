/**
 * Damage that reads of the cache come upon. A damaged row costs itself: it is thrown away, and its stream set
 * back so far that the engine fetches it anew; a damaged state costs its stream. Each key is repaired once per
 * start at most, so that what is damaged every time cannot go round for ever.
 */
import { Dexie, type Table } from 'dexie';
import * as v from 'valibot';
import { type MessageRow } from '../protocol/change.ts';
import { uid } from '../protocol/scalars.ts';
import { DIRECTORY, type PersonId, type StreamId } from '../protocol/ids.ts';
import type { StreamState } from '../sync/ports.ts';
import { begunAnew, withoutMessage, withoutNonMessages } from '../sync/reconcile/set-back.ts';
import { freshStream, kindOf } from '../sync/reconcile/stream-state.ts';
import {
	countOf,
	isSoundRow,
	isSoundState,
	isStreamId,
	mendedState,
	type RowTable
} from './checked-rows.ts';
import type { DamageReport } from './damage.ts';
import { deleteRows, messagesBetween } from './cache-rows.ts';
import type { CacheDatabase } from './schema.ts';
import { noteDeleted } from './search/marks.ts';
import { guarded, toStoreError } from './store-error.ts';
import { watchTable } from './watch.ts';

/** Key in the table `meta` under which repairs are counted, so that other tabs hear of them. */
const REPAIRS = 'repairs';

/** The fields by which rows are found, as far as they can be trusted. */
interface Damaged {
	id: string;
	room?: unknown;
	seq?: unknown;
	kind?: unknown;
}

/** Repairs the cache of one account. */
export class CacheRepair {
	private readonly db: CacheDatabase;
	private readonly me: PersonId;
	private readonly report: DamageReport;
	private readonly done = new Set<string>();

	constructor(db: CacheDatabase, report: DamageReport) {
		this.db = db;
		this.me = db.account;
		this.report = report;
	}

	/** Those of the rows that are sound; the others are repaired when this resolves. */
	async sound<R extends object>(table: RowTable, rows: R[]): Promise<R[]> {
		const sound = rows.filter((row) => isSoundRow(table, row));
		if (sound.length === rows.length) return rows;
		const damaged = rows.filter((row) => !isSoundRow(table, row)) as unknown as Damaged[];
		await this.repair(
			table,
			damaged,
			(row) => keyOf(table, row),
			(open) => this.throwAway(table, open)
		);
		return sound;
	}

	/** The states, each damaged one as it is after its repair. */
	async soundStates(states: StreamState[]): Promise<StreamState[]> {
		const damaged = states.filter((state) => !this.isSound(state));
		if (damaged.length === 0) return states;
		await this.repair(
			'streams',
			damaged,
			({ id }) => id,
			(open) => this.beginAnew(open)
		);
		const ids = states.map(({ id }) => id);
		const held = await guarded(() => this.db.streams.bulkGet(ids));
		return held.flatMap((state) => {
			if (!state || !isStreamId(state.id)) return [];
			// What is damaged once more is read as far as it can be.
			return this.isSound(state) ? state : mendedState(state, this.freshState(state.id));
		});
	}

	/**
	 * Finds messages that no read of a room comes upon, because what says where they belong is damaged. Cheap while
	 * there are none: rows are only counted.
	 */
	async findStrays(): Promise<void> {
		const { messages, streams } = this.db;
		const rooms = (await guarded(() => streams.toCollection().primaryKeys())).filter(
			(id) => kindOf(id, this.me) === 'room'
		);
		const counts = rooms.map((room) =>
			guarded(() => messagesBetween(this.db, room, 1, Infinity).count())
		);
		const placed = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
		if (placed === (await guarded(() => messages.count()))) return;
		const known = new Set(rooms);
		const isStray = (row: MessageRow) => !isSoundRow('messages', row) || !known.has(row.room);
		const strays = await guarded(() => messages.filter(isStray).toArray());
		await this.repair(
			'messages',
			strays,
			({ id }) => id,
			async (open) => {
				await messages.bulkDelete(open.map(({ id }) => id));
				for (const row of open) await this.setBackMessage(row);
			}
		);
	}

	/** Makes every tab hear that there was a repair. */
	async tell(): Promise<void> {
		const { meta } = this.db;
		const before = countOf((await meta.get(REPAIRS))?.version) ?? 0;
		await meta.put({ key: REPAIRS, version: before + 1 });
	}

	/** Calls back after a repair in whichever tab; the answer ends it. */
	watch(changed: () => void): () => void {
		return watchTable(this.db.name, 'meta', REPAIRS, changed);
	}

	/**
	 * Runs one repair for those that were not repaired before. A disk without room for it is no reason not to
	 * read what is sound.
	 */
	private async repair<D>(
		table: RowTable | 'streams',
		damaged: D[],
		keyOf: (one: D) => unknown,
		run: (open: D[]) => Promise<void>
	): Promise<void> {
		const nameOf = (one: D) => `${table} ${JSON.stringify(keyOf(one))}`;
		const open = damaged.filter((one) => !this.done.has(nameOf(one)));
		if (open.length === 0) return;
		// Of several reads in one transaction: they are done once more, each by itself.
		if (Dexie.currentTransaction) throw new Error(`damaged in ${table}`);
		for (const one of open) this.done.add(nameOf(one));
		this.report(table, 'is thrown away and fetched anew');
		const { db } = this;
		try {
			await guarded(() =>
				db.transaction('rw', db.tables, async () => {
					await run(open);
					await this.tell();
				})
			);
		} catch (error) {
			if (toStoreError(error).reason !== 'full') throw error;
		}
	}

	private async throwAway(table: RowTable, damaged: Damaged[]): Promise<void> {
		const rows: Table<Damaged, unknown> = this.db.table(table);
		for (const row of damaged) {
			const key = keyOf(table, row);
			const held = await rows.get(key);
			// Written anew meanwhile.
			if (!held || isSoundRow(table, held)) continue;
			await rows.delete(key);
			await this.setBack(table, held);
		}
	}

	/** Sets back what brings a row. */
	private async setBack(table: RowTable, row: Damaged): Promise<void> {
		switch (table) {
			case 'messages':
				return this.setBackMessage(row);
			case 'members':
			case 'seen':
				return this.change([String(row.room)], withoutNonMessages);
			case 'directory':
				return this.change([DIRECTORY], withoutNonMessages);
			case 'own':
				return this.change([this.me], withoutNonMessages);
			case 'cards':
				return this.change([this.me, ...(await this.roomsOf(row.id))], withoutNonMessages);
		}
	}

	private async setBackMessage({ room, seq }: Damaged): Promise<void> {
		const place = countOf(seq);
		const known = typeof room === 'string' && (await this.db.streams.get(room));
		if (known && place) {
			await noteDeleted(this.db, known.id, place, place);
			return this.change([known.id], (state) => withoutMessage(state, place));
		}
		// It belongs to a room that is not kept: nothing else has lost anything by it.
		if (!known && v.is(uid, room)) return;
		// Where it belongs can no longer be told: what it may belong to begins anew.
		const states = known ? [known] : await this.db.streams.toArray();
		await this.beginAnew(states.filter(({ kind }) => kind === 'room'));
	}

	/** Rooms whose members' rows bring this person's card. */
	private async roomsOf(person: PersonId): Promise<StreamId[]> {
		const rooms = (await this.db.streams.toCollection().primaryKeys()).filter(
			(id) => kindOf(id, this.me) === 'room'
		);
		const found = await this.db.members.bulkGet(rooms.map((room) => [room, person]));
		return rooms.filter((_, n) => found[n]);
	}

	/** Writes what sound states become; their new version makes every tab read them again. */
	private async change(ids: StreamId[], make: (state: StreamState) => StreamState): Promise<void> {
		const held = await this.db.streams.bulkGet(ids);
		const states = held.flatMap((state) => (state && this.isSound(state) ? state : []));
		await this.db.streams.bulkPut(
			states.map((state) => ({ ...make(state), version: state.version + 1 }))
		);
	}

	private async beginAnew(states: Pick<StreamState, 'id'>[]): Promise<void> {
		for (const { id } of states) {
			const held = await this.db.streams.get(id);
			if (!held) continue;
			const fresh = this.freshState(id);
			await deleteRows(this.db, id, fresh.kind);
			if (!isStreamId(id)) {
				await this.db.streams.delete(id);
				continue;
			}
			const { epoch, room, role } = mendedState(held, fresh);
			// Whatever version another tab knows of, this is a later one.
			const version = (countOf(held.version) ?? Date.now()) + 1;
			await this.db.streams.put(begunAnew({ ...fresh, version, epoch, room, role }));
		}
	}

	private isSound(state: StreamState): boolean {
		return isSoundState(state, this.me);
	}

	private freshState(id: StreamId): StreamState {
		return freshStream(id, kindOf(id, this.me));
	}
}

function keyOf(table: RowTable, { id, room, kind }: Damaged): unknown {
	if (table === 'own') return [kind, id];
	return table === 'members' || table === 'seen' ? [room, id] : id;
}
