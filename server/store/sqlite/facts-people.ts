/** The part of the facts that is about people: names, contacts, mentions, invites, drafts. */
import type Database from 'better-sqlite3';
import { isDirectId } from '../../../src/lib/protocol/ids.ts';
import { mentionsIn, namesCalled } from '../../../src/lib/protocol/mentions.ts';
import { nameKey, tidyName } from '../../../src/lib/protocol/names.ts';
import type { Mention } from '../../../src/lib/protocol/change.ts';
import type {
	AnyAct,
	Facts,
	Span,
	StoredContact,
	StoredDraft,
	StoredInvite,
	StoredPerson
} from '../../domain/store-port.ts';

type PersonFacts = { id: string; number: number; name: string; deleted_at: number | null };
type ContactFacts = { state: StoredContact['state']; blocked: number };
type InviteFacts = {
	id: string;
	room: string;
	person: string;
	expires_at: number | null;
	uses_left: number | null;
	revoked: number;
};

/** What the people's part answers. */
export type PeopleFacts = Pick<
	Facts,
	| 'actor'
	| 'target'
	| 'mine'
	| 'theirs'
	| 'mentions'
	| 'invite'
	| 'draft'
	| 'places'
	| 'contacts'
	| 'pref'
>;

const NONE: PeopleFacts = {
	actor: null,
	target: null,
	mine: null,
	theirs: null,
	mentions: [],
	invite: null,
	draft: null,
	places: [],
	contacts: [],
	pref: ''
};

/** Acts about somebody, for whom both sides of the relation are needed. */
const RELATING: ReadonlySet<AnyAct['kind']> = new Set([
	'direct.open',
	'friend.ask',
	'friend.accept',
	'friend.reject',
	'friend.cancel',
	'friend.remove',
	'person.block',
	'person.unblock'
]);
/** Acts for which it matters whether there is a block in a direct conversation. */
const SPEAKING: ReadonlySet<AnyAct['kind']> = new Set([
	'message.post',
	'message.edit',
	'message.react',
	'message.pin',
	'read.mark'
]);

/** Prepares the statements once. */
export function createPeopleFacts(
	db: Database.Database,
	spanOf: (room: string, person: string) => Span | null,
	heirOf: (room: string, person: string) => string | null
) {
	const byId = db.prepare<[string], PersonFacts>(
		'SELECT id, number, name, deleted_at FROM person WHERE id = ?'
	);
	const byKey = db.prepare<[string], PersonFacts>(
		'SELECT id, number, name, deleted_at FROM person WHERE name_key = ?'
	);
	const selectContact = db.prepare<[string, string], ContactFacts>(
		'SELECT state, blocked FROM contact WHERE person = ? AND other = ?'
	);
	const selectOther = db
		.prepare<[string, string], string>('SELECT person FROM span WHERE room = ? AND person <> ?')
		.pluck();
	const selectNamed = db.prepare<[string, string], { id: string; name_key: string }>(
		`SELECT p.id, p.name_key FROM person p JOIN span s ON s.person = p.id
		WHERE s.room = ? AND s.to_seq IS NULL AND p.name_key IN (SELECT value FROM json_each(?))`
	);
	const inviteById = db.prepare<[string], InviteFacts>('SELECT * FROM invite WHERE id = ?');
	const inviteByToken = db.prepare<[string], InviteFacts>('SELECT * FROM invite WHERE token = ?');
	const selectDraft = db.prepare<[string, string], StoredDraft>(
		'SELECT rev, body, reply, other FROM draft WHERE person = ? AND room = ?'
	);
	const selectPref = db
		.prepare<[string, string], string>('SELECT value FROM pref WHERE person = ? AND key = ?')
		.pluck();
	const selectPlaces = db.prepare<[string], { room: string; direct: number }>(
		`SELECT s.room, r.direct FROM span s JOIN room r ON r.id = s.room
		WHERE s.person = ? AND s.to_seq IS NULL`
	);
	const selectContacts = db
		.prepare<[string, string], string>(
			`SELECT other FROM contact WHERE person = ? AND (state <> 'none' OR blocked = 1)
			UNION SELECT person FROM contact WHERE other = ? AND (state <> 'none' OR blocked = 1)`
		)
		.pluck();

	const person = (found: PersonFacts | undefined): StoredPerson | null =>
		found
			? { id: found.id, number: found.number, name: found.name, deleted: found.deleted_at !== null }
			: null;

	function contact(of: string, other: string): StoredContact | null {
		const found = selectContact.get(of, other);
		return found ? { state: found.state, blocked: found.blocked === 1 } : null;
	}

	function invite(found: InviteFacts | undefined): StoredInvite | null {
		if (!found) return null;
		const { id, room, person: maker, expires_at, uses_left, revoked } = found;
		return {
			...{ id, room, person: maker, expires: expires_at, left: uses_left },
			revoked: revoked === 1,
			maker: spanOf(room, maker)
		};
	}

	function relation(actor: string, target: StoredPerson | null) {
		if (!target) return { target };
		return { target, mine: contact(actor, target.id), theirs: contact(target.id, actor) };
	}

	function targetOf(act: AnyAct): StoredPerson | null {
		if (act.kind === 'friend.ask' && act.person === undefined) {
			return act.name === undefined ? null : person(byKey.get(nameKey(act.name.trim())));
		}
		return 'person' in act && act.person !== undefined ? person(byId.get(act.person)) : null;
	}

	function mentions(room: string, body: string): Mention[] {
		const keys = namesCalled(body);
		if (keys.length === 0) return [];
		const found = selectNamed.all(room, JSON.stringify(keys));
		return mentionsIn(body, new Map(found.map(({ id, name_key }) => [name_key, id])));
	}

	function load(act: AnyAct, actor: string): PeopleFacts {
		const found: PeopleFacts = { ...NONE };
		if (RELATING.has(act.kind)) Object.assign(found, relation(actor, targetOf(act)));
		else if (act.kind === 'member.remove') found.target = targetOf(act);
		if ('room' in act && isDirectId(act.room) && SPEAKING.has(act.kind)) {
			const other = selectOther.get(act.room, actor) as string | undefined;
			Object.assign(found, relation(actor, other ? person(byId.get(other)) : null));
		}
		if ('room' in act && 'body' in act && act.kind !== 'draft.save') {
			found.mentions = mentions(act.room, act.body);
		}
		switch (act.kind) {
			case 'message.react':
				found.actor = person(byId.get(actor));
				break;
			case 'invite.create':
			case 'invite.revoke':
				if (act.invite !== undefined) found.invite = invite(inviteById.get(act.invite));
				break;
			case 'room.join':
				if (act.invite !== undefined) found.invite = invite(inviteByToken.get(act.invite));
				break;
			case 'draft.save':
				found.draft = selectDraft.get(actor, act.room) ?? null;
				break;
			case 'pref.set':
				found.pref = (selectPref.get(actor, act.key) as string | undefined) ?? '';
				break;
			case 'account.delete':
				found.contacts = selectContacts.all(actor, actor) as string[];
				found.places = selectPlaces.all(actor).map(({ room, direct }) => ({
					span: spanOf(room, actor)!,
					direct: direct === 1,
					heir: heirOf(room, actor)
				}));
		}
		return found;
	}

	/** Whether another person has this user name, or one that looks like it. */
	function personNameTaken(name: string, actor: string): boolean {
		const holder = byKey.get(nameKey(tidyName(name)));
		return holder !== undefined && holder.id !== actor;
	}

	return { load, personNameTaken, invite: (token: string) => invite(inviteByToken.get(token)) };
}
