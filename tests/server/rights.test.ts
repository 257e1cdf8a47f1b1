/** Who may see and do what, by every door (promise 11; HTTP-10, HTTP-14, SOCKET-6, SOCKET-12, SOCKET-16, ABUSE-3, ABUSE-5). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { newId } from '../support/person.ts';
import {
	littleDomain,
	messageIn,
	type LittleDomain,
	type Somebody
} from '../support/little-domain.ts';

const PASSWORD = 'open sesame';

/** Everybody who can stand in any relation to a private room. */
async function cast() {
	const world = await littleDomain();
	const names = ['owner', 'admin', 'member', 'former', 'banned', 'stranger'] as const;
	const people = {} as Record<(typeof names)[number], Somebody>;
	for (const name of names) people[name] = await world.person(name);
	const { owner, admin, member, former, banned } = people;
	const room = await world.room(owner, [admin, member, former, banned], PASSWORD);
	await owner.do({ kind: 'member.role', room, person: admin.person, role: 'admin' });
	const message = await member.do({ kind: 'message.post', room, body: 'inside only' });
	await former.do({ kind: 'room.leave', room });
	await owner.do({ kind: 'member.remove', room, person: banned.person, ban: true });
	return { ...world, makeRoom: world.room, ...people, room, message };
}
type Cast = Awaited<ReturnType<typeof cast>>;

const OUTSIDE = ['former', 'banned', 'stranger'] as const;

