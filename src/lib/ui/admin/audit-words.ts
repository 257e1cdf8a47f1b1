/** A line of the audit log in a person's words. */
import { m } from '$lib/i18n/messages';
import type { AuditEntry } from '$lib/state/session/admin.ts';

type Detail = Partial<Record<'registration' | 'name' | 'text' | 'action', string>>;

const REGISTRATION: Record<string, () => string> = {
	open: m.admin_registration_open,
	invite: m.admin_registration_invite,
	closed: m.admin_registration_closed
};
const RESOLVED: Record<string, typeof m.audit_resolve_none> = {
	none: m.audit_resolve_none,
	message: m.audit_resolve_message,
	person: m.audit_resolve_person
};

/** What was done to somebody or something, without anything else to say. */
const DONE: Record<string, (about: { subject: string }) => string> = {
	'person.disable': m.audit_disable,
	'person.enable': m.audit_enable,
	'admin.grant': m.audit_grant,
	'admin.revoke': m.audit_revoke,
	'sessions.end': m.audit_sessions,
	'password-link': m.audit_link,
	'room.delete': m.audit_room_delete,
	'room.restore': m.audit_room_restore
};

const WORDS: Record<string, (about: { subject: string }, detail: Detail) => string> = {
	'report.resolve': (about, { action = '' }) => (RESOLVED[action] ?? m.audit_resolve_none)(about),
	registration: (_about, { registration = '' }) =>
		m.audit_registration({ what: REGISTRATION[registration]?.() ?? registration }),
	'server-name': (_about, { name = '' }) =>
		name === '' ? m.audit_name_none() : m.audit_name({ what: name }),
	'server-icon': () => m.audit_icon(),
	announce: (_about, { text = '' }) =>
		text === '' ? m.audit_announce_end() : m.audit_announce({ what: text })
};

/** What was done; of a newer server, in its own words. */
export function auditText({ act, subject, detail }: AuditEntry): string {
	const about = { subject };
	return (
		DONE[act]?.(about) ?? WORDS[act]?.(about, JSON.parse(detail) as Detail) ?? `${act} ${subject}`
	);
}
