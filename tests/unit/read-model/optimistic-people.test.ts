import { describe, expect, test } from 'vitest';
import type { ContactRow, InviteRow, SelfRow } from '../../../src/lib/protocol/change.ts';
import { refuse } from '../../../src/lib/protocol/refusal.ts';
import type { Act } from '../../../src/lib/protocol/up.ts';
import {
	bannedCards,
	contactItems,
	inviteItems,
	memberItems,
	selfItem,
	type PeopleInput
} from '../../../src/lib/read-model/optimistic-people.ts';
import type { OutboxRow } from '../../../src/lib/sync/ports.ts';
import { card, id, ME, member, OTHER } from '../../contract/rows.ts';

let n = 0;
function queued(act: Act, more: Partial<OutboxRow> = {}): OutboxRow {
	const lane = 'room' in act ? act.room : ME;
	return {
		order: ++n,
		id: act.id,
		lane,
		act,
		state: 'queued',
		refusal: null,
		at: 1,
		tries: 0,
		...more
	};
}

function input(more: Partial<PeopleInput> = {}): PeopleInput {
	return { me: ME, outbox: [], sending: new Set(), cards: new Map(), ...more };
}

function contact(state: ContactRow['state'], more: Partial<ContactRow> = {}): ContactRow {
	const person = more.id ?? OTHER;
	return { kind: 'contact', id: person, rev: 1, state, at: 1, card: card(person), ...more };
}

type About =
	| 'friend.ask'
	| 'friend.accept'
	| 'friend.reject'
	| 'friend.cancel'
	| 'friend.remove'
	| 'person.block'
	| 'person.unblock';
const about = (kind: About, person = OTHER): Act => ({ kind, id: id(), at: 1, person });

describe('friends', () => {
	const steps: [ContactRow['state'], About, string | null][] = [
		['none', 'friend.ask', 'outgoing'],
		['incoming', 'friend.ask', 'friend'],
		['friend', 'friend.ask', 'friend'],
		['outgoing', 'friend.ask', 'outgoing'],
		['incoming', 'friend.accept', 'friend'],
		['none', 'friend.accept', null],
		['incoming', 'friend.reject', null],
		['outgoing', 'friend.reject', 'outgoing'],
		['outgoing', 'friend.cancel', null],
		['friend', 'friend.cancel', 'friend'],
		['friend', 'friend.remove', null],
		['friend', 'person.block', 'blocked'],
		['incoming', 'person.block', 'blocked']
	];
	test.each(steps)('%s, then a queued %s, shows %s', (state, kind, expected) => {
		const { items } = contactItems([contact(state)], input({ outbox: [queued(about(kind))] }));
		const [item] = items;
		expect(item ? (item.blocked ? 'blocked' : item.state) : null).toBe(expected);
		if (item) expect(item.delivery).toBe('queued');
	});

	test('unblocking shows nothing more of somebody who is nobody’s friend', () => {
		const rows = [contact('none', { blocked: true })];
		expect(contactItems(rows, input()).items).toMatchObject([{ blocked: true, delivery: 'sent' }]);
		const outbox = [queued(about('person.unblock'))];
		expect(contactItems(rows, input({ outbox })).items).toEqual([]);
	});

	test('two queued acts count in their order', () => {
		const outbox = [queued(about('person.block')), queued(about('person.unblock'))];
		expect(contactItems([contact('friend')], input({ outbox })).items).toEqual([]);
		const again = [...outbox, queued(about('friend.ask'))];
		expect(contactItems([contact('friend')], input({ outbox: again })).items).toMatchObject([
			{ state: 'outgoing', blocked: false }
		]);
	});

	test('a request by name waits under its name, one with a known card under its person', () => {
		const named: Act = { kind: 'friend.ask', id: id(), at: 1, name: 'ann' };
		const stranger = id();
		const unknown: Act = { kind: 'friend.ask', id: id(), at: 1, person: stranger, name: 'bob' };
		const outbox = [queued(named), queued(unknown)];
		expect(contactItems([], input({ outbox })).asks.map((ask) => ask.name)).toEqual(['ann', 'bob']);
		const cards = new Map([[stranger, card(stranger)]]);
		const both = contactItems([], input({ outbox, cards }));
		expect(both.asks.map((ask) => ask.name)).toEqual(['ann']);
		expect(both.items).toMatchObject([{ person: stranger, state: 'outgoing' }]);
	});

	test('a refused act changes nothing and says why', () => {
		const refusal = refuse('no_such_request');
		const outbox = [queued(about('friend.accept'), { state: 'refused', refusal })];
		expect(contactItems([contact('incoming')], input({ outbox })).items).toMatchObject([
			{ state: 'incoming', delivery: 'sent', refused: { kind: 'friend.accept', refusal } }
		]);
	});

	test('the newer card counts, wherever it came from', () => {
		const cards = new Map([[OTHER, card(OTHER, 5, 'renamed')]]);
		const { items } = contactItems([contact('friend')], input({ cards }));
		expect(items[0]?.card.name).toBe('renamed');
	});
});

