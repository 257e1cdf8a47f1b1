/** Messages as the compatible API knows them. */
import type { Missed, MessageReads, MessageView } from '../../../compat/ports.ts';
import { cardJson, IS_CALL, IS_SAID } from '../conditions.ts';
import type { Dialect, SqlDatabase } from '../database.ts';
import type { CardRecord, MessageRecord } from '../records.ts';
import type { RightsIn } from '../rights.ts';
import { CALL_JSON, card, messageRow } from '../rows.ts';
import { eachOf, type Steps } from '../steps.ts';

export type MessageWithAuthor = MessageRecord & { card: string };

/** Messages of the compatible API, with the cards of their authors; a condition follows. */
export const messagesWithAuthor = (dialect: Dialect): string =>
	`SELECT m.*, ${cardJson(dialect)} AS card FROM message m JOIN person p ON p.id = m.author
	WHERE (${IS_SAID} OR ${IS_CALL})`;

/** Seq of the last message of a room with a number up to this one. Both grow together: the first that is found is it. */
export const LAST_SEQ_UP_TO =
	'SELECT seq FROM message WHERE room = ? AND number <= ? ORDER BY seq DESC LIMIT 1';

function prepare(db: SqlDatabase) {
	const messages = messagesWithAuthor(db.dialect);
	return {
		down: db.prepare<[string, number, number, number], MessageWithAuthor>(
			`${messages} AND m.room = ? AND m.seq >= ? ORDER BY m.seq DESC LIMIT ? OFFSET ?`
		),
		up: db.prepare<[string, number, number, number], MessageWithAuthor>(
			`${messages} AND m.room = ? AND m.seq > ? AND m.number <= ? ORDER BY m.seq LIMIT ?`
		),
		byNumber: db.prepare<[number], MessageWithAuthor>(`${messages} AND m.number = ?`),
		// Answered by indexes, and by the few messages that are hidden: however long the texts are.
		count: db.pluck<{ room: string; from: number }, number>(
			`SELECT (SELECT count(*) FROM message WHERE room = @room AND seq >= @from) -
			(SELECT count(*) FROM message WHERE room = @room AND seq >= @from
			AND (deleted_at IS NOT NULL OR type = 'system')
			AND (note IS NULL OR note NOT LIKE '${CALL_JSON}%'))`
		),
		lastNumber: db.pluck<[], number | null>('SELECT max(number) FROM message'),
		lastSeqUpTo: db.pluck<[string, number], number>(LAST_SEQ_UP_TO),
		room: db.prepare<[string], { number: number; name: string }>(
			'SELECT number, name FROM room WHERE id = ?'
		)
	};
}

export const messageView = (r: MessageWithAuthor): MessageView => ({
	row: messageRow(r),
	author: card(JSON.parse(r.card) as CardRecord)
});

/** No message has the number 0: looking for it would walk through the whole room. */
export function* seqUpTo(
	statements: Pick<ReturnType<typeof prepare>, 'lastSeqUpTo'>,
	room: string,
	number: number
): Steps<number> {
	return number > 0 ? ((yield* statements.lastSeqUpTo.get(room, number)) ?? 0) : 0;
}

/** The part of the store that reads messages for the compatible API. */
export function createMessageReads(db: SqlDatabase, rightsIn: RightsIn): MessageReads {
	const statements = prepare(db);
	return {
		history: (person, room, skip, limit) =>
			db.read(function* () {
				const from = (yield* rightsIn(person, room)).readsFrom;
				if (from === null) return null;
				return {
					messages: (yield* statements.down.all(room, from, limit, skip))
						.map(messageView)
						.reverse(),
					total: (yield* statements.count.get({ room, from })) ?? 0
				};
			}),
		missed: (person, { room, seq, above, upTo }, limit) =>
			db.read(function* (): Steps<Missed | null> {
				const { isMember, readsFrom } = yield* rightsIn(person, room);
				const found = isMember && readsFrom !== null ? yield* statements.room.get(room) : undefined;
				if (!found || readsFrom === null) return null;
				const from = Math.max(seq, yield* seqUpTo(statements, room, above));
				const after = Math.max(from, readsFrom - 1);
				const records = yield* statements.up.all(room, after, upTo, limit);
				return { room: found, messages: records.map(messageView), from };
			}),
		newest: (person, rooms, limit) =>
			db.read(function* () {
				const found = yield* eachOf(rooms, function* (room) {
					const from = (yield* rightsIn(person, room)).readsFrom;
					return from === null ? [] : yield* statements.down.all(room, from, limit, 0);
				});
				const newestFirst = found.flat().sort((a, b) => b.number - a.number);
				return newestFirst.slice(0, limit).reverse().map(messageView);
			}),
		message: (person, number) =>
			db.ask(function* () {
				const found = yield* statements.byNumber.get(number);
				if (!found || (yield* rightsIn(person, found.room)).readsFrom === null) return null;
				return messageView(found);
			}),
		lastNumber: async () => (await db.ask(() => statements.lastNumber.get())) ?? 0,
		seqUpTo: (room, number) => db.ask(() => seqUpTo(statements, room, number))
	};
}
