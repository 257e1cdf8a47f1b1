/** Effects on rooms and memberships. */
import type Database from 'better-sqlite3';
import { LOBBY } from '../../../src/lib/protocol/ids.ts';
import { roomNameKey } from '../../../src/lib/protocol/names.ts';
import type { Role } from '../../../src/lib/protocol/change.ts';
import { append, show, showInFeed, type Do, type Doing } from './doing.ts';
import {
	CARD_JSON,
	listingRow,
	memberRow,
	placeRow,
	roomRow,
	type MemberRecord,
	type RoomRecord,
	type SpanRecord
} from './rows.ts';

/** Prepares the statements once. */
export function createRoomEffects(db: Database.Database) {
	const insertRoom = db.prepare<unknown[], RoomRecord>(
		`INSERT INTO room (id, rev, listing_rev, name, name_key, description, password_hash, owner, direct,
		created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`
	);
	const updateRoom = db.prepare<unknown[], RoomRecord>(
		`UPDATE room SET rev = ?, name = coalesce(?, name), name_key = coalesce(?, name_key),
		description = coalesce(?, description), owner = coalesce(?, owner), pins = coalesce(?, pins)
		WHERE id = ? RETURNING *`
	);
	const setPassword = db.prepare('UPDATE room SET password_hash = ? WHERE id = ?');
	const setListing = db.prepare<[number, string], RoomRecord>(
		'UPDATE room SET listing_rev = ? WHERE id = ? RETURNING *'
	);
	const markDeleted = db.prepare<unknown[], RoomRecord>(
		`UPDATE room SET rev = ?, deleted_at = ?, name_key = NULL, password_hash = NULL, pins = '[]'
		WHERE id = ? RETURNING *`
	);
	const openSpan = db.prepare(
		// What was said before somebody came in is there to be read, but nobody owes it a reading.
		`INSERT INTO span (room, person, rev, role, from_seq, visible_from, feed_rev, read)
		VALUES (?, ?, ?, ?, ?, 1, ?, ?)
		ON CONFLICT (room, person) DO UPDATE SET rev = excluded.rev, role = excluded.role,
		from_seq = excluded.from_seq, to_seq = NULL, why = NULL, feed_rev = excluded.feed_rev,
		banned_at = NULL`
	);
	const closeSpan = db.prepare(
		`UPDATE span SET rev = ?, to_seq = ?, why = ?, feed_rev = ?, role = 'member', banned_at = ?
		WHERE room = ? AND person = ?`
	);
	const banStranger = db.prepare(
		`INSERT INTO span (room, person, rev, role, from_seq, visible_from, to_seq, feed_rev, banned_at)
		VALUES (?, ?, ?, 'member', ?, 1, ?, 0, ?)
		ON CONFLICT (room, person) DO UPDATE SET rev = excluded.rev, banned_at = excluded.banned_at`
	);
	// Who owns the room can be let speak by nobody else: an owner is never muted.
	const setRole = db.prepare(
		`UPDATE span SET rev = @rev, role = @role,
		muted_until = CASE WHEN @role = 'owner' THEN NULL ELSE muted_until END
		WHERE room = @room AND person = @person`
	);
	const setMuted = db.prepare(
		'UPDATE span SET rev = ?, muted_until = ? WHERE room = ? AND person = ?'
	);
	const selectMember = db.prepare<[string, string], MemberRecord>(
		`SELECT s.*, ${CARD_JSON} AS card FROM span s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.person = ?`
	);

	function showMember(doing: Doing, room: string, person: string): SpanRecord {
		const record = selectMember.get(room, person)!;
		show(doing, room, memberRow(record));
		return record;
	}

	/** What can be found is told to everybody; a direct conversation is never listed. */
	function list(doing: Doing, room: string): void {
		const listing = append(doing, LOBBY, 'listing', room).seq;
		show(doing, LOBBY, listingRow(setListing.get(listing, room)!));
	}

	return {
		make(doing: Doing, effect: Do<'room.insert'>): void {
			const { room, name, description, passwordHash, direct } = effect;
			doing.log.create(room, 'room');
			const { seq, ts } = append(doing, room, 'room', room);
			const key = direct ? null : roomNameKey(name);
			const record = insertRoom.get(
				...[room, seq, 0, name, key, description, passwordHash, doing.actor, direct ? 1 : 0, ts]
			)!;
			show(doing, room, roomRow(record));
			if (!direct) list(doing, room);
		},
		change(doing: Doing, effect: Do<'room.update'>): void {
			const { room, name, description, owner, passwordHash, pins } = effect;
			const { seq } = append(doing, room, 'room', room);
			const key = name === undefined ? null : roomNameKey(name);
			if (passwordHash !== undefined) setPassword.run(passwordHash, room);
			const record = updateRoom.get(
				...[seq, name ?? null, key, description ?? null, owner ?? null],
				...[pins === undefined ? null : JSON.stringify(pins), room]
			)!;
			show(doing, room, roomRow(record));
			const isListed = name !== undefined || description !== undefined;
			if (record.direct === 0 && (isListed || passwordHash !== undefined)) list(doing, room);
		},
		remove(doing: Doing, { room }: Do<'room.delete'>): void {
			const { seq, ts } = append(doing, room, 'room', room);
			show(doing, room, roomRow(markDeleted.get(seq, ts, room)!));
			list(doing, room);
		},
		enter(doing: Doing, { room, person, role }: Do<'span.open'>): void {
			const { seq } = append(doing, room, 'member', person);
			const place = append(doing, person, 'place', room).seq;
			openSpan.run(room, person, seq, role, seq, place, seq);
			showInFeed(doing, person, placeRow(showMember(doing, room, person)));
			doing.moves.push({ person, room, in: true });
		},
		exit(doing: Doing, { room, person, why }: Do<'span.close'>): void {
			const { seq, ts } = append(doing, room, 'member', person);
			const place = append(doing, person, 'place', room).seq;
			closeSpan.run(seq, seq, why, place, why === 'banned' ? ts : null, room, person);
			showInFeed(doing, person, placeRow(showMember(doing, room, person)));
			doing.moves.push({ person, room, in: false });
		},
		ban(doing: Doing, { room, person, on }: Do<'span.ban'>): void {
			const { seq, ts } = append(doing, room, 'member', person);
			banStranger.run(room, person, seq, seq, seq, on ? ts : null);
			showMember(doing, room, person);
		},
		mute(doing: Doing, { room, person, until }: Do<'span.mute'>): void {
			const { seq } = append(doing, room, 'member', person);
			setMuted.run(seq, until || null, room, person);
			showMember(doing, room, person);
		},
		changeRole(doing: Doing, room: string, person: string, role: Role): void {
			const { seq } = append(doing, room, 'member', person);
			setRole.run({ rev: seq, role, room, person });
			showMember(doing, room, person);
		},
		/** A card that changed is shown where its person is. */
		showCard(doing: Doing, room: string, person: string, setRev: (rev: number) => void): void {
			const { seq } = append(doing, room, 'member', person);
			setRev(seq);
			showMember(doing, room, person);
		}
	};
}
