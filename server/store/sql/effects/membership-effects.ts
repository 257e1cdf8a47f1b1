/** Effects on who is in a room, and as what. */
import type { MemberRecord } from '../records.ts';
import { memberRow, roomMembershipRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { append, show, showInFeed, type EffectOf, type WriteContext } from './write-context.ts';

function* showMember(context: WriteContext, room: string, person: string): Steps<MemberRecord> {
	const record = (yield* context.statements.memberships.select.get(room, person))!;
	show(context, room, memberRow(record));
	return record;
}

/** Somebody's coming or going is told in the room and in their own feed. */
function* showMove(
	context: WriteContext,
	room: string,
	person: string,
	isIn: boolean
): Steps<void> {
	showInFeed(context, person, roomMembershipRow(yield* showMember(context, room, person)));
	context.membershipChanges.push({ person, room, in: isIn });
}

export function* openMembership(
	context: WriteContext,
	{ room, person, role }: EffectOf<'membership.open'>
): Steps<void> {
	const { seq } = yield* append(context, room, 'member', person);
	const feedRev = (yield* append(context, person, 'roomMembership', room)).seq;
	yield* context.statements.memberships.open.run({ room, person, seq, role, feedRev });
	yield* showMove(context, room, person, true);
}

export function* closeMembership(
	context: WriteContext,
	{ room, person, why }: EffectOf<'membership.close'>
): Steps<void> {
	const { seq, ts } = yield* append(context, room, 'member', person);
	const feedRev = (yield* append(context, person, 'roomMembership', room)).seq;
	const bannedAt = why === 'banned' ? ts : null;
	yield* context.statements.memberships.close.run({ room, person, seq, why, feedRev, bannedAt });
	yield* showMove(context, room, person, false);
}

export function* setBanned(
	context: WriteContext,
	{ room, person, on }: EffectOf<'membership.ban'>
): Steps<void> {
	const { seq, ts } = yield* append(context, room, 'member', person);
	yield* context.statements.memberships.setBanned.run({
		room,
		person,
		seq,
		bannedAt: on ? ts : null
	});
	yield* showMember(context, room, person);
}

export function* setMuted(
	context: WriteContext,
	{ room, person, until }: EffectOf<'membership.mute'>
): Steps<void> {
	const { seq } = yield* append(context, room, 'member', person);
	yield* context.statements.memberships.setMuted.run(seq, until || null, room, person);
	yield* showMember(context, room, person);
}

export function* setRole(
	context: WriteContext,
	{ room, person, role }: EffectOf<'membership.role'>
): Steps<void> {
	const { seq } = yield* append(context, room, 'member', person);
	yield* context.statements.memberships.setRole.run({ rev: seq, role, room, person });
	yield* showMember(context, room, person);
}

/**
 * Shows a person's changed card in every room that knows them, also in those that they left: what was said
 * there has one name on all devices (promise 7).
 */
export function* showCardInRooms(context: WriteContext, person: string): Steps<void> {
	const { memberships } = context.statements;
	for (const room of yield* memberships.roomsEver.all(person)) {
		const { seq } = yield* append(context, room, 'member', person);
		yield* memberships.setRev.run(seq, room, person);
		yield* showMember(context, room, person);
	}
}
