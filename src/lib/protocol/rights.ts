/**
 * Who may do what in a room: the one table. The server decides by it (server/domain/access.ts); a
 * screen shows by it only what would be granted.
 */
import type { Role } from './change.ts';

const POWER: Record<Role, number> = { owner: 2, admin: 1, member: 0 };

/** What not every member may do -> the least role that may. */
const LEAST_ROLE = {
	/** name, description, password */
	'room.edit': 'admin',
	'room.delete': 'owner',
	'room.hand-over': 'owner',
	'member.remove': 'admin',
	'member.ban': 'admin',
	'member.mute': 'admin',
	'member.role': 'owner',
	'message.pin': 'admin',
	'recall-of-others': 'admin',
	/** links into a private room; into a public one anybody may invite */
	'invite.private': 'admin',
	/** ending other people's links */
	'invite.revoke-all': 'admin'
} as const satisfies Record<string, Role>;
export type Right = keyof typeof LEAST_ROLE;

/** Whether a member with this role may do a thing that needs one. */
export function roleMay(role: Role, right: Right): boolean {
	return POWER[role] >= POWER[LEAST_ROLE[right]];
}

/** Whether one role stands above another, as removing, banning and muting somebody needs. */
export function roleOutranks(role: Role, other: Role): boolean {
	return POWER[role] > POWER[other];
}
