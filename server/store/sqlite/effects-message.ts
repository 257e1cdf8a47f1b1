/** Effects on messages, read positions and drafts. */
import type Database from 'better-sqlite3';
import { uuid7 } from '../../../src/lib/protocol/ids.ts';
import { append, show, showInFeed, type Do, type Doing } from './doing.ts';
import {
	draftRow,
	messageRow,
	readRow,
	seenRow,
	type DraftRecord,
	type MessageRecord,
	type SpanRecord
} from './rows.ts';

const json = (list: unknown[]): string | null => (list.length === 0 ? null : JSON.stringify(list));

/** Prepares the statements once. @param chance random bytes for the ids of system messages */
export function createMessageEffects(db: Database.Database, chance: (count: number) => Uint8Array) {
	const insertMessage = db.prepare(
		`INSERT INTO message (id, room, seq, rev, author, body, digest, reply, reply_seq, mentions, forward,
		files, type, note, at, sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	);
	const keepRevision = db.prepare(
		'INSERT INTO revision (message, rev, body, at) SELECT id, rev, body, ? FROM message WHERE id = ?'
	);
	const updateMessage = db.prepare<unknown[], MessageRecord>(
		'UPDATE message SET body = ?, mentions = ?, rev = ?, edited_at = ? WHERE id = ? RETURNING *'
	);
	const emptyMessage = db.prepare<[number, number, string], MessageRecord>(
		`UPDATE message SET body = '', rev = ?, deleted_at = ?, edited_at = NULL, reply = NULL,
		reply_seq = NULL, mentions = NULL, reactions = NULL, forward = NULL, files = NULL, pinned_at = NULL
		WHERE id = ? RETURNING *`
	);
	const attach = db.prepare('INSERT INTO attachment (message, file, room) VALUES (?, ?, ?)');
	const detach = db.prepare('DELETE FROM attachment WHERE message = ?');
	const emptyRevisions = db.prepare('DELETE FROM revision WHERE message = ?');
	const setReactions = db.prepare<unknown[], MessageRecord>(
		'UPDATE message SET reactions = ?, rev = ? WHERE id = ? RETURNING *'
	);
	const setPinned = db.prepare<unknown[], MessageRecord>(
		'UPDATE message SET pinned_at = ?, rev = ? WHERE id = ? RETURNING *'
	);
	const setRead = db.prepare<[number, number, string, string], SpanRecord>(
		'UPDATE span SET read = ?, read_rev = ? WHERE room = ? AND person = ? RETURNING *'
	);
	const setSeen = db.prepare<[number, number, string, string], SpanRecord>(
		'UPDATE span SET seen = ?, seen_rev = ? WHERE room = ? AND person = ? RETURNING *'
	);
	const putDraft = db.prepare<unknown[], DraftRecord>(
		`INSERT INTO draft (person, room, rev, body, reply, other, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, room) DO UPDATE SET rev = excluded.rev, body = excluded.body,
		reply = excluded.reply, other = excluded.other, at = excluded.at RETURNING *`
	);

	/** What a message of its own kind differs in from an ordinary one. */
	type Fields = Partial<MessageRecord> & Pick<MessageRecord, 'id' | 'room' | 'author' | 'body'>;

	function insert(doing: Doing, fields: Fields, digest: string | null): void {
		const { room, id } = fields;
		const { seq, ts } = append(doing, room, 'message', id);
		const record: Omit<MessageRecord, 'number'> = {
			...{ seq, rev: seq, at: ts, sent: null, reply: null, reply_seq: null, mentions: null },
			...{ reactions: null, forward: null, files: null, pinned_at: null, type: null, note: null },
			...{ edited_at: null, deleted_at: null },
			...fields
		};
		const { author, body, reply, reply_seq, mentions, forward, files, type, note, sent } = record;
		const { lastInsertRowid } = insertMessage.run(
			...[id, room, seq, seq, author, body, digest, reply, reply_seq, mentions, forward],
			...[files, type, note, ts, sent]
		);
		show(doing, room, messageRow({ ...record, number: Number(lastInsertRowid) }));
	}

	return {
		post(doing: Doing, effect: Do<'message.insert'>): void {
			const { room, body, reply, replySeq, mentions, forward, files, sent } = effect;
			const { actor: author, op: id, digest } = doing;
			insert(
				doing,
				{
					...{ id, room, author, body, reply, reply_seq: replySeq, sent },
					mentions: json(mentions),
					forward: forward === null ? null : JSON.stringify(forward),
					files: json(files)
				},
				digest
			);
			for (const file of files) attach.run(id, file.id, room);
		},
		/** The id is the server's own: one act may have several system messages, or none. */
		note(doing: Doing, { room, note }: Do<'note'>): void {
			const id = uuid7(doing.now, chance(10));
			const fields = { id, room, author: doing.actor, body: '', type: 'system' };
			insert(doing, { ...fields, note: JSON.stringify(note) }, null);
		},
		edit(doing: Doing, { room, message, body, mentions }: Do<'message.edit'>): void {
			const { seq, ts } = append(doing, room, 'message', message);
			keepRevision.run(ts, message);
			show(doing, room, messageRow(updateMessage.get(body, json(mentions), seq, ts, message)!));
		},
		/** A deleted text is gone from every table in the same transaction (promise 8). */
		empty(doing: Doing, { room, message }: Do<'message.empty'>): void {
			const { seq, ts } = append(doing, room, 'message', message);
			emptyRevisions.run(message);
			detach.run(message);
			show(doing, room, messageRow(emptyMessage.get(seq, ts, message)!));
		},
		react(doing: Doing, { room, message, reactions }: Do<'message.react'>): void {
			const { seq } = append(doing, room, 'message', message);
			show(doing, room, messageRow(setReactions.get(json(reactions), seq, message)!));
		},
		pin(doing: Doing, { room, message, on }: Do<'message.pin'>): void {
			const { seq, ts } = append(doing, room, 'message', message);
			show(doing, room, messageRow(setPinned.get(on ? ts : null, seq, message)!));
		},
		read(doing: Doing, { room, person, upto }: Do<'read'>): void {
			const { seq } = append(doing, person, 'read', room);
			showInFeed(doing, person, readRow(setRead.get(upto, seq, room, person)!));
		},
		seen(doing: Doing, { room, person, upto }: Do<'seen'>): void {
			const { seq } = append(doing, room, 'seen', person);
			show(doing, room, seenRow(setSeen.get(upto, seq, room, person)!));
		},
		draft(doing: Doing, { room, person, body, reply, other }: Do<'draft'>): void {
			const { seq, ts } = append(doing, person, 'draft', room);
			const record = putDraft.get(person, room, seq, body, reply, other, ts)!;
			showInFeed(doing, person, draftRow(record));
		}
	};
}