describe('the matrix of rights in a private room (HTTP-10)', () => {
	/** act -> outcome for owner, admin, member; everybody else is refused as no member */
	const ACTS: [string, (all: Cast) => ActDraft, owner: string, admin: string, member: string][] = [
		[
			'say',
			({ room }) => ({ kind: 'message.post', room, body: 'x' }),
			'accepted',
			'accepted',
			'accepted'
		],
		[
			'edit what another said',
			({ room, message }) => ({ kind: 'message.edit', room, message, body: 'y' }),
			...(['not_allowed', 'not_allowed', 'accepted'] as const)
		],
		[
			'recall what another said',
			({ room, message }) => ({ kind: 'message.recall', room, message }),
			...(['accepted', 'accepted', 'accepted'] as const)
		],
		[
			'react',
			({ room, message }) => ({ kind: 'message.react', room, message, emoji: '👍', on: true }),
			...(['accepted', 'accepted', 'accepted'] as const)
		],
		[
			'pin',
			({ room, message }) => ({ kind: 'message.pin', room, message, on: true }),
			...(['accepted', 'accepted', 'not_allowed'] as const)
		],
		[
			'rename',
			({ room }) => ({ kind: 'room.edit', room, name: 'other' }),
			...(['accepted', 'accepted', 'not_allowed'] as const)
		],
		[
			'open to everybody',
			({ room }) => ({ kind: 'room.edit', room, password: null }),
			...(['accepted', 'accepted', 'not_allowed'] as const)
		],
		[
			'delete',
			({ room }) => ({ kind: 'room.delete', room }),
			...(['accepted', 'not_allowed', 'not_allowed'] as const)
		],
		[
			'hand over',
			({ room, admin }) => ({ kind: 'room.hand-over', room, person: admin.person }),
			...(['accepted', 'not_allowed', 'not_allowed'] as const)
		],
		[
			'make an admin',
			({ room, member }) => ({
				kind: 'member.role',
				room,
				person: member.person,
				role: 'admin'
			}),
			...(['accepted', 'not_allowed', 'not_allowed'] as const)
		],
		[
			'remove an admin',
			({ room, admin }) => ({ kind: 'member.remove', room, person: admin.person }),
			...(['accepted', 'not_allowed', 'not_allowed'] as const)
		],
		[
			'ban the owner',
			({ room, owner }) => ({ kind: 'member.remove', room, person: owner.person, ban: true }),
			...(['not_allowed', 'not_allowed', 'not_allowed'] as const)
		],
		[
			'mute a member',
			({ room, member }) => ({ kind: 'member.mute', room, person: member.person, for: 1 }),
			...(['accepted', 'accepted', 'not_allowed'] as const)
		],
		[
			'let a banned one in',
			({ room, banned }) => ({ kind: 'member.unban', room, person: banned.person }),
			...(['accepted', 'accepted', 'not_allowed'] as const)
		],
		[
			'invite',
			({ room }) => ({ kind: 'invite.create', room, invite: newId(), token: token() }),
			...(['accepted', 'accepted', 'not_allowed'] as const)
		],
		[
			'end all links',
			({ room }) => ({ kind: 'invite.revoke', room }),
			...(['accepted', 'accepted', 'not_allowed'] as const)
		]
	];
	let tokens = 0;
	const token = () => String(tokens++).padStart(22, '0');

	test.each(ACTS)('%s', async (_what, make, owner, admin, member) => {
		for (const [role, outcome] of Object.entries({ owner, admin, member })) {
			const all = await cast();
			expect(`${role}: ${await all[role as 'owner'].outcome(make(all))}`).toBe(
				`${role}: ${outcome}`
			);
		}
		const all = await cast();
		for (const role of OUTSIDE) {
			expect(`${role}: ${await all[role].outcome(make(all))}`).toBe(`${role}: not_a_member`);
		}
	});

	test('in a conversation of two nobody has rights over the other', async () => {
		const world = await littleDomain();
		const [ann, bob] = [await world.person('ann'), await world.person('bob')];
		const room = directId(ann.person, bob.person);
		await ann.do({ kind: 'direct.open', room, person: bob.person });
		for (const draft of [
			{ kind: 'room.edit', room, name: 'x' },
			{ kind: 'room.delete', room },
			{ kind: 'room.leave', room },
			{ kind: 'member.remove', room, person: bob.person },
			{ kind: 'invite.create', room, invite: newId(), token: token() }
		] satisfies ActDraft[]) {
			expect(await ann.outcome(draft)).toBe('direct_fixed');
		}
		const message = await ann.do({ kind: 'message.post', room, body: 'mine' });
		expect(await bob.outcome({ kind: 'message.recall', room, message })).toBe('not_allowed');
		expect(await bob.outcome({ kind: 'message.pin', room, message, on: true })).toBe('accepted');
		const third = await world.person('third');
		expect(await third.outcome({ kind: 'room.join', room })).toBe('no_such_room');
		// Nobody can put a room under the id of a conversation that is not begun yet.
		const theirs = directId(third.person, bob.person);
		expect(
			await ann.outcome({ kind: 'room.create', room: theirs, name: 'trap', description: '' })
		).toBe('malformed');
		expect(await ann.outcome({ kind: 'direct.open', room: theirs, person: bob.person })).toBe(
			'no_such_person'
		);
	});
});

