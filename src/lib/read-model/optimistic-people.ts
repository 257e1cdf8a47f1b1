/**
 * People: friends and requests, the person's own card, members of a room, invite links. What the
 * log says with the person's own unsent acts laid over it. Pure.
 */
import type { Card, ContactRow, InviteRow, MemberRow, SelfRow } from '../protocol/change.ts';
import type { ActId, PersonId, RoomId } from '../protocol/ids.ts';
import type { Act } from '../protocol/up.ts';
import { newerCard } from './optimistic-rooms.ts';
import type { OutboxRow } from '../sync/ports.ts';
import { deliveryOf } from './timeline.ts';
import type { AskItem, ContactItem, Contacts, InviteItem, MemberItem, SelfItem } from './views.ts';

/** What all of these need besides their rows. */
export interface PeopleInput {
	me: PersonId;
	/** all unsent acts, ascending order */
	outbox: OutboxRow[];
	sending: ReadonlySet<ActId>;
	cards: ReadonlyMap<PersonId, Card>;
}

/** What a queued act makes of a contact; undefined: nothing. */
function afterAct(act: Act, before: ContactRow['state']): Partial<ContactItem> | undefined {
	switch (act.kind) {
		case 'friend.ask':
			// Crossing requests become one friendship.
			if (before === 'none') return { state: 'outgoing' };
			return before === 'incoming' ? { state: 'friend' } : {};
		case 'friend.accept':
			return before === 'incoming' ? { state: 'friend' } : {};
		case 'friend.reject':
			return before === 'incoming' ? { state: 'none' } : {};
		case 'friend.cancel':
			return before === 'outgoing' ? { state: 'none' } : {};
		case 'friend.remove':
			return { state: 'none' };
		case 'person.block':
			return { state: 'none', blocked: true };
		case 'person.unblock':
			return { blocked: false };
		default:
			return undefined;
	}
}

function refusedAct(row: OutboxRow): ContactItem['refused'] {
	return row.refusal && { id: row.id, kind: row.act.kind, refusal: row.refusal };
}

/** Newer waits win over older ones: what is on its way says more than what waits. */
const waiting = (row: OutboxRow, sending: ReadonlySet<ActId>): 'queued' | 'sending' =>
	sending.has(row.id) ? 'sending' : 'queued';

const nameOf = (card: Card): string => card.display ?? card.name;
/** Made once: a room may have thousands of members to sort. */
const collator = new Intl.Collator();
const byName = (a: Card, b: Card): number =>
	collator.compare(nameOf(a), nameOf(b)) ||
	collator.compare(a.name, b.name) ||
	(a.id < b.id ? -1 : 1);

/** Friends, requests both ways, and who is blocked. */
export function contactItems(rows: ContactRow[], input: PeopleInput): Contacts {
	const items = new Map<PersonId, ContactItem>();
	for (const row of rows) items.set(row.id, known(row, input));
	const asks: AskItem[] = [];
	for (const row of input.outbox) {
		const { act } = row;
		if (act.kind === 'friend.ask' && (!act.person || !cardFor(act.person, items, input))) {
			asks.push({
				id: row.id,
				name: act.name ?? '',
				at: row.at,
				delivery: deliveryOf(row, input.sending),
				refusal: row.refusal
			});
		} else applyUnsent(items, row, input);
	}
	const shown = [...items.values()].filter(
		(item) => item.state !== 'none' || item.blocked || item.refused !== null
	);
	return { items: shown.sort((a, b) => byName(a.card, b.card)), asks };
}

function known(row: ContactRow, { cards }: PeopleInput): ContactItem {
	return {
		person: row.id,
		card: newerCard(row.card, cards.get(row.id)) ?? row.card,
		state: row.state,
		blocked: row.blocked === true,
		at: row.at,
		rev: row.rev,
		delivery: 'sent',
		refused: null
	};
}

function cardFor(
	person: PersonId,
	items: ReadonlyMap<PersonId, ContactItem>,
	{ cards }: PeopleInput
): Card | undefined {
	return items.get(person)?.card ?? cards.get(person);
}

function applyUnsent(items: Map<PersonId, ContactItem>, row: OutboxRow, input: PeopleInput): void {
	const { act } = row;
	if (!('person' in act) || !act.person || afterAct(act, 'none') === undefined) return;
	const card = cardFor(act.person, items, input);
	if (!card) return;
	const item = items.get(act.person) ?? {
		person: act.person,
		card,
		state: 'none',
		blocked: false,
		at: row.at,
		rev: 0,
		delivery: 'sent',
		refused: null
	};
	if (row.state === 'refused') items.set(act.person, { ...item, refused: refusedAct(row) });
	else {
		items.set(act.person, {
			...item,
			...afterAct(act, item.state),
			delivery: waiting(row, input.sending),
			refused: null
		});
	}
}

