/** Effects on how far somebody has read, and on what they have begun to write. */
import { draftRow, readRow, seenRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { append, show, showInFeed, type EffectOf, type WriteContext } from './write-context.ts';

/** How far somebody has read is their own business. */
export function* setRead(
	context: WriteContext,
	{ room, person, upto }: EffectOf<'read'>
): Steps<void> {
	const { seq } = yield* append(context, person, 'read', room);
	const record = (yield* context.statements.memberships.setRead.get(upto, seq, room, person))!;
	showInFeed(context, person, readRow(record));
}

/** What the others of a small room are shown of it. */
export function* setSeen(
	context: WriteContext,
	{ room, person, upto }: EffectOf<'seen'>
): Steps<void> {
	const { seq } = yield* append(context, room, 'seen', person);
	const record = (yield* context.statements.memberships.setSeen.get(upto, seq, room, person))!;
	show(context, room, seenRow(record));
}

export function* saveDraft(
	context: WriteContext,
	{ room, person, body, reply, other }: EffectOf<'draft'>
): Steps<void> {
	const { seq, ts } = yield* append(context, person, 'draft', room);
	const record = (yield* context.statements.drafts.put.get(
		person,
		room,
		seq,
		body,
		reply,
		other,
		ts
	))!;
	showInFeed(context, person, draftRow(record));
}
