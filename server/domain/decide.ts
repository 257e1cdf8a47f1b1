/**
 * The rules: what becomes of an act, given the facts as they are under the room's lock. Pure, so
 * that every store decides alike. Rule numbers (A1 …) are those of docs/protocol.md.
 */
import { entryRefusal } from './access.ts';
import { administer, isAdminAct } from './decide-admin.ts';
import * as calls from './decide-call.ts';
import { report } from './decide-report.ts';
import { unchanged, conflict, refuse, type RoomAct } from './decision.ts';
import * as messages from './decide-message.ts';
import * as people from './decide-person.ts';
import * as rooms from './decide-room.ts';
import type { Decision, Facts, InternalAct, PreparedAct } from './store-port.ts';
import { refuse as makeRefusal } from '../../src/lib/protocol/refusal.ts';

/** A1: an id that is known is answered with what it came to, and never has a second effect (promise 2). */
function known({ person, digest, act }: PreparedAct, facts: Facts): Decision | null {
	const { earlier, message } = facts;
	if (earlier) {
		if (earlier.person !== person) return conflict();
		// A refused id stays refused, whatever it says now.
		if ('refusal' in earlier.result)
			return { is: 'refuse', refusal: earlier.result.refusal, record: false };
		return earlier.digest === digest
			? unchanged(earlier.result.stream, earlier.result.seq)
			: conflict();
	}
	if (facts.idIsMessage) return conflict();
	if ((act.kind !== 'message.post' && act.kind !== 'call.begin') || !message) return null;
	if (message.author !== person || message.room !== act.room) return conflict();
	if (message.digest === digest) return unchanged(message.room, message.seq);
	return conflict(message.seq);
}

/** What cannot be done in a conversation of two. */
const NOT_DIRECT: ReadonlySet<RoomAct['kind']> = new Set([
	'room.edit',
	'room.delete',
	'room.leave',
	'room.hand-over',
	'member.remove',
	'member.unban',
	'member.mute',
	'member.role',
	'invite.create',
	'invite.revoke'
]);

/** Acts by whoever is in a room. */
function decideInside(prepared: PreparedAct, act: RoomAct, facts: Facts): Decision {
	const { person } = prepared;
	const barred = entryRefusal(facts.room, facts.membership);
	if (barred) return refuse(barred);
	if (facts.room!.direct && NOT_DIRECT.has(act.kind)) return refuse('direct_fixed');
	switch (act.kind) {
		case 'message.post':
			return messages.post(act, facts);
		case 'message.edit':
			return messages.edit(act, person, facts);
		case 'message.recall':
			return messages.recall(act, person, facts);
		case 'message.react':
			return messages.react(act, facts);
		case 'message.pin':
			return messages.pin(act, facts);
		case 'read.mark':
			return messages.read(act, person, facts);
		case 'draft.save':
			return messages.draft(act, person, facts);
		case 'room.edit':
			return rooms.editRoom({ ...prepared, act }, facts);
		case 'room.delete':
			return rooms.deleteRoom(act, facts);
		case 'room.leave':
			return rooms.leave(act, facts);
		case 'room.hand-over':
			return rooms.handOver(act, person, facts);
		case 'member.remove':
			return rooms.remove(act, facts);
		case 'member.unban':
			return rooms.unban(act, facts);
		case 'member.mute':
			return rooms.mute(act, facts);
		case 'member.role':
			return rooms.setRole(act, facts);
		case 'invite.create':
			return rooms.createInvite(act, person, facts);
		case 'invite.revoke':
			return rooms.revokeInvite(act, person, facts);
		default:
			throw new Error(`${act.kind} is not decided inside a room`);
	}
}

/** Whether an act is the server's own: who may do it is asked where it is made, or by its own rules. */
export const isInternalAct = (
	act: PreparedAct['act']
): act is Exclude<InternalAct, { kind: 'call.begin' }> =>
	isAdminAct(act) ||
	act.kind === 'account.delete' ||
	act.kind === 'message.erase' ||
	act.kind === 'call.note' ||
	act.kind === 'call.end';

/** Acts after which there may be nobody who could be in a call. */
const ENDS_CALLS: ReadonlySet<PreparedAct['act']['kind']> = new Set([
	'room.delete',
	'admin.room-delete',
	'room.leave',
	'account.delete'
]);

/** Not remembered: an account that is enabled again may do under this id what it could not. */
const ENDED: Decision = { is: 'refuse', refusal: makeRefusal('session_ended'), record: false };

/** What becomes of an act. */
export function decide(prepared: PreparedAct, facts: Facts): Decision {
	const { act } = prepared;
	// Disabled, or gone, after the request came in.
	if (!isInternalAct(act) && !facts.isActorActive) return ENDED;
	const before = known(prepared, facts);
	if (before) return before;
	const decision = decideAnew(prepared, facts);
	if (decision.is !== 'accept' || !ENDS_CALLS.has(act.kind)) return decision;
	// While those who are still there can be told of it.
	return { ...decision, effects: [...calls.endings(facts.calls, facts.now), ...decision.effects] };
}

function decideAnew(prepared: PreparedAct, facts: Facts): Decision {
	const { act, person } = prepared;
	if (isAdminAct(act)) return administer({ ...prepared, act }, facts);
	switch (act.kind) {
		case 'room.create':
			return rooms.create({ ...prepared, act }, facts);
		case 'room.join':
			return rooms.join({ ...prepared, act }, facts);
		case 'message.report':
			return report(act, person, facts);
		case 'direct.open':
			return rooms.openDirect(act, person, facts);
		case 'friend.ask':
			return people.askFriend(act, person, facts);
		case 'friend.accept':
			return people.acceptFriend(person, facts);
		case 'friend.reject':
		case 'friend.cancel':
		case 'friend.remove':
			return people.endFriendship(act, person, facts);
		case 'person.block':
			return people.block(act, person, facts);
		case 'person.unblock':
			return people.unblock(person, facts);
		case 'profile.edit':
			return people.editProfile(act, person, facts);
		case 'profile.avatar':
			return people.setAvatar(prepared);
		case 'pref.set':
			return people.setPref(act, person, facts);
		case 'account.delete':
			return people.deleteAccount(person, facts);
		case 'message.erase':
			return messages.erase(act, person, facts);
		case 'call.begin':
			return calls.begin(act, facts);
		case 'call.note':
			return calls.note(act, facts);
		case 'call.end':
			return calls.end(act, facts);
		default:
			return decideInside(prepared, act, facts);
	}
}