describe('the own card', () => {
	const row: SelfRow = {
		kind: 'self',
		id: ME,
		rev: 3,
		card: { ...card(ME, 3, 'me'), display: 'Me', bio: 'b', avatar: '/a.webp' }
	};

	test('shows queued changes at once, the picture included', () => {
		const outbox = [
			queued({ kind: 'profile.edit', id: id(), at: 1, display: 'New', bio: '' }),
			queued({ kind: 'profile.avatar', id: id(), at: 1, image: 'UklGRabc' })
		];
		const self = selfItem(row, card(ME), input({ outbox }));
		expect(self.card).toMatchObject({
			name: 'me',
			display: 'New',
			avatar: 'data:image/webp;base64,UklGRabc'
		});
		expect(self.card).not.toHaveProperty('bio');
		expect(self.delivery).toBe('queued');
	});

	test('taking the picture away shows none', () => {
		const outbox = [queued({ kind: 'profile.avatar', id: id(), at: 1, image: null })];
		expect(selfItem(row, card(ME), input({ outbox })).card).not.toHaveProperty('avatar');
	});

	test('a refused name leaves the old one and is told', () => {
		const refusal = refuse('name_taken');
		const outbox = [
			queued(
				{ kind: 'profile.edit', id: id(), at: 1, name: 'taken' },
				{ state: 'refused', refusal }
			)
		];
		const self = selfItem(row, card(ME), input({ outbox }));
		expect(self).toMatchObject({
			card: { name: 'me' },
			delivery: 'sent',
			refused: [{ kind: 'profile.edit', refusal }]
		});
	});
});

describe('members', () => {
	const room = id();
	test('queued roles and mutes are shown, acts in other rooms and refused ones are not', () => {
		const [a, b, c] = [id(), id(), id()];
		const rows = [
			member(room, ME, 1, { role: 'owner' }),
			member(room, a, 2, { card: card(a, 1, 'a') }),
			member(room, b, 3, { card: card(b, 1, 'b') }),
			member(room, c, 4, { card: card(c, 1, 'c'), state: 'out' })
		];
		const refusal = refuse('not_allowed');
		const outbox = [
			queued({ kind: 'member.role', id: id(), at: 1, room, person: b, role: 'admin' }),
			queued({ kind: 'member.mute', id: id(), at: 1, room, person: a, for: 60_000 }, { at: 500 }),
			queued({ kind: 'member.remove', id: id(), at: 1, room: id(), person: b }),
			queued(
				{ kind: 'member.remove', id: id(), at: 1, room, person: a },
				{ state: 'refused', refusal }
			)
		];
		const items = memberItems(rows, room, input({ outbox }));
		expect(items.map((item) => [item.card.name, item.role, item.muted, item.pending])).toEqual([
			['somebody', 'owner', null, null],
			['b', 'admin', null, 'member.role'],
			['a', 'member', 60_500, 'member.mute']
		]);
	});

	test('who is banned is listed until a queued act lets them in', () => {
		const rows = [member(room, OTHER, 2, { state: 'out', banned: true })];
		expect(bannedCards(rows, room, input())).toHaveLength(1);
		const outbox = [queued({ kind: 'member.unban', id: id(), at: 1, room, person: OTHER })];
		expect(bannedCards(rows, room, input({ outbox }))).toEqual([]);
	});
});

describe('invite links', () => {
	const room = id();
	const link = (more: Partial<InviteRow>): InviteRow => ({
		kind: 'invite',
		id: id(),
		rev: 1,
		room,
		token: 't'.repeat(22),
		at: 1,
		...more
	});

	test('lists those that still open the room', () => {
		const good = link({ expires: 101, left: 1 });
		const rows = [
			good,
			link({ expires: 100 }),
			link({ left: 0 }),
			link({ revoked: true }),
			link({ room: id() })
		];
		expect(inviteItems(rows, room, 100, input()).map((item) => item.id)).toEqual([good.id]);
	});

	test('one made offline is there at once; one that is being ended says so', () => {
		const made = id();
		const create: Act = {
			kind: 'invite.create',
			id: id(),
			at: 1,
			room,
			invite: made,
			token: 'x'.repeat(22),
			lasts: 1000,
			uses: 10
		};
		const revoke: Act = { kind: 'invite.revoke', id: id(), at: 1, room, invite: made };
		const outbox = [queued(create, { at: 50 })];
		expect(inviteItems([], room, 100, input({ outbox }))).toMatchObject([
			{ id: made, expires: 1050, left: 10, delivery: 'queued', ending: false }
		]);
		const ending = inviteItems([], room, 100, input({ outbox: [...outbox, queued(revoke)] }));
		expect(ending).toMatchObject([{ ending: true }]);
	});
});
