/**
 * Who may see and do what: the one module that every door asks. A membership (`Span`) and a seq
 * decide what may be seen; a role and an act decide what may be done.
 */
import type { Role } from '../../src/lib/protocol/change.ts';
import type { RefusalCode } from '../../src/lib/protocol/refusal.ts';
import type { Sight, Span, StoredRoom } from './store-port.ts';

/** Whether the person is in the room now. */
export function isIn(span: Span | null): span is Span {
	return span !== null && span.to === null;
}

/** What of a room's stream a person may see now: nothing once the membership has ended (promise 11). */
export function sight(span: Span | null): Sight {
	return isIn(span) ? { visible: span.visible, upto: Number.MAX_SAFE_INTEGER } : null;
}

const POWER: Record<Role, number> = { owner: 2, admin: 1, member: 0 };

/** Things in a room that not every member may do -> the least role that may. */
const LEAST_ROLE = {
	'room.edit': 'admin',
	'member.remove': 'admin',
	'recall-of-others': 'admin'
} as const satisfies Record<string, Role>;

/** Whether a member may do a thing that needs a role. */
export function may(span: Span, what: keyof typeof LEAST_ROLE): boolean {
	return POWER[span.role] >= POWER[LEAST_ROLE[what]];
}

/** Whether one member stands above another, as removing needs. */
export function outranks(span: Span, other: Span): boolean {
	return POWER[span.role] > POWER[other.role];
}

/** Why an act in a room cannot even be looked at: there is no such room, or the actor is not in it. */
export function entry(room: StoredRoom | null, span: Span | null): RefusalCode | null {
	if (!room) return 'no_such_room';
	if (room.deleted) return 'room_deleted';
	return isIn(span) ? null : 'not_a_member';
}
