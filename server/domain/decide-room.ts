/** What becomes of acts about rooms and their members. Pure. */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { isVisible } from '../../src/lib/protocol/visible-name.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import { isIn, may, mayInvite, isInviteValid, outranks } from './access.ts';
import {
	unchanged,
	breaksLines,
	conflict,
	requireMembership,
	refuse,
	silenced,
	accept,
	type Of
} from './decision.ts';
import type { Effect } from './effect.ts';
import type {
	Decision,
	Facts,
	Membership,
	PreparedAct,
	StoredInvite,
	StoredRoom
} from './store-port.ts';

/** Why a room cannot have this name, or null. */
export function nameError(name: string): Decision | null {
	return breaksLines(name.trim()) ||
		!isVisible(name) ||
		codePoints(name.trim()) > LIMITS.roomNameMax
		? refuse('room_name_invalid', 'name')
		: null;
}

function descriptionError(description: string): Decision | null {
	return codePoints(description) > LIMITS.roomDescriptionMax
		? refuse('description_too_long', 'description')
		: null;
}

export function create(
	{ act, person, secret }: PreparedAct & { act: Of<'room.create'> },
	facts: Facts
): Decision {
	if (facts.room || facts.streamTaken) return conflict();
	const error = nameError(act.name) ?? descriptionError(act.description);
	if (error) return error;
	if (facts.nameTaken) return refuse('room_name_taken', 'name');
	return accept(
		act.room,
		{
			do: 'room.insert',
			room: act.room,
			name: act.name.trim(),
			description: act.description.trim(),
			passwordHash: secret
		},
		{ do: 'membership.open', room: act.room, person, role: 'owner' }
	);
}

/** The same conversation, whoever of the two begins it. */
export function openDirect(act: Of<'direct.open'>, person: string, facts: Facts): Decision {
	const { target, mine, theirs, room } = facts;
	if (act.person === person) return refuse('not_yourself', 'person');
	if (!target || target.deleted || act.room !== directId(person, act.person)) {
		return refuse('no_such_person', 'person');
	}
	if (room) return unchanged(act.room, facts.head);
	if (mine?.blocked || theirs?.blocked) return refuse('person_unavailable');
	return accept(
		act.room,
		{
			do: 'room.insert',
			room: act.room,
			name: '',
			description: '',
			passwordHash: null,
			direct: true
		},
		{ do: 'membership.open', room: act.room, person, role: 'member' },
		{ do: 'membership.open', room: act.room, person: act.person, role: 'member' }
	);
}

function notesOfEdit(act: Of<'room.edit'>, { room }: Facts): Effect[] {
	const note = (what: 'renamed' | 'described' | 'opened' | 'closed', text?: string): Effect => ({
		do: 'note',
		room: act.room,
		note: { what, ...(text === undefined ? {} : { text }) }
	});
	const notes: Effect[] = [];
	const name = act.name?.trim();
	if (name !== undefined && name !== room!.name) notes.push(note('renamed', name));
	const description = act.description?.trim();
	if (description !== undefined && description !== room!.description) notes.push(note('described'));
	if (act.password === null && room!.passwordHash !== null) notes.push(note('opened'));
	if (typeof act.password === 'string' && room!.passwordHash === null) notes.push(note('closed'));
	return notes;
}

export function editRoom(
	{ act, secret, person }: PreparedAct & { act: Of<'room.edit'> },
	facts: Facts
): Decision {
	const { membership, room, nameTaken, head, members } = facts;
	if (!may(requireMembership(membership), 'room.edit', room)) return refuse('not_allowed');
	const barred = silenced(facts);
	if (barred) return barred;
	const { name, description, password } = act;
	const error =
		(name === undefined ? null : nameError(name)) ??
		(description === undefined ? null : descriptionError(description));
	if (error) return error;
	if (nameTaken) return refuse('room_name_taken', 'name');
	const isSame =
		(name === undefined || name.trim() === room!.name) &&
		(description === undefined || description.trim() === room!.description) &&
		(password === undefined || (password === null && room!.passwordHash === null));
	if (isSame) return unchanged(act.room, head);
	const update: Effect = {
		do: 'room.update',
		room: act.room,
		...(name === undefined ? {} : { name: name.trim() }),
		...(description === undefined ? {} : { description: description.trim() }),
		...(password === undefined ? {} : { passwordHash: password === null ? null : secret })
	};
	const expelled =
		act.expel && typeof password === 'string'
			? members.filter((one) => one.role === 'member' && one.person !== person)
			: [];
	return accept(
		act.room,
		update,
		...notesOfEdit(act, facts),
		...expelled.map((one): Effect => ({
			do: 'membership.close',
			room: act.room,
			person: one.person,
			why: 'removed'
		}))
	);
}

