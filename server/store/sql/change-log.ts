/**
 * Writing to the log: within one transaction every stream touched is loaded once, its changes are
 * chained by hash, and its only hot row is written once at the end.
 */
import { hash } from 'node:crypto';
import type { Cursor, Row } from '../../../src/lib/protocol/change.ts';
import type { Frame } from '../../../src/lib/protocol/down.ts';
import type { SqlDatabase } from './database.ts';
import type { Steps } from './steps.ts';

/** Where a stream stands. */
interface Position {
	head: number;
	hash: string;
	lastTs: number;
}

type NamedPosition = Position & { id: string };

/** A stream while a transaction writes to it. */
interface OpenStream extends NamedPosition {
	from: number;
	prev: string;
	rows: Row[];
}

/** One change to be written. */
export interface Change {
	kind: string;
	entity: string;
	actor: string;
	act: string;
}

/**
 * First 8 bytes of SHA-256 over the chain, as 16 hex digits. The time is part of it: an act that is sent
 * again after a restore has the same id as in the lost past, but happened at another time.
 */
export function chain(prev: string, seq: number, change: Change, ts: number): string {
	const { kind, entity, act } = change;
	return hash('sha256', `${prev}|${seq}|${kind}|${entity}|${act}|${ts}`).slice(0, 16);
}

const POSITION = 'SELECT id, head, head_hash AS hash, last_ts AS "lastTs" FROM stream';

const prepare = (db: SqlDatabase) => ({
	position: db.prepare<[string], NamedPosition>(`${POSITION} WHERE id = ? ${db.dialect.forUpdate}`),
	// In one order for all: two that want the same streams do not wait for each other.
	positions: db.prepare<[string], NamedPosition>(
		`${POSITION} WHERE id IN ${db.dialect.texts('?')} ORDER BY id ${db.dialect.forUpdate}`
	),
	insertStream: db.prepare('INSERT INTO stream (id, kind) VALUES (?, ?)'),
	insertChange: db.prepare(
		`INSERT INTO change (stream, seq, kind, entity, actor, act, ts, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	),
	hashAt: db.pluck<[string, number], string>(
		'SELECT hash FROM change WHERE stream = ? AND seq = ?'
	),
	savePosition: db.prepare('UPDATE stream SET head = ?, head_hash = ?, last_ts = ? WHERE id = ?')
});

/** Streams, rooms or memberships that a cache keeps, each well below 1 kB; beyond it all are read anew. */
export const CACHED_MAX = 50_000;

/** The log while one transaction writes to it. */
export class Log {
	readonly #statements: ReturnType<typeof prepare>;
	readonly #instance: Pick<Cursor, 'i' | 'g'>;
	readonly #positions: Map<string, Position>;
	readonly #touched = new Map<string, OpenStream>();

	constructor(
		statements: ReturnType<typeof prepare>,
		instance: Pick<Cursor, 'i' | 'g'>,
		positions: Map<string, Position>
	) {
		this.#statements = statements;
		this.#instance = instance;
		this.#positions = positions;
	}

	/** Makes a stream that has no changes yet. */
	*create(id: string, kind: 'room' | 'feed' | 'directory'): Steps<void> {
		yield* this.#statements.insertStream.run(id, kind);
	}

	/** Takes the stream's next number for a change; answers it with the time that counts in this stream (ms). */
	*append(id: string, change: Change, now: number): Steps<{ seq: number; ts: number }> {
		const stream = yield* this.#stream(id);
		const seq = ++stream.head;
		// CLOCK-2: time never goes back within a stream, whatever the machine's clock does.
		const ts = (stream.lastTs = Math.max(now, stream.lastTs));
		stream.hash = chain(stream.hash, seq, change, ts);
		const { kind, entity, actor, act } = change;
		yield* this.#statements.insertChange.run(id, seq, kind, entity, actor, act, ts, stream.hash);
		return { seq, ts };
	}

	/**
	 * Keeps streams from others until the transaction ends, so that what is read of them now is true then. Only to be
	 * called where others write, and before anything else is read.
	 */
	*lock(ids: Iterable<string>): Steps<void> {
		const wanted = [...new Set(ids)].filter((id) => !this.#positions.has(id));
		if (wanted.length === 0) return;
		const found = yield* this.#statements.positions.all(JSON.stringify(wanted));
		for (const position of found) this.#positions.set(position.id, position);
	}

	/** Adds a row to the frame of this transaction, which has changed the stream. */
	show(id: string, row: Row): void {
		this.#touched.get(id)!.rows.push(row);
	}

	/** The number of the last change, those of this transaction included; 0 when there is no such stream. */
	*head(id: string): Steps<number> {
		const stream = this.#touched.get(id) ?? (yield* this.#position(id));
		return stream?.head ?? 0;
	}

	/** Writes the heads; answers a frame for each stream that changed. */
	*finish(): Steps<Frame[]> {
		const changed = [...this.#touched.values()].filter(({ from, head }) => head !== from);
		for (const stream of changed) yield* this.#save(stream);
		return changed.map(({ id, from, prev, head, hash: headHash, rows }) => {
			const upto = { ...this.#instance, s: head, h: headHash };
			return { stream: id, from, prev, upto, rows, cards: [] };
		});
	}

	*#save({ id, head, hash: headHash, lastTs }: OpenStream): Steps<void> {
		yield* this.#statements.savePosition.run(head, headHash, lastTs, id);
		if (this.#positions.size >= CACHED_MAX) this.#positions.clear();
		this.#positions.set(id, { head, hash: headHash, lastTs });
	}

	*#position(id: string): Steps<Position | undefined> {
		return this.#positions.get(id) ?? (yield* this.#statements.position.get(id));
	}

	*#stream(id: string): Steps<OpenStream> {
		const touched = this.#touched.get(id);
		if (touched) return touched;
		const position = yield* this.#position(id);
		if (!position) throw new Error(`no stream ${id}`);
		const { head, hash: headHash, lastTs } = position;
		const stream = { id, from: head, prev: headHash, head, hash: headHash, lastTs, rows: [] };
		this.#touched.set(id, stream);
		return stream;
	}
}

/** The log of a database. Where streams stand is kept in memory between transactions if this process alone writes. */
export class ChangeLog {
	readonly #statements: ReturnType<typeof prepare>;
	readonly #instance: Pick<Cursor, 'i' | 'g'>;
	/** null: not kept */
	readonly #positions: Map<string, Position> | null;

	constructor(db: SqlDatabase, instance: Pick<Cursor, 'i' | 'g'>) {
		this.#statements = prepare(db);
		this.#instance = instance;
		this.#positions = db.isExclusive ? new Map() : null;
	}

	/** Opens the log for one transaction. */
	open(): Log {
		return new Log(this.#statements, this.#instance, this.#positions ?? new Map());
	}

	/** Whether the changes of a transaction, as its frames tell of them, are in the log: chains of others differ. */
	*holds([first]: Frame[]): Steps<boolean> {
		if (!first) return false;
		const { stream, upto } = first;
		return (yield* this.#statements.hashAt.get(stream, upto.s)) === upto.h;
	}

	/** To be called when a transaction was rolled back: what is kept in memory may never have been. */
	forgetAll(): void {
		this.#positions?.clear();
	}
}
