/**
 * Writing to the log: within one transaction every stream touched is loaded once, its changes are
 * chained by hash, and its only hot row is written once at the end.
 */
import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Cursor, Row } from '../../../src/lib/protocol/change.ts';
import type { Frame } from '../../../src/lib/protocol/down.ts';

/** A stream while a transaction writes to it. */
interface Open {
	id: string;
	from: number;
	prev: string;
	head: number;
	hash: string;
	lastTs: number;
	rows: Row[];
}

/** One change to be written. */
export interface Change {
	kind: string;
	entity: string;
	actor: string;
	op: string;
}

export interface Log {
	/** Makes a stream that has no changes yet. */
	create(stream: string, kind: 'room' | 'feed' | 'lobby'): void;
	/** Takes the stream's next number for a change; answers it with the time that counts in this stream (ms). */
	append(stream: string, change: Change, now: number): { seq: number; ts: number };
	/** Adds a row to the frame of this transaction. */
	show(stream: string, row: Row): void;
	head(stream: string): number;
	/** Writes the heads; answers a frame for each stream touched. */
	finish(): Frame[];
}

/** First 8 bytes of SHA-256 over the chain, as 16 hex digits. */
export function chain(prev: string, seq: number, change: Change): string {
	return hash('sha256', `${prev}|${seq}|${change.kind}|${change.entity}|${change.op}`).slice(0, 16);
}

/** Where a stream stood after the last transaction. */
type Stand = Pick<Open, 'head' | 'hash' | 'lastTs'>;

/** Streams whose stand is kept in memory at most; beyond it all are read anew. */
const KEPT_MAX = 50_000;

/** The log of a database. */
export interface Logs {
	/** Opens the log for one transaction. */
	open(): Log;
	/** To be called when a transaction was rolled back: what is kept in memory may never have been. */
	forgetAll(): void;
}

/**
 * Prepares the statements once. Heads are kept in memory between transactions, because this process
 * alone writes to the file.
 */
export function createLogs(db: Database.Database, instance: () => Pick<Cursor, 'i' | 'g'>): Logs {
	const stands = new Map<string, Stand>();
	const load = db.prepare<[string], { head: number; head_hash: string; last_ts: number }>(
		'SELECT head, head_hash, last_ts FROM stream WHERE id = ?'
	);
	const insertStream = db.prepare('INSERT INTO stream (id, kind) VALUES (?, ?)');
	const insertChange = db.prepare(
		`INSERT INTO change (stream, seq, kind, entity, actor, op, ts, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	);
	const save = db.prepare('UPDATE stream SET head = ?, head_hash = ?, last_ts = ? WHERE id = ?');

	function standOf(id: string): Stand | null {
		const held = stands.get(id);
		if (held) return held;
		const found = load.get(id);
		return found ? { head: found.head, hash: found.head_hash, lastTs: found.last_ts } : null;
	}

	function open(): Log {
		const touched = new Map<string, Open>();

		function get(id: string): Open {
			let stream = touched.get(id);
			if (!stream) {
				const stand = standOf(id);
				if (!stand) throw new Error(`no stream ${id}`);
				const { head, hash: headHash, lastTs } = stand;
				stream = { id, from: head, prev: headHash, head, hash: headHash, lastTs, rows: [] };
				touched.set(id, stream);
			}
			return stream;
		}

		return {
			create(id, kind) {
				insertStream.run(id, kind);
			},
			append(id, change, now) {
				const stream = get(id);
				const seq = ++stream.head;
				// C2 of the clock cases: time never goes back within a stream, whatever the machine's clock does.
				const ts = (stream.lastTs = Math.max(now, stream.lastTs));
				stream.hash = chain(stream.hash, seq, change);
				const { kind, entity, actor, op } = change;
				insertChange.run(id, seq, kind, entity, actor, op, ts, stream.hash);
				return { seq, ts };
			},
			show(id, row) {
				get(id).rows.push(row);
			},
			head: (id) => (touched.get(id) ?? standOf(id))?.head ?? 0,
			finish() {
				const frames: Frame[] = [];
				for (const { id, from, prev, head, hash: headHash, lastTs, rows } of touched.values()) {
					if (head === from) continue;
					save.run(head, headHash, lastTs, id);
					if (stands.size >= KEPT_MAX) stands.clear();
					stands.set(id, { head, hash: headHash, lastTs });
					const upto = { ...instance(), s: head, h: headHash };
					frames.push({ stream: id, from, prev, upto, rows, cards: [] });
				}
				return frames;
			}
		};
	}

	return { open, forgetAll: () => stands.clear() };
}