export function deleteRoom(act: Of<'room.delete'>, { membership, room, members }: Facts): Decision {
	if (!may(requireMembership(membership), 'room.delete', room)) return refuse('not_allowed');
	return accept(act.room, ...deletion(act.room, members));
}

/** What deleting a room comes to, whoever does it. */
export function deletion(room: string, members: Membership[]): Effect[] {
	return [
		{ do: 'room.delete', room },
		{ do: 'invite.revoke', room, id: null },
		...members.map(({ person }): Effect => ({
			do: 'membership.close',
			room,
			person,
			why: 'deleted'
		}))
	];
}

/** What somebody's entry by a link that opens comes to. */
export function invitedEntry(room: StoredRoom, invite: StoredInvite, person: string): Effect[] {
	const note: Effect = { do: 'note', room: room.id, note: { what: 'joined' } };
	return [
		{ do: 'invite.use', id: invite.id },
		{ do: 'membership.open', room: room.id, person, role: 'member' },
		...(room.passwordHash === null ? [] : [note])
	];
}

const arrival = (facts: Facts, room: string): Effect[] =>
	(facts.room?.passwordHash ?? null) === null
		? []
		: [{ do: 'note', room, note: { what: 'joined' } }];

/** A private room is entered with the password it has now: a match with an older one is tried again (HTTP-14). */
export function join(
	{ act, person, secret }: PreparedAct & { act: Of<'room.join'> },
	facts: Facts
): Decision {
	const { room, membership, head, invite, now } = facts;
	if (!room || (room.direct && !isIn(membership))) return refuse('no_such_room');
	if (room.deleted) return refuse('room_deleted');
	if (isIn(membership)) return unchanged(room.id, head);
	if (membership?.banned) return refuse('banned');
	const invited = act.invite !== undefined && isInviteValid(invite, room, now);
	if (act.invite !== undefined && !invited && act.password === undefined) {
		if (room.passwordHash !== null) return refuse('invite_invalid', 'invite');
	}
	if (!invited && room.passwordHash !== null && room.owner !== person) {
		if (act.password === undefined) return refuse('room_password_missing', 'password');
		if (secret !== room.passwordHash) return { is: 'stale' };
	}
	const used: Effect[] = invited ? [{ do: 'invite.use', id: invite!.id }] : [];
	// A room that everybody had left belongs to whoever comes back first.
	const isAlone = facts.isEmpty;
	const role = room.owner === person || isAlone ? 'owner' : 'member';
	const entered: Effect = { do: 'membership.open', room: room.id, person, role };
	const owned: Effect[] =
		isAlone && room.owner !== person ? [{ do: 'room.update', room: room.id, owner: person }] : [];
	return accept(room.id, ...used, entered, ...owned, ...arrival(facts, room.id));
}

/** Who owns the room next: an admin before a member, and of those the one who has been in it longest. */
export function nextOwner(members: Membership[], leaving: string): string | null {
	const others = members.filter((one) => one.person !== leaving && isIn(one));
	const rank = (one: Membership) => (one.role === 'admin' ? 0 : 1);
	others.sort((a, b) => rank(a) - rank(b) || a.from - b.from);
	return others[0]?.person ?? null;
}

/** What happens when somebody goes for good: the owner's room passes to the next owner (A8). */
export function departure(
	{ room, person, role }: Membership,
	members: Membership[],
	why: 'left' | 'deleted'
): Effect[] {
	const close: Effect = { do: 'membership.close', room, person, why };
	const owner = role === 'owner' ? nextOwner(members, person) : null;
	if (!owner) return [close];
	return [
		{ do: 'membership.role', room, person: owner, role: 'owner' },
		{ do: 'room.update', room, owner },
		{ do: 'note', room, note: { what: 'owner', person: owner } },
		close
	];
}

export function leave(act: Of<'room.leave'>, facts: Facts): Decision {
	const { membership, members, room } = facts;
	const notes: Effect[] =
		room!.passwordHash === null ? [] : [{ do: 'note', room: act.room, note: { what: 'left' } }];
	return accept(act.room, ...notes, ...departure(requireMembership(membership), members, 'left'));
}

