/** What becomes of acts of administrators, each with its line in the audit log. Pure. */
import { ANNOUNCEMENT_MAX, ROOM_KEPT, SERVER_NAME_MAX } from '../../src/lib/protocol/admin.ts';
import { codePoints } from '../../src/lib/protocol/limits.ts';
import { isDirectId } from '../../src/lib/protocol/ids.ts';
import type { Refusal, RefusalCode } from '../../src/lib/protocol/refusal.ts';
import { refuse as makeRefusal } from '../../src/lib/protocol/refusal.ts';
import { isVisible } from '../../src/lib/protocol/visible-name.ts';
import { mayAdminister } from './access.ts';
import type { AdminAct, AdminDraft, AdminFacts, AdminPerson } from './admin-act.ts';
import { accept, breaksLines, isBlank, turnsText, type Of } from './decision.ts';
import { deletion, nameError } from './decide-room.ts';
import type { AuditedAct, Effect } from './effect.ts';
import type { Decision, Facts, PreparedAct } from './store-port.ts';

/** Whether an act is an administrator's. */
export const isAdminAct = (act: PreparedAct['act']): act is AdminAct =>
	act.kind.startsWith('admin.');

/** Not remembered: every request is an act of its own. */
function deny(code: RefusalCode, field?: string): Decision {
	const refusal = makeRefusal(code, field === undefined ? {} : { field });
	return { is: 'refuse', refusal, record: false };
}

const audit = (
	act: AuditedAct,
	subject: { id: string; name: string } | null,
	detail: object = {}
): Effect => ({
	do: 'audit',
	act,
	subject: subject?.id ?? '',
	subjectName: subject?.name ?? '',
	detail
});

/** Somebody who is there to have something done to. */
function subjectOf({ person }: AdminFacts): AdminPerson | null {
	return person && !person.deleted ? person : null;
}

/** Whether nobody would be left who may administer, once this person may not any more. */
export const isLastAdmin = ({ person, hasOtherAdmin }: AdminFacts): boolean =>
	person !== null && mayAdminister(person) && !hasOtherAdmin;

function disable({ on, person }: Of<'admin.disable'>, by: string, admin: AdminFacts): Decision {
	const subject = subjectOf(admin);
	if (!subject) return deny('no_such_person');
	if (on && person === by) return deny('not_yourself');
	if (on && isLastAdmin(admin)) return deny('last_admin');
	return accept(
		by,
		{ do: 'person.disable', person, on },
		// Also when it is enabled: what was left of a session from before does not come back to life.
		{ do: 'sessions.end', person },
		audit(on ? 'person.disable' : 'person.enable', subject)
	);
}

function setAdmin({ on, person }: Of<'admin.role'>, by: string, admin: AdminFacts): Decision {
	const subject = subjectOf(admin);
	if (!subject) return deny('no_such_person');
	if (!on && isLastAdmin(admin)) return deny('last_admin');
	if (on && subject.disabled) return deny('account_disabled');
	return accept(
		by,
		{ do: 'person.admin', person, on },
		audit(on ? 'admin.grant' : 'admin.revoke', subject)
	);
}

function signOut({ person }: Of<'admin.sign-out'>, by: string, admin: AdminFacts): Decision {
	const subject = subjectOf(admin);
	if (!subject) return deny('no_such_person');
	return accept(by, { do: 'sessions.end', person }, audit('sessions.end', subject));
}

function makeLink(
	{ person, link, until }: Of<'admin.password-link'>,
	by: string,
	admin: AdminFacts
): Decision {
	const subject = subjectOf(admin);
	if (!subject) return deny('no_such_person');
	if (subject.disabled) return deny('account_disabled');
	return accept(
		by,
		{ do: 'password-link', person, link, until },
		audit('password-link', subject, { until })
	);
}

function deleteRoom(act: Of<'admin.room-delete'>, { room, members }: Facts): Decision {
	// Said before it is looked at: whether two people talk to each other is nobody else's business.
	if (isDirectId(act.room)) return deny('direct_fixed');
	if (!room) return deny('no_such_room');
	if (room.deleted) return deny('room_deleted');
	return accept(act.room, ...deletion(act.room, members), audit('room.delete', room));
}

/** Whose a room is that comes back: its owner's, or that of the next who can sign in. */
function heirAmong(
	members: AdminFacts['formerMembers'],
	owner: string
): AdminFacts['formerMembers'][number] | undefined {
	const active = members.filter((one) => one.active);
	const able = active.length > 0 ? active : members;
	return (
		able.find(({ person }) => person === owner) ??
		able.find(({ role }) => role === 'owner') ??
		able.find(({ role }) => role === 'admin') ??
		able[0]
	);
}

