/**
 * Who may see and do what: the one module that everything asks. A membership and a seq
 * decide what may be seen; a role and an act decide what may be done (src/lib/protocol/rights.ts).
 */
import type { RefusalCode } from '../../src/lib/protocol/refusal.ts';
import { roleMay, roleOutranks, type Right } from '../../src/lib/protocol/rights.ts';
import { COMMAND_LINE, type AdminFacts } from './admin-act.ts';
import type { Visibility, Membership, StoredInvite, StoredRoom } from './store-port.ts';

/** Whether the person is in the room now. */
export function isIn(membership: Membership | null): membership is Membership & { to: null } {
	return membership !== null && membership.to === null;
}

/** What of a room's stream a person may see now: nothing once the membership has ended (promise 11). */
export function visibilityOf(membership: Membership | null): Visibility {
	return isIn(membership) ? { visible: membership.visible, upto: Number.MAX_SAFE_INTEGER } : null;
}

/**
 * Whether somebody may read in a room through the compatible API (compat-api, section 3): its members,
 * and anybody in a public room from which they are not banned.
 * @param membership null: has never been in it, or is nobody (a guest)
 */
export function mayRead(
	room: Pick<StoredRoom, 'passwordHash' | 'direct' | 'deleted'>,
	membership: Pick<Membership, 'to' | 'banned'> | null
): boolean {
	if (room.deleted) return false;
	if (membership !== null && membership.to === null) return true;
	return room.passwordHash === null && !room.direct && !membership?.banned;
}

/** Whether a member may do a thing that needs a role. In a direct conversation both are equals. */
export function may(membership: Membership, right: Right, room?: StoredRoom | null): boolean {
	if (room?.direct) return right === 'message.pin';
	return roleMay(membership.role, right);
}

/** Whether one member stands above another, as removing needs. */
export function outranks(membership: Membership, other: Membership): boolean {
	return roleOutranks(membership.role, other.role);
}

/** Whether a member may let others in by a link. */
export function mayInvite(room: StoredRoom, membership: Membership | null): boolean {
	if (!isIn(membership) || room.direct || room.deleted) return false;
	return room.passwordHash === null || may(membership, 'invite.private');
}

/** Whether an invite link opens the room at this moment (ms). */
export function isInviteValid(invite: StoredInvite | null, room: StoredRoom, now: number): boolean {
	return (
		invite !== null &&
		invite.room === room.id &&
		!invite.revoked &&
		(invite.expires === null || now < invite.expires) &&
		(invite.left === null || invite.left > 0) &&
		mayInvite(room, invite.maker)
	);
}

/** Why an act in a room cannot even be looked at: there is no such room, or the actor is not in it. */
export function entryRefusal(
	room: StoredRoom | null,
	membership: Membership | null
): RefusalCode | null {
	if (!room) return 'no_such_room';
	if (room.deleted) return 'room_deleted';
	return isIn(membership) ? null : 'not_a_member';
}

/** Whether somebody may do what administrators do: an account that has the role and can sign in, or the command line. */
export function mayAdminister(who: AdminFacts['actor']): boolean {
	if (who === COMMAND_LINE) return true;
	return who !== null && who.admin && !who.disabled && !who.deleted;
}
