/** What becomes of acts about rooms and their members. Pure. */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import { isIn, may, mayInvite, opens, outranks } from './access.ts';
import {
	already,
	breaksLines,
	conflict,
	inside,
	isBlank,
	no,
	silenced,
	yes,
	type Of
} from './decision.ts';
import type { Decision, Effect, Facts, Prepared } from './store-port.ts';

function nameFault(name: string): Decision | null {
	return breaksLines(name.trim()) || isBlank(name) || codePoints(name.trim()) > LIMITS.roomNameMax
		? no('room_name_invalid', 'name')
		: null;
}

function descriptionFault(description: string): Decision | null {
	return codePoints(description) > LIMITS.roomDescriptionMax
		? no('description_too_long', 'description')
		: null;
}

export function create(
	{ act, person, secret }: Prepared & { act: Of<'room.create'> },
	facts: Facts
): Decision {
	if (facts.room || facts.streamTaken) return conflict();
	const fault = nameFault(act.name) ?? descriptionFault(act.description);
	if (fault) return fault;
	if (facts.nameTaken) return no('room_name_taken', 'name');
	return yes(
		act.room,
		{
			do: 'room.insert',
			room: act.room,
			name: act.name.trim(),
			description: act.description.trim(),
			passwordHash: secret
		},
		{ do: 'span.open', room: act.room, person, role: 'owner' }
	);
}

