/** Carries out what was decided: one change in each stream that an effect touches, and the rows. */
import type Database from 'better-sqlite3';
import { LOBBY } from '../../../src/lib/protocol/ids.ts';
import { roomNameKey } from '../../../src/lib/protocol/names.ts';
import type { Role, Row } from '../../../src/lib/protocol/change.ts';
import type { Effect, Move } from '../../domain/store-port.ts';
import type { Log } from './log.ts';
import {
	CARD_JSON,
	listingRow,
	memberRow,
	messageRow,
	placeRow,
	readRow,
	roomRow,
	type MemberRecord,
	type MessageRecord,
	type RoomRecord,
	type SpanRecord
} from './rows.ts';

/** Who does it, under which act, when, and where the outcome is collected. */
export interface Doing {
	log: Log;
	actor: string;
	/** act id */
	op: string;
	/** digest of the act, kept with a message to recognise a repeat */
	digest: string;
	now: number;
	moves: Move[];
	rows: Row[];
}

type Do<K extends Effect['do']> = Extract<Effect, { do: K }>;

/** Prepares the statements once; the answer carries out one effect. */
export function createEffects(db: Database.Database) {
	const insertMessage = db.prepare(
		`INSERT INTO message (id, room, seq, rev, author, body, digest, reply, at, sent)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	);
	const keepRevision = db.prepare(
		'INSERT INTO revision (message, rev, body, at) SELECT id, rev, body, ? FROM message WHERE id = ?'
	);
	const updateMessage = db.prepare<[string, number, number, string], MessageRecord>(
		'UPDATE message SET body = ?, rev = ?, edited_at = ? WHERE id = ? RETURNING *'
	);
	const emptyMessage = db.prepare<[number, number, string], MessageRecord>(
		`UPDATE message SET body = '', rev = ?, deleted_at = ?, edited_at = NULL, reply = NULL
		WHERE id = ? RETURNING *`
	);
	const emptyRevisions = db.prepare('DELETE FROM revision WHERE message = ?');
	const insertRoom = db.prepare<unknown[], RoomRecord>(
		`INSERT INTO room (id, rev, listing_rev, name, name_key, description, password_hash, owner, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`
	);
	const updateRoom = db.prepare<unknown[], RoomRecord>(
		`UPDATE room SET rev = ?, listing_rev = ?, name = coalesce(?, name),
		name_key = coalesce(?, name_key), description = coalesce(?, description),
		owner = coalesce(?, owner) WHERE id = ? RETURNING *`
	);
	const openSpan = db.prepare(
		`INSERT INTO span (room, person, rev, role, from_seq, visible_from, feed_rev)
		VALUES (?, ?, ?, ?, ?, 1, ?)
		ON CONFLICT (room, person) DO UPDATE SET rev = excluded.rev, role = excluded.role,
		from_seq = excluded.from_seq, to_seq = NULL, why = NULL, feed_rev = excluded.feed_rev`
	);
	const closeSpan = db.prepare(
		'UPDATE span SET rev = ?, to_seq = ?, why = ?, feed_rev = ?, role = ? WHERE room = ? AND person = ?'
	);
	const setRole = db.prepare('UPDATE span SET rev = ?, role = ? WHERE room = ? AND person = ?');
	const setRead = db.prepare<[number, number, string, string], SpanRecord>(
		'UPDATE span SET read = ?, read_rev = ? WHERE room = ? AND person = ? RETURNING *'
	);
	const selectMember = db.prepare<[string, string], MemberRecord>(
		`SELECT s.*, ${CARD_JSON} AS card FROM span s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.person = ?`
	);

	function append(doing: Doing, stream: string, kind: string, entity: string) {
		return doing.log.append(stream, { kind, entity, actor: doing.actor, op: doing.op }, doing.now);
	}
	function show(doing: Doing, stream: string, row: Row) {
		doing.log.show(stream, row);
		doing.rows.push(row);
	}
	function showMember(doing: Doing, room: string, person: string): SpanRecord {
		const record = selectMember.get(room, person)!;
		show(doing, room, memberRow(record));
		return record;
	}

	function post(doing: Doing, effect: Do<'message.insert'>) {
		const { room, body, reply, sent } = effect;
		const { seq, ts } = append(doing, room, 'message', doing.op);
		const { actor, op: id, digest } = doing;
		const { lastInsertRowid } = insertMessage.run(
			id,
			room,
			seq,
			seq,
			actor,
			body,
			digest,
			reply,
			ts,
			sent
		);
		const number = Number(lastInsertRowid);
		const record = { number, id, room, seq, rev: seq, author: actor, body, reply, at: ts, sent };
		show(doing, room, messageRow({ ...record, type: null, edited_at: null, deleted_at: null }));
	}
	function edit(doing: Doing, { room, message, body }: Do<'message.edit'>) {
		const { seq, ts } = append(doing, room, 'message', message);
		keepRevision.run(ts, message);
		show(doing, room, messageRow(updateMessage.get(body, seq, ts, message)!));
	}
	/** A deleted text is gone from every table in the same transaction (promise 8). */
	function empty(doing: Doing, { room, message }: Do<'message.empty'>) {
		const { seq, ts } = append(doing, room, 'message', message);
		emptyRevisions.run(message);
		show(doing, room, messageRow(emptyMessage.get(seq, ts, message)!));
	}
	function makeRoom(doing: Doing, effect: Do<'room.insert'>) {
		const { room, name, description, passwordHash } = effect;
		doing.log.create(room, 'room');
		const { seq, ts } = append(doing, room, 'room', room);
		const listing = append(doing, LOBBY, 'listing', room).seq;
		const record = insertRoom.get(
			room,
			seq,
			listing,
			name,
			roomNameKey(name),
			description,
			passwordHash,
			doing.actor,
			ts
		)!;
		show(doing, room, roomRow(record));
		show(doing, LOBBY, listingRow(record));
	}
	function changeRoom(doing: Doing, { room, name, description, owner }: Do<'room.update'>) {
		const { seq } = append(doing, room, 'room', room);
		const listing = append(doing, LOBBY, 'listing', room).seq;
		const key = name === undefined ? null : roomNameKey(name);
		const record = updateRoom.get(
			seq,
			listing,
			name ?? null,
			key,
			description ?? null,
			owner ?? null,
			room
		)!;
		show(doing, room, roomRow(record));
		show(doing, LOBBY, listingRow(record));
	}
	function enter(doing: Doing, { room, person, role }: Do<'span.open'>) {
		const { seq } = append(doing, room, 'member', person);
		const place = append(doing, person, 'place', room).seq;
		openSpan.run(room, person, seq, role, seq, place);
		show(doing, person, placeRow(showMember(doing, room, person)));
		doing.moves.push({ person, room, in: true });
	}
	function changeRole(doing: Doing, room: string, person: string, role: Role) {
		const { seq } = append(doing, room, 'member', person);
		setRole.run(seq, role, room, person);
		showMember(doing, room, person);
	}
	function exit(doing: Doing, { room, person, why }: Do<'span.close'>) {
		const { seq } = append(doing, room, 'member', person);
		const place = append(doing, person, 'place', room).seq;
		closeSpan.run(seq, seq, why, place, 'member', room, person);
		show(doing, person, placeRow(showMember(doing, room, person)));
		doing.moves.push({ person, room, in: false });
	}
	function read(doing: Doing, { room, person, upto }: Do<'read'>) {
		const { seq } = append(doing, person, 'read', room);
		show(doing, person, readRow(setRead.get(upto, seq, room, person)!));
	}

	return (doing: Doing, effect: Effect): void => {
		switch (effect.do) {
			case 'message.insert':
				return post(doing, effect);
			case 'message.edit':
				return edit(doing, effect);
			case 'message.empty':
				return empty(doing, effect);
			case 'room.insert':
				return makeRoom(doing, effect);
			case 'room.update':
				return changeRoom(doing, effect);
			case 'span.open':
				return enter(doing, effect);
			case 'span.role':
				return changeRole(doing, effect.room, effect.person, effect.role);
			case 'span.close':
				return exit(doing, effect);
			case 'read':
				return read(doing, effect);
		}
	};
}
