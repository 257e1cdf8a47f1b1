/** The part of the facts that belongs to one person: drafts, preferences, invite links, and what an account leaves. */
import type { AnyAct, Facts, StoredInvite } from '../../../domain/store-port.ts';
import type { InviteRecord } from '../records.ts';
import { eachOf, type Steps } from '../steps.ts';
import type { FactContext } from './fact-context.ts';
import { isActive } from './person-facts.ts';

function* storedInvite(context: FactContext, record: InviteRecord): Steps<StoredInvite> {
	const isMakerActive = yield* isActive(context, record.person);
	return {
		id: record.id,
		room: record.room,
		person: record.person,
		expires: record.expires_at,
		left: record.uses_left,
		revoked: record.revoked === 1,
		maker: isMakerActive ? yield* context.rooms.membership(record.room, record.person) : null
	};
}

/** The invite link with this secret. */
export function* inviteByToken(context: FactContext, token: string): Steps<StoredInvite | null> {
	const record = yield* context.statements.own.inviteByToken.get(token);
	return record ? yield* storedInvite(context, record) : null;
}

function* inviteById(context: FactContext, id: string): Steps<StoredInvite | null> {
	const record = yield* context.statements.own.inviteById.get(id);
	return record ? yield* storedInvite(context, record) : null;
}

/** The invite link that an act makes, ends or uses. */
export function* inviteOf(context: FactContext, act: AnyAct): Steps<StoredInvite | null> {
	switch (act.kind) {
		case 'invite.create':
			return (yield* inviteById(context, act.invite)) ?? (yield* inviteByToken(context, act.token));
		case 'invite.revoke':
			return act.invite === undefined ? null : yield* inviteById(context, act.invite);
		case 'room.join':
			return act.invite === undefined ? null : yield* inviteByToken(context, act.invite);
		default:
			return null;
	}
}

/** What the actor has written and chosen before. */
export function* savedBy(
	{ statements }: FactContext,
	act: AnyAct,
	actor: string
): Steps<Pick<Facts, 'draft' | 'pref' | 'prefsSize'>> {
	const nothing = { draft: null, pref: '', prefsSize: 0 };
	if (act.kind === 'draft.save') {
		return { ...nothing, draft: (yield* statements.own.draft.get(actor, act.room)) ?? null };
	}
	if (act.kind !== 'pref.set') return nothing;
	return {
		...nothing,
		pref: (yield* statements.own.pref.get(actor, act.key)) ?? '',
		prefsSize: (yield* statements.own.prefsSize.get(actor)) ?? 0
	};
}

/** What an account leaves behind; asked for by its end. */
export function* leftBehindBy(
	{ statements, rooms }: FactContext,
	act: AnyAct,
	actor: string
): Steps<Pick<Facts, 'contacts' | 'memberships'>> {
	if (act.kind !== 'account.delete') return { contacts: [], memberships: [] };
	const found = yield* statements.rooms.ofPerson.all(actor);
	return {
		contacts: yield* statements.people.contactsOf.all(actor, actor),
		memberships: yield* eachOf(found, function* ({ room, direct }) {
			const membership = (yield* rooms.membership(room, actor))!;
			// Only the room of an owner needs an heir.
			const members = membership.role === 'owner' ? yield* rooms.members(room) : [];
			return { membership, direct: direct === 1, members };
		})
	};
}