export function handOver(act: Of<'room.hand-over'>, person: string, facts: Facts): Decision {
	const { membership, other, room, head } = facts;
	if (room!.owner === act.person && isIn(other)) return unchanged(act.room, head);
	if (!may(requireMembership(membership), 'room.hand-over', room)) return refuse('not_allowed');
	if (!isIn(other)) return refuse('no_such_person', 'person');
	return accept(
		act.room,
		{ do: 'membership.role', room: act.room, person: act.person, role: 'owner' },
		{ do: 'membership.role', room: act.room, person, role: 'admin' },
		{ do: 'room.update', room: act.room, owner: act.person },
		{ do: 'note', room: act.room, note: { what: 'owner', person: act.person } }
	);
}

export function remove(act: Of<'member.remove'>, { membership, other, head, room, target }: Facts) {
	const { person, ban } = act;
	if (!may(requireMembership(membership), ban ? 'member.ban' : 'member.remove', room))
		return refuse('not_allowed');
	if (!isIn(other)) {
		if (!ban || other?.banned) return unchanged(act.room, head);
		if (!target || target.deleted) return refuse('no_such_person', 'person');
		return accept(act.room, { do: 'membership.ban', room: act.room, person, on: true });
	}
	if (!outranks(requireMembership(membership), other)) return refuse('not_allowed');
	const what = ban ? 'banned' : 'removed';
	return accept(
		act.room,
		{ do: 'note', room: act.room, note: { what, person } },
		{ do: 'membership.close', room: act.room, person, why: what }
	);
}

export function unban(act: Of<'member.unban'>, { membership, other, head, room }: Facts): Decision {
	if (!may(requireMembership(membership), 'member.ban', room)) return refuse('not_allowed');
	if (!other?.banned) return unchanged(act.room, head);
	return accept(act.room, { do: 'membership.ban', room: act.room, person: act.person, on: false });
}

export function mute(
	act: Of<'member.mute'>,
	{ membership, other, head, room, now }: Facts
): Decision {
	if (!may(requireMembership(membership), 'member.mute', room)) return refuse('not_allowed');
	if (!isIn(other)) return refuse('no_such_person', 'person');
	if (!outranks(requireMembership(membership), other)) return refuse('not_allowed');
	const until = act.for === 0 ? 0 : now + act.for;
	if (until === 0 && other.mutedUntil === 0) return unchanged(act.room, head);
	return accept(act.room, { do: 'membership.mute', room: act.room, person: act.person, until });
}

export function setRole(
	act: Of<'member.role'>,
	{ membership, other, head, room }: Facts
): Decision {
	if (!may(requireMembership(membership), 'member.role', room)) return refuse('not_allowed');
	if (!isIn(other)) return refuse('no_such_person', 'person');
	if (other.role === act.role) return unchanged(act.room, head);
	if (!outranks(requireMembership(membership), other)) return refuse('not_allowed');
	return accept(
		act.room,
		{ do: 'membership.role', room: act.room, person: act.person, role: act.role },
		{ do: 'note', room: act.room, note: { what: act.role, person: act.person } }
	);
}

export function createInvite(act: Of<'invite.create'>, person: string, facts: Facts): Decision {
	const { room, membership, invite, now } = facts;
	if (!mayInvite(room!, membership)) return refuse('not_allowed');
	// The secret of another link, which two devices cannot draw by chance.
	if (invite && invite.id !== act.invite) return refuse('invite_invalid', 'token');
	if (invite) return conflict();
	return accept(person, {
		do: 'invite.insert',
		id: act.invite,
		room: act.room,
		token: act.token,
		expires: act.lasts === undefined ? null : now + act.lasts,
		left: act.uses ?? null
	});
}

export function revokeInvite(act: Of<'invite.revoke'>, person: string, facts: Facts): Decision {
	const { room, membership, invite, head } = facts;
	if (act.invite === undefined) {
		if (!may(requireMembership(membership), 'invite.revoke-all', room))
			return refuse('not_allowed');
		return accept(person, { do: 'invite.revoke', room: act.room, id: null });
	}
	if (!invite || invite.room !== act.room || invite.person !== person)
		return refuse('invite_invalid');
	if (invite.revoked) return unchanged(person, head);
	return accept(person, { do: 'invite.revoke', room: act.room, id: invite.id });
}
