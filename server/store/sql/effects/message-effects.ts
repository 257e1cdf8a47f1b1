/** Effects on messages. */
import { uuid7 } from '../../../../src/lib/protocol/ids.ts';
import type { MessageRecord } from '../records.ts';
import { callJson, messageRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { append, show, type EffectOf, type WriteContext } from './write-context.ts';

/** Lists that are empty are not written down. */
const json = (list: unknown[]): string | null => (list.length === 0 ? null : JSON.stringify(list));

/** A message about which nothing is special. */
const PLAIN = {
	sent: null,
	reply: null,
	reply_seq: null,
	mentions: null,
	reactions: null,
	forward: null,
	files: null,
	pinned_at: null,
	type: null,
	note: null,
	digest: null,
	edited_at: null,
	deleted_at: null
};

/** What a message has of its own, apart from its place in the room. */
type Fields = Partial<MessageRecord> & Pick<MessageRecord, 'id' | 'room' | 'author' | 'body'>;

function* insert(context: WriteContext, fields: Fields): Steps<void> {
	const { seq, ts } = yield* append(context, fields.room, 'message', fields.id);
	const record = { ...PLAIN, ...fields, seq, rev: seq, at: ts };
	const number = yield* context.statements.messages.insert.insert(record);
	show(context, fields.room, messageRow({ ...record, number }));
}

function showMessage(context: WriteContext, record: MessageRecord | undefined): void {
	show(context, record!.room, messageRow(record!));
}

export function* postMessage(
	context: WriteContext,
	effect: EffectOf<'message.insert'>
): Steps<void> {
	const { room, body, reply, replySeq, mentions, forward, files, sent } = effect;
	yield* insert(context, {
		id: context.act,
		room,
		author: context.actor,
		body,
		digest: context.digest,
		reply,
		reply_seq: replySeq,
		mentions: json(mentions),
		forward: forward === null ? null : JSON.stringify(forward),
		files: json(files),
		sent
	});
	for (const file of files)
		yield* context.statements.messages.attach.run(context.act, file.id, room);
}

/** The id of a system message is the server's own: one act may have several, or none. */
export function* postNote(context: WriteContext, { room, note }: EffectOf<'note'>): Steps<void> {
	yield* insert(context, {
		id: uuid7(context.now, context.randomBytes(10)),
		room,
		author: context.actor,
		body: '',
		type: 'system',
		note: JSON.stringify(note)
	});
}

/** A call stands until its message says that it has ended. */
export function* insertCall(
	context: WriteContext,
	{ room, note }: EffectOf<'call.insert'>
): Steps<void> {
	yield* insert(context, {
		id: context.act,
		room,
		author: context.actor,
		body: '',
		digest: context.digest,
		type: 'system',
		note: callJson(note)
	});
	yield* context.statements.calls.insert.run(context.act, room, context.now);
}

export function* updateCall(
	context: WriteContext,
	{ room, message, note }: EffectOf<'call.update'>
): Steps<void> {
	const { calls } = context.statements;
	const { seq } = yield* append(context, room, 'message', message);
	if (note.ended !== undefined) yield* calls.drop.run(message);
	showMessage(context, yield* calls.setNote.get(callJson(note), seq, message));
}

export function* editMessage(
	context: WriteContext,
	{ room, message, body, mentions }: EffectOf<'message.edit'>
): Steps<void> {
	const { messages } = context.statements;
	const { seq, ts } = yield* append(context, room, 'message', message);
	yield* messages.keepRevision.run(ts, message);
	yield* messages.dropOldRevisions.run({ message });
	showMessage(context, yield* messages.edit.get(body, json(mentions), seq, ts, message));
}

/** A deleted text is gone from every table in the same transaction (promise 8). */
export function* emptyMessage(
	context: WriteContext,
	{ room, message }: EffectOf<'message.empty'>
): Steps<void> {
	const { messages } = context.statements;
	const { seq, ts } = yield* append(context, room, 'message', message);
	yield* messages.dropRevisions.run(message);
	yield* messages.releaseFiles.run({ message });
	yield* messages.detach.run(message);
	showMessage(context, yield* messages.empty.get(seq, ts, message));
}

export function* setReactions(
	context: WriteContext,
	{ room, message, reactions }: EffectOf<'message.react'>
): Steps<void> {
	const { seq } = yield* append(context, room, 'message', message);
	showMessage(
		context,
		yield* context.statements.messages.setReactions.get(json(reactions), seq, message)
	);
}

export function* setPinned(
	context: WriteContext,
	{ room, message, on }: EffectOf<'message.pin'>
): Steps<void> {
	const { seq, ts } = yield* append(context, room, 'message', message);
	showMessage(
		context,
		yield* context.statements.messages.setPinned.get(on ? ts : null, seq, message)
	);
}
