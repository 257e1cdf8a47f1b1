/** Loads what a decision may depend on, inside the transaction that will carry it out. */
import type Database from 'better-sqlite3';
import { roomNameKey } from '../../../src/lib/protocol/names.ts';
import { isIn } from '../../domain/access.ts';
import type {
	AnyAct,
	Effect,
	Facts,
	OpResult,
	Prepared,
	Source,
	Span,
	StoredMessage,
	StoredOp,
	StoredRoom
} from '../../domain/store-port.ts';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import type { FileCard, Reaction } from '../../../src/lib/protocol/change.ts';
import { createPeopleFacts } from './facts-people.ts';
import { fileCard, type FileRecord, type SpanRecord } from './rows.ts';

type OpRecord = { person: string; digest: string; result: string };
type RoomFacts = {
	id: string;
	name: string;
	description: string;
	password_hash: string | null;
	owner: string;
	direct: number;
	pins: string;
	deleted_at: number | null;
};
type MessageFacts = Omit<
	StoredMessage,
	'deleted' | 'system' | 'pinned' | 'reactions' | 'hasFiles' | 'isForward'
> & {
	deleted_at: number | null;
	pinned_at: number | null;
	type: string | null;
	reactions: string | null;
	files: string | null;
	forward: string | null;
};
type SourceFacts = {
	room: string;
	author: string;
	name: string;
	body: string;
	at: number;
	forward: string | null;
	files: string | null;
	type: string | null;
	deleted_at: number | null;
};

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
		`SELECT id, name, description, password_hash, owner, direct, pins, deleted_at FROM room
		WHERE id = ?`
	);
	const selectSpan = db.prepare<[string, string], SpanRecord>(
		'SELECT * FROM span WHERE room = ? AND person = ?'
	);
	const selectMessage = db.prepare<[string], MessageFacts>(
		`SELECT id, room, author, seq, rev, digest, deleted_at, pinned_at, type, reactions,
		files, forward FROM message
		WHERE id = ?`
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
	const selectSource = db.prepare<[string], SourceFacts>(
		`SELECT m.room, m.author, p.name, m.body, m.at, m.forward, m.files, m.type, m.deleted_at
		FROM message m JOIN person p ON p.id = m.author WHERE m.id = ?`
	);
	const selectFiles = db.prepare<[string, string, string], FileRecord>(
		`SELECT * FROM file f WHERE id IN (SELECT value FROM json_each(?)) AND person = ?
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = f.id AND a.message <> ?)`
	);
	const selectSeq = db
		.prepare<[string, string], number>('SELECT seq FROM message WHERE id = ? AND room = ?')
		.pluck();
	const countMembers = db
		.prepare<[string, number], number>(
			`SELECT count(*) FROM (SELECT 1 FROM span WHERE room = ? AND to_seq IS NULL LIMIT ?)`
		)
		.pluck();
	const selectMembers = db
		.prepare<[string], string>('SELECT person FROM span WHERE room = ? AND to_seq IS NULL')
		.pluck();
	const people = createPeopleFacts(db, span, heirOf);

	function op(id: string): StoredOp | null {
		const found = selectOp.get(id);
		return found ? { ...found, result: JSON.parse(found.result) as OpResult } : null;
	}
	function room(id: string): StoredRoom | null {
		const held = rooms.get(id);
		if (held) return held;
		const found = selectRoom.get(id);
		if (!found) return null;
		const { password_hash, deleted_at, direct, pins, ...rest } = found;
		const read = {
			...rest,
			passwordHash: password_hash,
			direct: direct === 1,
			pins: JSON.parse(pins) as number[],
			deleted: deleted_at !== null
		};
		makeSpace();
		rooms.set(id, read);
		return read;
	}
	function span(roomId: string, person: string): Span | null {
		const held = spans.get(roomId)?.get(person);
		if (held) return held;
		const found = selectSpan.get(roomId, person);
		if (!found) return null;
		const { role, from_seq, visible_from, to_seq, read, seen, banned_at, muted_until } = found;
		const made = { room: roomId, person, role, from: from_seq, visible: visible_from };
		const whole: Span = {
			...{ ...made, to: to_seq, read, seen },
			banned: banned_at !== null,
			mutedUntil: muted_until ?? 0
		};
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
			case 'room.insert':
			case 'room.update':
			case 'room.delete':
				rooms.delete(effect.room);
				return;
			case 'span.open':
			case 'span.role':
			case 'span.close':
			case 'span.ban':
			case 'span.mute':
			case 'read':
			case 'seen':
				spans.get(effect.room)?.delete(effect.person);
		}
	}
	function message(id: string): StoredMessage | null {
		const found = selectMessage.get(id);
		if (!found) return null;
		const { deleted_at, pinned_at, type, reactions, files, forward, ...rest } = found;
		return {
			...rest,
			deleted: deleted_at !== null,
			pinned: pinned_at !== null,
			system: type === 'system',
			hasFiles: files !== null,
			isForward: forward !== null,
			reactions: reactions === null ? [] : (JSON.parse(reactions) as Reaction[])
		};
	}
	function source(id: string, person: string): Source | null {
		const found = selectSource.get(id);
		// What the actor cannot see is answered like what is not there (S16).
		if (!found || !isIn(span(found.room, person))) return null;
		const { author, name, at, forward, files, body, type, deleted_at } = found;
		return {
			body,
			// Passed on again, a text still comes from whoever said it.
			origin: forward === null ? { author, name, at } : (JSON.parse(forward) as Source['origin']),
			free: deleted_at === null && type !== 'system',
			deleted: deleted_at !== null,
			files: files === null ? [] : (JSON.parse(files) as Source['files'])
		};
	}
	/** In the order asked for; a file that is named twice counts once. */
	function filesOf(ids: string[], post: string, person: string): FileCard[] {
		const found = selectFiles.all(JSON.stringify([...new Set(ids)]), person, post);
		const byId = new Map(found.map((record) => [record.id, fileCard(record)]));
		return ids.flatMap((id) => byId.get(id) ?? []);
	}
	function heirOf(roomId: string, person: string): string | null {
		return selectHeir.get(roomId, person)?.person ?? null;
	}
	function membersOf(roomId: string): Span[] {
		return (selectMembers.all(roomId) as string[]).map((person) => span(roomId, person)!);
	}
	function nameTaken(name: string | undefined, roomId: string): boolean {
		if (name === undefined) return false;
		const holder = selectNamed.get(roomNameKey(name));
		return holder !== undefined && holder.id !== roomId;
	}

	/** What only some acts need, and what costs a question. */
	function asked(act: AnyAct, person: string, mine: Span | null) {
		const isPost = act.kind === 'message.post';
		const endsAll = act.kind === 'room.delete' || (act.kind === 'room.edit' && act.expel === true);
		const asksHeir =
			(act.kind === 'room.leave' && mine?.role === 'owner') || act.kind === 'room.join';
		const isAbout = 'room' in act && 'person' in act && act.kind !== 'direct.open';
		return {
			other: isAbout ? span(act.room, act.person) : null,
			heir: asksHeir ? heirOf(act.room, person) : null,
			replySeq:
				isPost && act.reply !== undefined
					? ((selectSeq.get(act.reply, act.room) as number | undefined) ?? null)
					: null,
			source: isPost && act.forward !== undefined ? source(act.forward, person) : null,
			files: isPost && act.files !== undefined ? filesOf(act.files, act.id, person) : [],
			isSmall:
				act.kind === 'read.mark' &&
				(countMembers.get(act.room, LIMITS.readMarksMembers + 1) as number) <=
					LIMITS.readMarksMembers,
			members: endsAll ? membersOf(act.room) : []
		};
	}

	function taken(act: AnyAct, person: string) {
		const isNew = act.kind === 'room.create' || act.kind === 'direct.open';
		const streamTaken = isNew && hasStream.get(act.room) !== undefined;
		if (act.kind === 'profile.edit') {
			const nameTaken = act.name !== undefined && people.personNameTaken(act.name, person);
			return { streamTaken, nameTaken };
		}
		const isNaming = act.kind === 'room.create' || act.kind === 'room.edit';
		return { streamTaken, nameTaken: isNaming && nameTaken(act.name, act.room) };
	}

	/**
	 * @param head head of the act's room (or the actor's feed), as this transaction sees it
	 * @param now ms
	 */
	function load({ person, act }: Prepared, head: number, now: number): Facts {
		const mine = 'room' in act ? span(act.room, person) : null;
		const isPost = act.kind === 'message.post';
		const known = selectKnown.get(act.id, act.id) as number;
		const idIsMessage = (known & IS_MESSAGE) !== 0;
		const about = 'message' in act ? act.message : isPost && idIsMessage ? act.id : null;
		return {
			now,
			op: (known & IS_OP) !== 0 ? op(act.id) : null,
			message: about === null ? null : message(about),
			idIsMessage: !isPost && idIsMessage,
			room: 'room' in act ? room(act.room) : null,
			span: mine,
			head,
			...asked(act, person, mine),
			...taken(act, person),
			...people.load(act, person)
		};
	}
	return { load, op, room, span, forget, forgetAll, invite: people.invite };
}