/** The same conversation, whoever of the two begins it. */
export function openDirect(act: Of<'direct.open'>, person: string, facts: Facts): Decision {
	const { target, mine, theirs, room } = facts;
	if (act.person === person) return no('not_yourself', 'person');
	if (!target || target.deleted || act.room !== directId(person, act.person)) {
		return no('no_such_person', 'person');
	}
	if (room) return already(act.room, facts.head);
	if (mine?.blocked || theirs?.blocked) return no('person_unavailable');
	return yes(
		act.room,
		{
			do: 'room.insert',
			room: act.room,
			name: '',
			description: '',
			passwordHash: null,
			direct: true
		},
		{ do: 'span.open', room: act.room, person, role: 'member' },
		{ do: 'span.open', room: act.room, person: act.person, role: 'member' }
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
	{ act, secret, person }: Prepared & { act: Of<'room.edit'> },
	facts: Facts
): Decision {
	const { span, room, nameTaken, head, members } = facts;
	if (!may(inside(span), 'room.edit', room)) return no('not_allowed');
	const barred = silenced(facts);
	if (barred) return barred;
	const { name, description, password } = act;
	const fault =
		(name === undefined ? null : nameFault(name)) ??
		(description === undefined ? null : descriptionFault(description));
	if (fault) return fault;
	if (nameTaken) return no('room_name_taken', 'name');
	const isSame =
		(name === undefined || name.trim() === room!.name) &&
		(description === undefined || description.trim() === room!.description) &&
		(password === undefined || (password === null && room!.passwordHash === null));
	if (isSame) return already(act.room, head);
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
	return yes(
		act.room,
		update,
		...notesOfEdit(act, facts),
		...expelled.map((one): Effect => ({
			do: 'span.close',
			room: act.room,
			person: one.person,
			why: 'removed'
		}))
	);
}

export function deleteRoom(act: Of<'room.delete'>, { span, room, members }: Facts): Decision {
	if (!may(inside(span), 'room.delete', room)) return no('not_allowed');
	return yes(
		act.room,
		{ do: 'room.delete', room: act.room },
		{ do: 'invite.revoke', room: act.room, id: null },
		...members.map(({ person }): Effect => ({
			do: 'span.close',
			room: act.room,
			person,
			why: 'deleted'
		}))
	);
}

const arrival = (facts: Facts, room: string): Effect[] =>
	(facts.room?.passwordHash ?? null) === null
		? []
		: [{ do: 'note', room, note: { what: 'joined' } }];

/** A private room is entered with the password it has now: a match with an older one is tried again (H14). */
export function join(
	{ act, person, secret }: Prepared & { act: Of<'room.join'> },
	facts: Facts
): Decision {
	const { room, span, head, invite, now } = facts;
	if (!room || (room.direct && !isIn(span))) return no('no_such_room');
	if (room.deleted) return no('room_deleted');
	if (isIn(span)) return already(room.id, head);
	if (span?.banned) return no('banned');
	const invited = act.invite !== undefined && opens(invite, room, now);
	if (act.invite !== undefined && !invited && act.password === undefined) {
		if (room.passwordHash !== null) return no('invite_invalid', 'invite');
	}
	if (!invited && room.passwordHash !== null && room.owner !== person) {
		if (act.password === undefined) return no('room_password_missing', 'password');
		if (secret !== room.passwordHash) return { is: 'stale' };
	}
	const used: Effect[] = invited ? [{ do: 'invite.use', id: invite!.id }] : [];
	// A room that everybody had left belongs to whoever comes back first.
	const isAlone = facts.heir === null;
	const role = room.owner === person || isAlone ? 'owner' : 'member';
	const entered: Effect = { do: 'span.open', room: room.id, person, role };
	const owned: Effect[] =
		isAlone && room.owner !== person ? [{ do: 'room.update', room: room.id, owner: person }] : [];
	return yes(room.id, ...used, entered, ...owned, ...arrival(facts, room.id));
}

/** What happens when somebody goes for good: the owner's room passes to the heir (A8). */
export function departure(
	room: string,
	person: string,
	isOwner: boolean,
	heir: string | null,
	why: 'left' | 'deleted'
): Effect[] {
	const close: Effect = { do: 'span.close', room, person, why };
	if (!isOwner || !heir) return [close];
	return [
		{ do: 'span.role', room, person: heir, role: 'owner' },
		{ do: 'room.update', room, owner: heir },
		{ do: 'note', room, note: { what: 'owner', person: heir } },
		close
	];
}

export function leave(act: Of<'room.leave'>, person: string, facts: Facts): Decision {
	const { span, heir, room } = facts;
	const notes: Effect[] =
		room!.passwordHash === null ? [] : [{ do: 'note', room: act.room, note: { what: 'left' } }];
	return yes(
		act.room,
		...notes,
		...departure(act.room, person, inside(span).role === 'owner', heir, 'left')
	);
}

export function handOver(act: Of<'room.hand-over'>, person: string, facts: Facts): Decision {
	const { span, other, room, head } = facts;
	if (room!.owner === act.person && isIn(other)) return already(act.room, head);
	if (!may(inside(span), 'room.hand-over', room)) return no('not_allowed');
	if (!isIn(other)) return no('no_such_person', 'person');
	return yes(
		act.room,
		{ do: 'span.role', room: act.room, person: act.person, role: 'owner' },
		{ do: 'span.role', room: act.room, person, role: 'admin' },
		{ do: 'room.update', room: act.room, owner: act.person },
		{ do: 'note', room: act.room, note: { what: 'owner', person: act.person } }
	);
}

export function remove(act: Of<'member.remove'>, { span, other, head, room, target }: Facts) {
	const { person, ban } = act;
	if (!may(inside(span), ban ? 'member.ban' : 'member.remove', room)) return no('not_allowed');
	if (!isIn(other)) {
		if (!ban || other?.banned) return already(act.room, head);
		if (!target || target.deleted) return no('no_such_person', 'person');
		return yes(act.room, { do: 'span.ban', room: act.room, person, on: true });
	}
	if (!outranks(inside(span), other)) return no('not_allowed');
	const what = ban ? 'banned' : 'removed';
	return yes(
		act.room,
		{ do: 'note', room: act.room, note: { what, person } },
		{ do: 'span.close', room: act.room, person, why: what }
	);
}

export function unban(act: Of<'member.unban'>, { span, other, head, room }: Facts): Decision {
	if (!may(inside(span), 'member.ban', room)) return no('not_allowed');
	if (!other?.banned) return already(act.room, head);
	return yes(act.room, { do: 'span.ban', room: act.room, person: act.person, on: false });
}

export function mute(act: Of<'member.mute'>, { span, other, head, room, now }: Facts): Decision {
	if (!may(inside(span), 'member.mute', room)) return no('not_allowed');
	if (!isIn(other)) return no('no_such_person', 'person');
	if (!outranks(inside(span), other)) return no('not_allowed');
	const until = act.for === 0 ? 0 : now + act.for;
	if (until === 0 && other.mutedUntil === 0) return already(act.room, head);
	return yes(act.room, { do: 'span.mute', room: act.room, person: act.person, until });
}

export function setRole(act: Of<'member.role'>, { span, other, head, room }: Facts): Decision {
	if (!may(inside(span), 'member.role', room)) return no('not_allowed');
	if (!isIn(other)) return no('no_such_person', 'person');
	if (other.role === act.role) return already(act.room, head);
	if (!outranks(inside(span), other)) return no('not_allowed');
	return yes(
		act.room,
		{ do: 'span.role', room: act.room, person: act.person, role: act.role },
		{ do: 'note', room: act.room, note: { what: act.role, person: act.person } }
	);
}

export function createInvite(act: Of<'invite.create'>, person: string, facts: Facts): Decision {
	const { room, span, invite, now } = facts;
	if (!mayInvite(room!, span)) return no('not_allowed');
	if (invite) return conflict();
	return yes(person, {
		do: 'invite.insert',
		id: act.invite,
		room: act.room,
		token: act.token,
		expires: act.lasts === undefined ? null : now + act.lasts,
		left: act.uses ?? null
	});
}

export function revokeInvite(act: Of<'invite.revoke'>, person: string, facts: Facts): Decision {
	const { room, span, invite, head } = facts;
	if (act.invite === undefined) {
		if (!may(inside(span), 'invite.revoke-all', room)) return no('not_allowed');
		return yes(person, { do: 'invite.revoke', room: act.room, id: null });
	}
	if (!invite || invite.room !== act.room || invite.person !== person) return no('invite_invalid');
	if (invite.revoked) return already(person, head);
	return yes(person, { do: 'invite.revoke', room: act.room, id: invite.id });
}