describe('whoever is outside is told nothing, by any door (promise 11)', () => {
	test('pull, history, refresh, live, quote, link, answer to a repeat (A13, SOCKET-16)', async () => {
		const all = await cast();
		const { domain, room, message, member } = all;
		const cursor = { i: 'x', g: 1, s: 0, h: '' };
		for (const name of OUTSIDE) {
			const who = all[name];
			const before = who.frames.length;
			await member.do({ kind: 'message.post', room, body: `unheard by ${name}` });
			expect(who.frames.slice(before)).toEqual([]);
			const { pages } = await domain.pull(who, { streams: [{ id: room, cursor: null }] });
			expect(pages).toEqual([{ type: 'gone', stream: room }]);
			const unknown = await domain.pull(who, { streams: [{ id: newId(), cursor: null }] });
			expect(unknown.pages[0]?.type).toBe('gone');
			const part = { stream: room, cursor, after: 0, before: 9, end: 'top', limit: 9 } as const;
			expect(await domain.history(who, part)).toEqual({ type: 'gone', stream: room });
			const ask = { stream: room, cursor, since: 0, part: 'nonMessageRows' } as const;
			expect(await domain.refresh(who, ask)).toEqual({ type: 'gone', stream: room });
			expect(await domain.invite(who, { room, invite: 'guess' })).toEqual({ room: null });
			expect(await domain.streams(who.person)).not.toContain(room);
			expect(await domain.maySpeak(who.person, room)).toBe(false);
			// SOCKET-16: what cannot be seen can be neither passed on nor read through an answer.
			const own = await all.makeRoom(who);
			const forward: ActDraft = { kind: 'message.post', room: own, body: 'x', forward: message };
			expect(await who.outcome(forward)).toBe('no_such_message');
			const reply = await who.do({ kind: 'message.post', room: own, body: 're', reply: message });
			expect(messageIn(await who.rows(own), reply)).not.toHaveProperty('replySeq');
		}
	});

	test('the answer to an act carries rows of no feed but the own one (A9)', async () => {
		const all = await cast();
		const { owner, stranger, member, room } = all;
		const results = [
			await owner.act({ kind: 'friend.ask', person: stranger.person }),
			await owner.act({ kind: 'member.remove', room, person: member.person })
		];
		for (const result of results) {
			const rows = result.status === 'accepted' ? result.rows : [];
			const foreign = rows.filter(
				(row) =>
					(row.kind === 'contact' && row.id === owner.person) || row.kind === 'roomMembership'
			);
			expect(foreign).toEqual([]);
		}
	});

	test('over generated histories: frames and pulls reach exactly those who are in', async () => {
		const step = fc.record({
			who: fc.integer({ min: 0, max: 3 }),
			whom: fc.integer({ min: 0, max: 3 }),
			what: fc.constantFrom('join', 'leave', 'remove', 'ban', 'unban', 'say', 'expel', 'delete')
		});
		await fc.assert(
			fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
				const world = await littleDomain();
				const people = [];
				for (const name of ['p0', 'p1', 'p2', 'p3']) people.push(await world.person(name));
				const room = await world.room(people[0]!);
				for (const { who, whom, what } of steps) {
					await play(people, room, who, whom, what);
					await agrees(world, people, room);
				}
			}),
			{ numRuns: 25 }
		);
	});
});

async function play(people: Somebody[], room: string, who: number, whom: number, what: string) {
	const person = people[whom]!.person;
	const drafts: Record<string, ActDraft> = {
		join: { kind: 'room.join', room, password: PASSWORD },
		leave: { kind: 'room.leave', room },
		remove: { kind: 'member.remove', room, person },
		ban: { kind: 'member.remove', room, person, ban: true },
		unban: { kind: 'member.unban', room, person },
		say: { kind: 'message.post', room, body: 'something' },
		expel: { kind: 'room.edit', room, password: PASSWORD, expel: true },
		delete: { kind: 'room.delete', room }
	};
	await people[who]!.act(drafts[what]!);
}

/** Somebody inside says something: it reaches those inside and nobody else, live and by asking. */
async function agrees({ domain, query }: LittleDomain, people: Somebody[], room: string) {
	const members = await query<{ person: string }>(
		'SELECT person FROM membership WHERE room = ? AND to_seq IS NULL',
		room
	);
	const inside = new Set(members.map(({ person }) => person));
	const counts = people.map((one) => one.frames.filter((frame) => frame.stream === room).length);
	const speaker = people.find((one) => inside.has(one.person));
	const said = speaker && (await speaker.outcome({ kind: 'message.post', room, body: 'probe' }));
	for (const [i, one] of people.entries()) {
		const isIn = inside.has(one.person);
		const heard = one.frames.filter((frame) => frame.stream === room).length - counts[i]!;
		expect(heard).toBe(isIn && said === 'accepted' ? 1 : 0);
		const { pages } = await domain.pull(one, { streams: [{ id: room, cursor: null }] });
		expect(pages[0]?.type === 'gone').toBe(!isIn);
		expect(await domain.maySpeak(one.person, room)).toBe(isIn);
	}
}

