/** Messages that are written as they were elsewhere. */
import type { NewMessage } from '../../import/import-port.ts';
import type { SqlDatabase } from './database.ts';
import type { MessageRecord } from './records.ts';
import type { Steps } from './steps.ts';
import type { Transaction } from './writer.ts';

interface KnownRecord {
	id: string;
	room: string;
	seq: number;
	files: string | null;
	deleted: number;
}

export const prepareImportedMessages = (db: SqlDatabase) => ({
	known: db.prepare<[string], KnownRecord>(
		`SELECT id, room, seq, files, CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END AS deleted
		FROM message WHERE id IN ${db.dialect.texts('?')}`
	),
	place: db.pluck<[string, string], number>('SELECT seq FROM message WHERE id = ? AND room = ?'),
	insert: db.prepare<[Omit<MessageRecord, 'number'>]>(
		`INSERT INTO message (id, room, seq, rev, author, body, digest, reply, reply_seq, mentions, reactions,
		forward, files, pinned_at, type, note, at, sent, edited_at, deleted_at) VALUES (@id, @room, @seq, @rev,
		@author, @body, @digest, @reply, @reply_seq, @mentions, @reactions, @forward, @files, @pinned_at, @type,
		@note, @at, @sent, @edited_at, @deleted_at)`
	),
	attach: db.prepare(
		'INSERT INTO attachment (message, file, room) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'
	)
});

/** Lists that are empty are not written down. */
const json = (list: unknown[]): string | null => (list.length === 0 ? null : JSON.stringify(list));

function* noteOf(
	{ place }: ReturnType<typeof prepareImportedMessages>,
	room: string,
	{ note, pointsTo }: NewMessage
): Steps<string | null> {
	if (note === null) return null;
	const seq = pointsTo === null ? undefined : yield* place.get(pointsTo, room);
	return JSON.stringify(seq === undefined ? note : { ...note, seq });
}

/** Writes one at its own time, behind what is in the room already. Nobody is told of it: it is there. */
export function* writeMessage(
	statements: ReturnType<typeof prepareImportedMessages>,
	{ log }: Transaction,
	room: string,
	message: NewMessage
): Steps<void> {
	const { id, author, body, reply, mentions, reactions, forward, files } = message;
	const note = yield* noteOf(statements, room, message);
	const change = { kind: 'message', entity: id, actor: author, act: id };
	const { seq, ts } = yield* log.append(room, change, message.at);
	yield* statements.insert.insert({
		id,
		room,
		seq,
		rev: seq,
		author,
		body,
		digest: null,
		reply,
		reply_seq: reply === null ? null : ((yield* statements.place.get(reply, room)) ?? null),
		mentions: json(mentions),
		reactions: json(reactions),
		forward: forward === null ? null : JSON.stringify(forward),
		files: json(files),
		pinned_at: message.pinned,
		type: note === null ? null : 'system',
		note,
		at: ts,
		sent: message.sent,
		edited_at: message.edited,
		deleted_at: message.isDeleted ? (message.edited ?? ts) : null
	});
	for (const file of message.attached) yield* statements.attach.run(id, file, room);
}