/** The start of a picture's base64 -> its type; what a device hands in is one of these. */
const PICTURES = [
	['UklGR', 'image/webp'],
	['/9j/', 'image/jpeg'],
	['iVBOR', 'image/png']
] as const;

/** A picture that is not on the server yet, as an address that an image can have. */
function pictureUrl(image: string): string {
	const type = PICTURES.find(([start]) => image.startsWith(start))?.[1] ?? 'image/jpeg';
	return `data:${type};base64,${image}`;
}

/**
 * The person's own card, queued changes included.
 * @param row null when the feed has not told it yet
 * @param fallback the card as it was when the person signed in
 */
export function selfItem(row: SelfRow | null, fallback: Card, input: PeopleInput): SelfItem {
	const start = row?.card ?? newerCard(input.cards.get(input.me), fallback) ?? fallback;
	const self: SelfItem = { card: start, delivery: 'sent', refused: [] };
	for (const unsent of input.outbox) {
		const { act } = unsent;
		if (act.kind !== 'profile.edit' && act.kind !== 'profile.avatar') continue;
		const refused = refusedAct(unsent);
		if (unsent.state === 'refused') {
			if (refused) self.refused.push(refused);
			continue;
		}
		self.delivery = waiting(unsent, input.sending);
		self.card = withAct(self.card, act);
	}
	return self;
}

function withAct(card: Card, act: Extract<Act, { kind: 'profile.edit' | 'profile.avatar' }>): Card {
	const next = { ...card };
	if (act.kind === 'profile.avatar') {
		if (act.image === null) delete next.avatar;
		else next.avatar = pictureUrl(act.image);
		return next;
	}
	if (act.name !== undefined) next.name = act.name;
	if (act.display !== undefined) {
		if (act.display === '') delete next.display;
		else next.display = act.display;
	}
	if (act.bio !== undefined) {
		if (act.bio === '') delete next.bio;
		else next.bio = act.bio;
	}
	return next;
}

const RANK = { owner: 0, admin: 1, member: 2 } as const;

/** Members of a room: owner, admins, then the others, each by name. */
export function memberItems(rows: MemberRow[], room: RoomId, input: PeopleInput): MemberItem[] {
	const items = new Map<PersonId, MemberItem>();
	for (const row of rows) {
		if (row.state !== 'in') continue;
		items.set(row.id, {
			card: newerCard(row.card, input.cards.get(row.id)) ?? row.card,
			role: row.role,
			me: row.id === input.me,
			muted: row.muted ?? null,
			pending: null
		});
	}
	for (const { act, state, at } of input.outbox) {
		if (state === 'refused' || !('room' in act) || act.room !== room || !('person' in act))
			continue;
		const item = items.get(act.person);
		if (!item || act.kind === 'direct.open') continue;
		const next: MemberItem = { ...item, pending: act.kind };
		if (act.kind === 'member.role') next.role = act.role;
		if (act.kind === 'member.mute') next.muted = act.for === 0 ? null : at + act.for;
		items.set(act.person, next);
	}
	return [...items.values()].sort((a, b) => RANK[a.role] - RANK[b.role] || byName(a.card, b.card));
}

/** Who may not come back into a room; those whom a queued act lets in again are left out. */
export function bannedCards(rows: MemberRow[], room: RoomId, input: PeopleInput): Card[] {
	const letIn = new Set(
		input.outbox.flatMap(({ act, state }) =>
			act.kind === 'member.unban' && act.room === room && state !== 'refused' ? [act.person] : []
		)
	);
	return rows
		.filter((row) => row.banned === true && !letIn.has(row.id))
		.map((row) => newerCard(row.card, input.cards.get(row.id)) ?? row.card)
		.sort(byName);
}

/** The person's own invite links to a room that still open it, newest first. */
export function inviteItems(
	rows: InviteRow[],
	room: RoomId,
	now: number,
	input: PeopleInput
): InviteItem[] {
	const items = new Map<ActId, InviteItem>();
	for (const row of rows) {
		if (row.room !== room || row.revoked) continue;
		if ((row.expires ?? Infinity) <= now || row.left === 0) continue;
		items.set(row.id, {
			id: row.id,
			room,
			token: row.token,
			expires: row.expires ?? null,
			left: row.left ?? null,
			at: row.at,
			delivery: 'sent',
			refused: null,
			ending: false
		});
	}
	for (const row of input.outbox) {
		const { act } = row;
		if (act.kind === 'invite.create' && act.room === room && !items.has(act.invite)) {
			items.set(act.invite, {
				id: act.invite,
				room,
				token: act.token,
				expires: act.lasts === undefined ? null : row.at + act.lasts,
				left: act.uses ?? null,
				at: row.at,
				delivery: deliveryOf(row, input.sending),
				refused: refusedAct(row),
				ending: false
			});
		}
		if (act.kind === 'invite.revoke' && act.room === room && row.state !== 'refused') {
			for (const item of items.values()) {
				if (act.invite === undefined || act.invite === item.id) item.ending = true;
			}
		}
	}
	return [...items.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}