describe('passwords and links of a room', () => {
	test('a new password counts at once, also for who was on the way in; members stay (HTTP-14)', async () => {
		const { owner, member, stranger, former, room } = await cast();
		await owner.do({ kind: 'room.edit', room, password: 'newer' });
		const enter = (password: string): ActDraft => ({ kind: 'room.join', room, password });
		expect(await stranger.outcome(enter(PASSWORD))).toBe('room_password_wrong');
		expect(await stranger.outcome(enter('newer'))).toBe('accepted');
		expect(await member.outcome({ kind: 'message.post', room, body: 'still here' })).toBe(
			'accepted'
		);
		await owner.do({ kind: 'room.edit', room, password: 'newest', expel: true });
		expect(await member.outcome({ kind: 'message.post', room, body: 'out' })).toBe('not_a_member');
		expect(await former.outcome(enter('newest'))).toBe('accepted');
	});

	test('a link opens until it is used up, over, revoked, or its maker may no longer invite (A16, ABUSE-3)', async () => {
		const all = await cast();
		const { domain, owner, admin, room } = all;
		const make = async (by: Somebody, token: string, more: object = {}) => {
			const invite = newId();
			await by.do({ kind: 'invite.create', room, invite, token: token.padEnd(22, '_'), ...more });
			return { invite, token: token.padEnd(22, '_') };
		};
		const newcomer = async (name: string, invite: string) =>
			(await all.person(name)).outcome({ kind: 'room.join', room, invite });

		const once = await make(owner, 'once', { uses: 1 });
		const seen = await domain.invite(all.stranger, { room, invite: once.token });
		expect(seen.room).toMatchObject({ id: room, private: true, members: 3 });
		// A race for the last seat: both at the same moment.
		const [a, b] = [await all.person('racer_a'), await all.person('racer_b')];
		const race = await Promise.all(
			[a, b].map((one) => one.outcome({ kind: 'room.join', room, invite: once.token }))
		);
		expect(race.toSorted()).toEqual(['accepted', 'invite_invalid']);
		expect((await domain.invite(all.stranger, { room, invite: once.token })).room).toBe(null);

		const short = await make(owner, 'short', { lasts: 1_000 });
		all.later(2_000);
		expect(await newcomer('too_late', short.token)).toBe('invite_invalid');

		const open = await make(owner, 'open');
		expect(await newcomer('welcome', open.token)).toBe('accepted');
		await owner.do({ kind: 'invite.revoke', room, invite: open.invite });
		expect(await newcomer('revoked', open.token)).toBe('invite_invalid');

		const byAdmin = await make(admin, 'admin');
		expect(await all.banned.outcome({ kind: 'room.join', room, invite: byAdmin.token })).toBe(
			'banned'
		);
		await owner.do({ kind: 'member.role', room, person: admin.person, role: 'member' });
		expect(await newcomer('powerless', byAdmin.token)).toBe('invite_invalid');
		expect(await newcomer('guesser', 'x'.repeat(22))).toBe('invite_invalid');
		const other = await all.makeRoom(owner, [], 'other');
		const elsewhere: ActDraft = { kind: 'room.join', room: other, invite: once.token };
		expect(await all.stranger.outcome(elsewhere)).toBe('invite_invalid');
	});

	test('general stays what it is', async () => {
		const { domain, person } = await littleDomain();
		const first = await person('first');
		const streams = await domain.streams(first.person);
		const general = streams.find((id) => id !== first.person && id !== 'directory')!;
		for (const draft of [
			{ kind: 'room.delete', room: general },
			{ kind: 'room.edit', room: general, name: 'mine' },
			{ kind: 'room.edit', room: general, password: 'closed' }
		] satisfies ActDraft[]) {
			expect(await first.outcome(draft)).toBe('not_allowed');
		}
		const described: ActDraft = { kind: 'room.edit', room: general, description: 'for all' };
		expect(await first.outcome(described)).toBe('accepted');
	});
});