function restoreRoom(act: Of<'admin.room-restore'>, { room, now, admin }: Facts): Decision {
	const { deletedAt, formerMembers, nameTaken } = admin!;
	if (!room || room.direct || deletedAt === null) return deny('no_such_room');
	if (now - deletedAt >= ROOM_KEPT) return deny('room_deleted');
	const name = act.name?.trim() ?? room.name;
	const error = nameError(name);
	if (error) return error;
	if (nameTaken) return deny('room_name_taken', 'name');
	const heir = heirAmong(formerMembers, room.owner);
	return accept(
		act.room,
		{ do: 'room.restore', room: act.room, name, owner: heir?.person ?? null },
		...formerMembers.map((one): Effect => ({
			do: 'membership.open',
			room: act.room,
			person: one.person,
			// There is one owner: whoever was and cannot sign in stays as an administrator.
			role: one === heir ? 'owner' : one.role === 'owner' ? 'admin' : one.role
		})),
		audit('room.restore', { id: room.id, name })
	);
}

function resolve(act: Of<'admin.resolve'>, by: string, facts: Facts): Decision {
	const { admin, message, room } = facts;
	const { report } = admin!;
	const isSame =
		report?.room === act.room && report.message === act.message && report.author === act.person;
	if (!report || !isSame || report.isResolved) return deny('not_found');
	const effects: Effect[] = [];
	if (act.action === 'message' && message && !message.deleted) {
		effects.push({ do: 'message.empty', room: act.room, message: act.message });
		const pins = room!.pins.filter((seq) => seq !== message.seq);
		if (message.pinned) effects.push({ do: 'room.update', room: act.room, pins });
	}
	if (act.action === 'person') {
		const done = disable({ ...act, kind: 'admin.disable', on: true }, by, admin!);
		if (done.is !== 'accept') return done;
		effects.push(...done.effects);
	}
	const subject = { id: act.report, name: admin!.person?.name ?? '' };
	// The id of a direct conversation would say for good who talks to whom.
	const place = { room: isDirectId(act.room) ? null : act.room, message: act.message };
	return accept(
		act.room,
		...effects,
		{ do: 'report.resolve', report: act.report, action: act.action },
		audit('report.resolve', subject, { action: act.action, ...place })
	);
}

/** Why a setting cannot be as an act would have it, whatever else holds; null: it can. */
export function settingProblem(act: AdminDraft): Refusal | null {
	if (act.kind === 'admin.server-name') {
		const tidy = act.name.trim();
		const isFit = codePoints(tidy) <= SERVER_NAME_MAX && !breaksLines(tidy) && isVisible(tidy);
		return tidy === '' || isFit ? null : makeRefusal('server_name_invalid', { field: 'name' });
	}
	if (act.kind !== 'admin.announce') return null;
	const tidy = act.text.trim();
	if (tidy === '') return null;
	const field = { field: 'announcement' };
	if (isBlank(tidy)) return makeRefusal('message_empty', field);
	if (turnsText(tidy)) return makeRefusal('malformed', field);
	return codePoints(tidy) > ANNOUNCEMENT_MAX ? makeRefusal('message_too_long', field) : null;
}

function nameServer({ name }: Of<'admin.server-name'>, by: string): Decision {
	const tidy = name.trim();
	return accept(
		by,
		{ do: 'setting', key: 'server_name', value: tidy || null },
		audit('server-name', null, { name: tidy })
	);
}

function announce({ room, text }: Of<'admin.announce'>): Decision {
	const tidy = text.trim();
	return accept(
		room,
		{ do: 'announce', room, text: tidy },
		audit('announce', null, { text: tidy })
	);
}

/** The bytes stand by themselves: what names the icon is asked for much more often. */
function setIcon({ icon }: Of<'admin.server-icon'>, by: string): Decision {
	const mark = icon && JSON.stringify({ id: icon.id, type: icon.type });
	return accept(
		by,
		{ do: 'setting', key: 'server_icon', value: mark },
		{ do: 'setting', key: 'server_icon_bytes', value: icon && icon.bytes },
		audit('server-icon', null, { removed: icon === null })
	);
}

/** What becomes of an act of an administrator. */
export function administer(
	{ act, person }: PreparedAct & { act: AdminAct },
	facts: Facts
): Decision {
	const admin = facts.admin!;
	if (!mayAdminister(admin.actor)) return deny('not_allowed');
	const problem = settingProblem(act);
	if (problem) return { is: 'refuse', refusal: problem, record: false };
	switch (act.kind) {
		case 'admin.disable':
			return disable(act, person, admin);
		case 'admin.role':
			return setAdmin(act, person, admin);
		case 'admin.sign-out':
			return signOut(act, person, admin);
		case 'admin.password-link':
			return makeLink(act, person, admin);
		case 'admin.room-delete':
			return deleteRoom(act, facts);
		case 'admin.room-restore':
			return restoreRoom(act, facts);
		case 'admin.resolve':
			return resolve(act, person, facts);
		case 'admin.registration': {
			const { registration } = act;
			return accept(
				person,
				{ do: 'setting', key: 'registration', value: registration },
				audit('registration', null, { registration })
			);
		}
		case 'admin.server-name':
			return nameServer(act, person);
		case 'admin.server-icon':
			return setIcon(act, person);
		case 'admin.announce':
			return announce(act);
	}
}
