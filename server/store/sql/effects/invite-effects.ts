/** Effects on invite links: each is a row in the feed of whoever made it. */
import type { InviteRecord } from '../records.ts';
import { inviteRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { append, showInFeed, type EffectOf, type WriteContext } from './write-context.ts';

export function* insertInvite(
	context: WriteContext,
	{ id, room, token, expires, left }: EffectOf<'invite.insert'>
): Steps<void> {
	const { actor, statements } = context;
	const { seq, ts } = yield* append(context, actor, 'invite', id);
	const record = (yield* statements.invites.insert.get(
		id,
		actor,
		room,
		seq,
		token,
		expires,
		left,
		ts
	))!;
	showInFeed(context, actor, inviteRow(record));
}

function* revise(
	context: WriteContext,
	{ id, person }: InviteRecord,
	{ revoked, left }: { revoked: boolean; left: number | null }
): Steps<void> {
	const { seq } = yield* append(context, person, 'invite', id);
	const record = (yield* context.statements.invites.revise.get(seq, revoked ? 1 : 0, left, id))!;
	showInFeed(context, person, inviteRow(record));
}

/** One use less of a link whose uses are counted. */
export function* useInvite(context: WriteContext, { id }: EffectOf<'invite.use'>): Steps<void> {
	const invite = yield* context.statements.invites.byId.get(id);
	if (!invite || invite.uses_left === null) return;
	yield* revise(context, invite, { revoked: false, left: invite.uses_left - 1 });
}

export function* revokeInvites(
	context: WriteContext,
	{ room, id }: EffectOf<'invite.revoke'>
): Steps<void> {
	const { invites } = context.statements;
	const revoked = id === null ? yield* invites.ofRoom.all(room) : yield* invites.byId.all(id);
	for (const invite of revoked)
		yield* revise(context, invite, { revoked: true, left: invite.uses_left });
}
