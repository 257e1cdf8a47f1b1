/** Loads what a decision may depend on, inside the transaction that will carry it out. */
import type Database from 'better-sqlite3';
import { roomNameKey } from '../../../src/lib/protocol/names.ts';
import type {
	Effect,
	Facts,
	OpResult,
	Prepared,
	Span,
	StoredMessage,
	StoredOp,
	StoredRoom
} from '../../domain/store-port.ts';
import type { SpanRecord } from './rows.ts';

type OpRecord = { person: string; digest: string; result: string };
type RoomFacts = {
	id: string;
	name: string;
	description: string;
	password_hash: string | null;
	owner: string;
	deleted_at: number | null;
};
type MessageFacts = Omit<StoredMessage, 'deleted'> & { deleted_at: number | null };

/** Rooms and memberships kept in memory at most; beyond it all are read anew. */
const KEPT_MAX = 50_000;

/** Bits of `selectKnown`. */
const IS_OP = 1;
const IS_MESSAGE = 2;

/**
 * Prepares the statements once. Rooms and memberships are asked for with every message and change
 * seldom, so they are kept in memory. That is safe because this process alone writes to the file and
 * everything that it writes goes through `forget` (or, when it is rolled back, `forgetAll`).
 */
export function createFacts(db: Database.Database) {
	const rooms = new Map<string, StoredRoom>();
	const spans = new Map<string, Map<string, Span>>();
	let kept = 0;

	const selectOp = db.prepare<[string], OpRecord>(
		'SELECT person, digest, result FROM op WHERE id = ?'
	);
	const selectRoom = db.prepare<[string], RoomFacts>(
		'SELECT id, name, description, password_hash, owner, deleted_at FROM room WHERE id = ?'
	);
	const selectSpan = db.prepare<[string, string], SpanRecord>(
		'SELECT * FROM span WHERE room = ? AND person = ?'
	);
	const selectMessage = db.prepare<[string], MessageFacts>(
		'SELECT id, room, author, seq, rev, digest, deleted_at FROM message WHERE id = ?'
	);
	const selectKnown = db
		.prepare<[string, string], number>(
			`SELECT EXISTS (SELECT 1 FROM op WHERE id = ?) * ${IS_OP} + EXISTS (SELECT 1 FROM message WHERE id = ?) * ${IS_MESSAGE}`
		)
		.pluck();
	const selectNamed = db.prepare<[string], { id: string }>(
		'SELECT id FROM room WHERE name_key = ?'
	);
	const hasStream = db.prepare<[string], unknown>('SELECT 1 FROM stream WHERE id = ?');
	const selectHeir = db.prepare<[string, string], { person: string }>(
		`SELECT person FROM span WHERE room = ? AND person <> ? AND to_seq IS NULL
		ORDER BY role = 'admin' DESC, from_seq LIMIT 1`
	);

	function op(id: string): StoredOp | null {
		const found = selectOp.get(id);
		return found ? { ...found, result: JSON.parse(found.result) as OpResult } : null;
	}
	function room(id: string): StoredRoom | null {
		const held = rooms.get(id);
		if (held) return held;
		const found = selectRoom.get(id);
		if (!found) return null;
		const { password_hash, deleted_at, ...rest } = found;
		const read = { ...rest, passwordHash: password_hash, deleted: deleted_at !== null };
		makeSpace();
		rooms.set(id, read);
		return read;
	}
	function span(roomId: string, person: string): Span | null {
		const held = spans.get(roomId)?.get(person);
		if (held) return held;
		const found = selectSpan.get(roomId, person);
		if (!found) return null;
		const { role, from_seq, visible_from, to_seq, read } = found;
		const made = { room: roomId, person, role, from: from_seq, visible: visible_from };
		const whole: Span = { ...made, to: to_seq, read };
		makeSpace();
		const ofRoom = spans.get(roomId);
		if (ofRoom) ofRoom.set(person, whole);
		else spans.set(roomId, new Map([[person, whole]]));
		return whole;
	}
	function makeSpace(): void {
		if (kept >= KEPT_MAX) forgetAll();
		kept += 1;
	}
	function forgetAll(): void {
		rooms.clear();
		spans.clear();
		kept = 0;
	}
	/** To be called with every effect that was carried out. */
	function forget(effect: Effect): void {
		switch (effect.do) {
			case 'message.insert':
			case 'message.edit':
			case 'message.empty':
				return;
			case 'room.insert':
			case 'room.update':
				rooms.delete(effect.room);
				return;
			case 'span.open':
			case 'span.role':
			case 'span.close':
			case 'read':
				spans.get(effect.room)?.delete(effect.person);
		}
	}
	function message(id: string): StoredMessage | null {
		const found = selectMessage.get(id);
		if (!found) return null;
		const { deleted_at, ...rest } = found;
		return { ...rest, deleted: deleted_at !== null };
	}
	function nameTaken(name: string | undefined, roomId: string): boolean {
		if (name === undefined) return false;
		const holder = selectNamed.get(roomNameKey(name));
		return holder !== undefined && holder.id !== roomId;
	}

	/** @param head head of the act's room, as this transaction sees it */
	function load({ person, act }: Prepared, head: number): Facts {
		const mine = span(act.room, person);
		const isPost = act.kind === 'message.post';
		const known = selectKnown.get(act.id, act.id) as number;
		const idIsMessage = (known & IS_MESSAGE) !== 0;
		const about = 'message' in act ? act.message : isPost && idIsMessage ? act.id : null;
		const asksHeir =
			(act.kind === 'room.leave' && mine?.role === 'owner') || act.kind === 'room.join';
		return {
			op: (known & IS_OP) !== 0 ? op(act.id) : null,
			message: about === null ? null : message(about),
			idIsMessage: !isPost && idIsMessage,
			room: room(act.room),
			span: mine,
			head,
			other: act.kind === 'member.remove' ? span(act.room, act.person) : null,
			streamTaken: act.kind === 'room.create' && hasStream.get(act.room) !== undefined,
			nameTaken: 'name' in act && nameTaken(act.name, act.room),
			heir: asksHeir ? (selectHeir.get(act.room, person)?.person ?? null) : null
		};
	}
	return { load, op, room, span, forget, forgetAll };
}
