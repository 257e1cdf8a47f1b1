/** Messages as the compatible API knows them. Every function reads at one moment: statements here never wait. */
import type Database from 'better-sqlite3';
import type { MessageReads, MessageView } from '../../../compat/ports.ts';
import { cardJson, IS_SAID } from '../../sql/conditions.ts';
import { SQLITE } from '../database.ts';
import type { CardRecord, MessageRecord } from '../../sql/records.ts';
import { card, messageRow } from '../../sql/rows.ts';
import type { RightsNow } from './room-reads.ts';

type MessageWithAuthor = MessageRecord & { card: string };

/** Messages of the compatible API, with the cards of their authors. */
const MESSAGES = `SELECT m.*, ${cardJson(SQLITE)} AS card FROM message m JOIN person p ON p.id = m.author
	WHERE ${IS_SAID}`;

const prepare = (db: Database.Database) => ({
	down: db.prepare<[string, number, number, number], MessageWithAuthor>(
		`${MESSAGES} AND m.room = ? AND m.seq >= ? ORDER BY m.seq DESC LIMIT ? OFFSET ?`
	),
	up: db.prepare<[string, number, number], MessageWithAuthor>(
		`${MESSAGES} AND m.room = ? AND m.seq > ? ORDER BY m.seq LIMIT ?`
	),
	byNumber: db.prepare<[number], MessageWithAuthor>(`${MESSAGES} AND m.number = ?`),
	// Both counts are answered by indexes alone, however long the texts are.
	count: db
		.prepare<{ room: string; from: number }, number>(
			`SELECT (SELECT count(*) FROM message WHERE room = @room AND seq >= @from) -
			(SELECT count(*) FROM message WHERE room = @room AND seq >= @from
			AND (deleted_at IS NOT NULL OR type = 'system'))`
		)
		.pluck(),
	lastNumber: db.prepare<[], number | null>('SELECT max(number) FROM message').pluck(),
	lastSeqUpTo: db
		.prepare<[string, number], number | null>(
			'SELECT max(seq) FROM message WHERE room = ? AND number <= ?'
		)
		.pluck(),
	head: db.prepare<[string], number>('SELECT head FROM stream WHERE id = ?').pluck(),
	actor: db
		.prepare<[string, number], string>('SELECT actor FROM change WHERE stream = ? AND seq = ?')
		.pluck()
});

const messageView = (r: MessageWithAuthor): MessageView => ({
	row: messageRow(r),
	author: card(JSON.parse(r.card) as CardRecord)
});

/** The part of the store that reads messages for the compatible API. */
export function createMessageReads(db: Database.Database, rightsIn: RightsNow): MessageReads {
	const statements = prepare(db);
	return {
		history(person, room, skip, limit) {
			const from = rightsIn(person, room).readsFrom;
			if (from === null) return null;
			return {
				messages: statements.down.all(room, from, limit, skip).map(messageView).reverse(),
				total: statements.count.get({ room, from }) ?? 0
			};
		},
		after(person, room, seq, limit) {
			const from = rightsIn(person, room).readsFrom;
			if (from === null) return null;
			return statements.up.all(room, Math.max(seq, from - 1), limit).map(messageView);
		},
		newest(person, rooms, limit) {
			const found = rooms.flatMap((room) => {
				const from = rightsIn(person, room).readsFrom;
				return from === null ? [] : statements.down.all(room, from, limit, 0);
			});
			const newestFirst = found.sort((a, b) => b.number - a.number);
			return newestFirst.slice(0, limit).reverse().map(messageView);
		},
		message(person, number) {
			const found = statements.byNumber.get(number);
			if (!found || rightsIn(person, found.room).readsFrom === null) return null;
			return messageView(found);
		},
		head: (room) => statements.head.get(room) ?? 0,
		lastNumber: () => statements.lastNumber.get() ?? 0,
		seqUpTo: (room, number) => statements.lastSeqUpTo.get(room, number) ?? 0,
		actor: (stream, seq) => statements.actor.get(stream, seq) ?? null
	};
}
