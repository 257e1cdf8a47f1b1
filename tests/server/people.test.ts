/** Friends, profiles, mentions, reactions, accounts that end: the rules, against real tables. */
import { describe, expect, test } from 'vitest';
import type { ContactRow, MemberRow, Row } from '../../src/lib/protocol/change.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { sweepDeletedRooms } from '../../server/store/sql/sweep.ts';
import { littleDomain, messageIn, type Somebody } from '../support/little-domain.ts';
import { newId } from '../support/person.ts';

const contactOf = (rows: Row[], person: string) =>
	rows.find((row): row is ContactRow => row.kind === 'contact' && row.id === person);
const state = async (one: Somebody, other: Somebody) =>
	contactOf(await one.rows(one.person), other.person)?.state ?? 'none';

async function friends() {
	const world = await littleDomain();
	const [ann, bob] = [await world.person('ann'), await world.person('bob')];
	return { ...world, ann, bob };
}

describe('friends', () => {
	test('ask, accept, reject, cancel, remove: both sides always agree', async () => {
		const { ann, bob } = await friends();
		const both = async () => [await state(ann, bob), await state(bob, ann)];
		await ann.do({ kind: 'friend.ask', name: 'bob' });
		expect(await both()).toEqual(['outgoing', 'incoming']);
		await bob.do({ kind: 'friend.reject', person: ann.person });
		expect(await both()).toEqual(['none', 'none']);
		await ann.do({ kind: 'friend.ask', person: bob.person });
		await ann.do({ kind: 'friend.cancel', person: bob.person });
		expect(await both()).toEqual(['none', 'none']);
		await ann.do({ kind: 'friend.ask', person: bob.person });
		await bob.do({ kind: 'friend.accept', person: ann.person });
		expect(await both()).toEqual(['friend', 'friend']);
		await bob.do({ kind: 'friend.remove', person: ann.person });
		expect(await both()).toEqual(['none', 'none']);
	});

	test('a request is told to the other one live, and to nobody else', async () => {
		const { ann, bob, person } = await friends();
		const eve = await person('eve');
		await ann.do({ kind: 'friend.ask', person: bob.person });
		const heard = (one: Somebody) => one.frames.flatMap(({ rows }) => rows.map(({ kind }) => kind));
		expect(heard(bob)).toContain('contact');
		expect(heard(eve)).not.toContain('contact');
	});

	test('who is not there, and oneself, cannot be asked', async () => {
		const { ann } = await friends();
		expect(await ann.outcome({ kind: 'friend.ask', name: 'nobody_here' })).toBe('no_such_person');
		expect(await ann.outcome({ kind: 'friend.ask', person: ann.person })).toBe('not_yourself');
		expect(await ann.outcome({ kind: 'friend.ask' })).toBe('no_such_person');
	});

	test('a block ends everything both ways at once, and only its maker lifts it (A14, ABUSE-5)', async () => {
		const { ann, bob, domain } = await friends();
		const room = directId(ann.person, bob.person);
		await ann.do({ kind: 'friend.ask', person: bob.person });
		await bob.do({ kind: 'friend.accept', person: ann.person });
		await bob.do({ kind: 'direct.open', room, person: ann.person });
		await bob.do({ kind: 'person.block', person: ann.person });
		expect([await state(ann, bob), await state(bob, ann)]).toEqual(['none', 'none']);
		const say: ActDraft = { kind: 'message.post', room, body: 'hello' };
		for (const [one, other] of [
			[ann, bob],
			[bob, ann]
		] as const) {
			expect(await one.outcome(say)).toBe('person_unavailable');
			expect(await domain.blockedWith(one.person)).toEqual([other.person]);
		}
		expect(await bob.outcome({ kind: 'friend.ask', person: ann.person })).toBe(
			'person_unavailable'
		);
		// Whoever is blocked is not told so by any row.
		expect(contactOf(await ann.rows(ann.person), bob.person)).not.toHaveProperty('blocked');
		await ann.do({ kind: 'person.unblock', person: bob.person });
		expect(await ann.outcome(say)).toBe('person_unavailable');
		await bob.do({ kind: 'person.unblock', person: ann.person });
		expect(await ann.outcome(say)).toBe('accepted');
	});
});

describe('mentions', () => {
	test('name members only; the longest name wins; Chinese needs no spaces (A11)', async () => {
		const { person, room } = await littleDomain();
		const ann = await person('ann');
		const names = ['anna', '小明', '小明明', 'outsider'];
		const people: Somebody[] = [];
		for (const name of names) people.push(await person(name));
		const [anna, ming, mingming] = people as [Somebody, Somebody, Somebody];
		const at = await room(ann, [anna, ming, mingming]);
		const said = async (body: string) => {
			const id = await ann.do({ kind: 'message.post', room: at, body });
			return messageIn(await ann.rows(at), id).mentions?.map(([name]) => name) ?? [];
		};
		expect(await said('hi @ann and @anna')).toEqual(['ann', 'anna']);
		expect(await said('@annabelle is somebody else, mail a@anna.org too')).toEqual([]);
		expect(await said('你好@小明明天见')).toEqual(['小明明']);
		expect(await said('@小明，看这个 @outsider')).toEqual(['小明']);
	});

	test('are counted apart from the rest of what is unread', async () => {
		const { person, room, domain } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		await ann.do({ kind: 'message.post', room: at, body: 'to all' });
		const id = await ann.do({ kind: 'message.post', room: at, body: 'to @bob' });
		const asked = { streams: [{ id: at, cursor: null }] };
		const [page] = (await domain.pull(bob, asked)).pages;
		expect(page).toMatchObject({ unread: 2, mentioned: 1 });
		await ann.do({ kind: 'message.edit', room: at, message: id, body: 'to nobody' });
		const [after] = (await domain.pull(bob, asked)).pages;
		expect(after).toMatchObject({ unread: 2, mentioned: 0 });
	});
});

describe('reactions (SOCKET-18)', () => {
	test('only emoji, at most 20 kinds, each person once each', async () => {
		const { person, room } = await littleDomain();
		const ann = await person('ann');
		const at = await room(ann);
		const message = await ann.do({ kind: 'message.post', room: at, body: 'x' });
		const react = (emoji: string, on = true): ActDraft => ({
			kind: 'message.react',
			room: at,
			message,
			emoji,
			on
		});
		for (const wrong of ['a', '', '👍👍', '<b>', '1', ' ', '\u200d', 'x'.repeat(60)]) {
			expect(`${wrong}: ${await ann.outcome(react(wrong))}`).toBe(`${wrong}: reaction_invalid`);
		}
		expect(await ann.outcome(react('x'.repeat(10_000)))).toBe('malformed');
		const first = 0x1f600;
		for (let i = 0; i < 20; i++) await ann.do(react(String.fromCodePoint(first + i)));
		expect(await ann.outcome(react('🎉'))).toBe('reactions_full');
		await ann.do(react(String.fromCodePoint(first), false));
		expect(await ann.outcome(react('👩🏽‍🚀'))).toBe('accepted');
		expect(await ann.outcome(react('🇨🇳'))).toBe('reactions_full');
	});
});

describe('read marks', () => {
	test('are shown to the others of a small room, and not in a large one', async () => {
		const { person, room } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const small = await room(ann, [bob]);
		const crowd: Somebody[] = [];
		for (let i = 0; i < 20; i++) crowd.push(await person(`one_${i}`));
		const large = await room(ann, [bob, ...crowd]);
		for (const at of [small, large]) {
			await ann.do({ kind: 'message.post', room: at, body: 'x' });
			await bob.do({ kind: 'read.mark', room: at, upto: 1_000 });
		}
		const seen = async (at: string) =>
			(await ann.rows(at)).filter((row) => row.kind === 'seen').map((row) => row.id);
		expect(await seen(small)).toEqual([bob.person]);
		expect(await seen(large)).toEqual([]);
	});
});

describe('profiles', () => {
	test('a new name is told wherever the person is known; names that look alike are refused (A17, ABUSE-1)', async () => {
		const { person, room, ...rest } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		await bob.do({ kind: 'friend.ask', person: ann.person });
		await ann.do({ kind: 'profile.edit', name: 'annie', display: ' Ann ', bio: 'hi' });
		const member = (await bob.rows(at)).find(
			(row): row is MemberRow => row.kind === 'member' && row.id === ann.person
		);
		expect(member?.card).toMatchObject({ name: 'annie', display: 'Ann', bio: 'hi', v: 2 });
		expect(contactOf(await bob.rows(bob.person), ann.person)?.card.name).toBe('annie');
		const self = (await ann.rows(ann.person)).find((row) => row.kind === 'self');
		expect(self).toMatchObject({ card: { name: 'annie' } });
		for (const taken of ['bob', 'BOB', 'ｂob', 'bоb']) {
			expect(await ann.outcome({ kind: 'profile.edit', name: taken })).toBe('name_taken');
		}
		for (const wrong of ['b', 'b\u200bo', 'a b', '😀😀', 'x'.repeat(21)]) {
			expect(await ann.outcome({ kind: 'profile.edit', name: wrong })).toBe('name_invalid');
		}
		// Fillers show nothing (ABUSE-6).
		for (const display of ['two\nlines', '\u3164', '\u2800 \u200d']) {
			expect(await ann.outcome({ kind: 'profile.edit', display })).toBe('display_invalid');
		}
		expect(rest.domain).toBeDefined();
	});

	test("a display name is nobody else's user name, nor looks like it (ABUSE-6)", async () => {
		const { ann, bob, person } = await friends();
		for (const display of ['bob', 'BOB', 'bоb', 'b o b', 'b\u200dob', 'b0b']) {
			expect(await ann.outcome({ kind: 'profile.edit', display })).toBe('name_taken');
		}
		const anna = await person('anna');
		expect(await bob.outcome({ kind: 'profile.edit', display: 'ΑΝΝΑ' })).toBe('name_taken');
		// One's own user name, and what others only display, are free.
		for (const display of ['Anna', 'Robert']) {
			expect(await anna.outcome({ kind: 'profile.edit', display })).toBe('accepted');
		}
		expect(await bob.outcome({ kind: 'profile.edit', display: 'Robert' })).toBe('accepted');
		expect(await bob.outcome({ kind: 'profile.edit', name: 'robert' })).toBe('accepted');
	});

	test('Greek capitals do not make a second user of a name (ABUSE-1)', async () => {
		const { ann, domain, person } = await friends();
		await person('anna');
		expect(await ann.outcome({ kind: 'profile.edit', name: 'ΑΝΝΑ' })).toBe('name_taken');
		const made = await domain.register({ name: 'ΑΝΝΑ', email: 'a@b.example', passwordHash: '' });
		expect(made).toMatchObject({ refused: { code: 'name_taken' } });
	});

	test('two rooms of the directory cannot be taken for one another (ABUSE-6)', async () => {
		const { ann } = await friends();
		const make = (name: string) =>
			ann.outcome({ kind: 'room.create', room: newId(), name, description: '' });
		expect(await make('Staff room')).toBe('accepted');
		for (const name of [
			'Stаff room',
			'staff  r00m',
			'STAFF ROOM',
			'Staff roorn',
			'Staff\u3164 room'
		]) {
			expect(await make(name)).toBe('room_name_taken');
		}
	});

	test('a picture is served under a name that nobody can guess, and the older one is gone', async () => {
		const { domain, person } = await littleDomain();
		const ann = await person('ann');
		const set = async (text: string | null) => {
			const image = text === null ? null : Buffer.from(text).toString('base64');
			await ann.do({ kind: 'profile.avatar', image });
			return (await domain.account(ann.person))?.card.avatar;
		};
		const first = await set('picture one');
		expect(first).toMatch(/^\/uploads\/avatars\/[0-9a-f]{32}\.webp$/);
		const second = await set('picture two');
		const nameOf = (path?: string) => path!.split('/').at(-1)!;
		expect(await domain.avatar(nameOf(first))).toBe(null);
		expect(Buffer.from((await domain.avatar(nameOf(second)))!.bytes).toString()).toBe(
			'picture two'
		);
		expect(await set(null)).toBeUndefined();
		const bad: ActDraft = { kind: 'profile.avatar', image: 'AA==' };
		expect(await ann.outcome(bad)).toBe('picture_invalid');
	});
});

describe('the end of an account', () => {
	test('takes name, friends and places away; rooms pass on; what was said stays', async () => {
		const { domain, person, room } = await littleDomain();
		// The last administrator could not go.
		await person('boss');
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		const said = await ann.do({ kind: 'message.post', room: at, body: 'I was here' });
		const direct = directId(ann.person, bob.person);
		await bob.do({ kind: 'friend.ask', person: ann.person });
		await bob.do({ kind: 'direct.open', room: direct, person: ann.person });
		await domain.deleteAccount(ann.person);
		const rows = await bob.rows(at);
		expect(messageIn(rows, said).body).toBe('I was here');
		expect(rows.find((row) => row.kind === 'room')).toMatchObject({ owner: bob.person });
		const member = rows.find((row) => row.kind === 'member' && row.id === ann.person);
		expect(member).toMatchObject({ state: 'out', card: { deleted: true } });
		expect(JSON.stringify(rows)).not.toContain('"ann"');
		expect(await state(bob, ann)).toBe('none');
		expect(await domain.credentials('ann')).toBe(null);
		expect(await domain.credentials('ann@example.org')).toBe(null);
		expect(await bob.outcome({ kind: 'message.post', room: direct, body: 'still there?' })).toBe(
			'person_unavailable'
		);
		// The name is free again.
		expect((await person('ann')).person).not.toBe(ann.person);
	});
});

describe('a room that is deleted', () => {
	test('is gone for everybody, and once it cannot be restored what was said in it is gone from the disk', async () => {
		const { database, query, person, room } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		const message = await bob.do({ kind: 'message.post', room: at, body: 'first form' });
		await bob.do({ kind: 'message.edit', room: at, message, body: 'second form' });
		const kept = await room(ann, [bob]);
		await bob.do({ kind: 'message.post', room: kept, body: 'stays' });
		await ann.do({ kind: 'room.delete', room: at });
		expect(await bob.rows(at)).toEqual([]);
		const place = (await bob.rows(bob.person)).find(
			(row) => row.kind === 'roomMembership' && row.id === at
		);
		expect(place).toMatchObject({ state: 'out', why: 'deleted' });
		const day = 86_400_000;
		const nothing = { isMore: false, rooms: [] };
		expect(await sweepDeletedRooms(database, Date.now() + 29 * day)).toEqual(nothing);
		const found = await query<{ number: number }>('SELECT number FROM room WHERE id = ?', at);
		const swept = await sweepDeletedRooms(database, Date.now() + 31 * day);
		expect(swept).toEqual({ isMore: false, rooms: found.map(({ number }) => number) });
		const bodies = 'SELECT body FROM message UNION ALL SELECT body FROM revision';
		expect(await query(bodies)).toEqual([{ body: 'stays' }]);
	});
});

describe('asking whoever blocked oneself (HTTP-12)', () => {
	test('is answered as always, waits unseen, and is there once the block is lifted', async () => {
		const { person, domain } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		await bob.do({ kind: 'person.block', person: ann.person });
		const before = (await bob.rows(bob.person)).length;
		const frames = bob.frames.length;
		expect(await ann.outcome({ kind: 'friend.ask', person: bob.person })).toBe('accepted');
		expect(await state(ann, bob)).toBe('outgoing');
		// Taken back and asked again, nothing of it is told either.
		await ann.do({ kind: 'friend.cancel', person: bob.person });
		await ann.do({ kind: 'friend.ask', person: bob.person });
		expect([bob.frames.length, (await bob.rows(bob.person)).length]).toEqual([frames, before]);
		expect(await domain.friends(ann.person)).toEqual([]);
		await bob.do({ kind: 'person.unblock', person: ann.person });
		expect(await state(bob, ann)).toBe('incoming');
		await bob.do({ kind: 'friend.accept', person: ann.person });
		expect([await state(ann, bob), await state(bob, ann)]).toEqual(['friend', 'friend']);
	});
});

describe('a room that everybody had left', () => {
	test('belongs to whoever comes first, who may speak in it, muted or not (A8, ABUSE-6)', async () => {
		const { person, room } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		await ann.do({ kind: 'member.mute', room: at, person: bob.person, for: 3_600_000 });
		await bob.do({ kind: 'room.leave', room: at });
		await ann.do({ kind: 'room.leave', room: at });
		await bob.do({ kind: 'room.join', room: at });
		expect(await bob.outcome({ kind: 'message.post', room: at, body: 'mine' })).toBe('accepted');
		expect(
			(await bob.rows(at)).find((row) => row.kind === 'member' && row.id === bob.person)
		).toMatchObject({ role: 'owner' });
		// Who comes back to a room of others is as muted as before.
		const other = await room(ann, [bob]);
		await ann.do({ kind: 'member.mute', room: other, person: bob.person, for: 3_600_000 });
		await bob.do({ kind: 'room.leave', room: other });
		await bob.do({ kind: 'room.join', room: other });
		expect(await bob.outcome({ kind: 'message.post', room: other, body: 'x' })).toBe('muted');
	});
});

describe('the same secret for two invite links (ABUSE-3)', () => {
	test('is refused, and costs nobody else anything', async () => {
		const { person, room, domain } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		const token = 'A'.repeat(22);
		const make = (): ActDraft => ({ kind: 'invite.create', room: at, invite: newId(), token });
		expect(await ann.outcome(make())).toBe('accepted');
		expect(await ann.outcome(make())).toBe('invite_invalid');
		expect(await bob.outcome(make())).toBe('invite_invalid');
		await domain.drained();
	});
});

describe('preferences (ABUSE-7)', () => {
	test('have room, but not without end; what is there can still be changed', async () => {
		const { person } = await littleDomain();
		const ann = await person('ann');
		const set = (key: number, value: string): ActDraft => ({
			kind: 'pref.set',
			key: `level:${String(key).padStart(4, '0')}`,
			value
		});
		let kept = 0;
		while (kept < 200 && (await ann.outcome(set(kept, 'x'.repeat(4_000)))) === 'accepted') kept++;
		expect(kept).toBeLessThan(100);
		expect(await ann.outcome(set(0, 'short'))).toBe('accepted');
		expect(await ann.outcome(set(5_000, 'short'))).toBe('accepted');
	});
});

describe('what a fresh pair of eyes found', () => {
	test("words that were passed on are nobody's to change (A12)", async () => {
		const { person, room } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		const said = await ann.do({ kind: 'message.post', room: at, body: 'I stay' });
		const passed = await bob.do({ kind: 'message.post', room: at, body: 'x', forward: said });
		const forged: ActDraft = { kind: 'message.edit', room: at, message: passed, body: 'I resign' };
		expect(await bob.outcome(forged)).toBe('not_allowed');
		expect(messageIn(await ann.rows(at), passed).body).toBe('I stay');
	});

	test('across a block nothing is pinned, and nobody is told what is read', async () => {
		const { person } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = directId(ann.person, bob.person);
		await ann.do({ kind: 'direct.open', room: at, person: bob.person });
		const message = await ann.do({ kind: 'message.post', room: at, body: 'x' });
		await bob.do({ kind: 'person.block', person: ann.person });
		expect(await ann.outcome({ kind: 'message.pin', room: at, message, on: true })).toBe(
			'person_unavailable'
		);
		await bob.do({ kind: 'read.mark', room: at, upto: 1_000 });
		expect((await ann.rows(at)).filter((row) => row.kind === 'seen')).toEqual([]);
	});

	test('whoever owns a room can speak in it; who is muted changes nothing that others see (A15)', async () => {
		const { person, room } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann, [bob]);
		await ann.do({ kind: 'member.role', room: at, person: bob.person, role: 'admin' });
		const message = await ann.do({ kind: 'message.post', room: at, body: 'x' });
		await ann.do({ kind: 'member.mute', room: at, person: bob.person, for: 60_000 });
		const rename: ActDraft = { kind: 'room.edit', room: at, name: 'mine now' };
		expect(await bob.outcome(rename)).toBe('muted');
		expect(await bob.outcome({ kind: 'message.pin', room: at, message, on: true })).toBe('muted');
		await ann.do({ kind: 'room.hand-over', room: at, person: bob.person });
		expect(await bob.outcome(rename)).toBe('accepted');
		expect(await bob.outcome({ kind: 'message.post', room: at, body: 'here' })).toBe('accepted');
	});

	test('whoever comes in owes nobody a reading of what was said before', async () => {
		const { domain, person, room } = await littleDomain();
		const [ann, bob] = [await person('ann'), await person('bob')];
		const at = await room(ann);
		await ann.do({ kind: 'message.post', room: at, body: 'long ago' });
		await bob.do({ kind: 'room.join', room: at });
		const unread = async () => {
			const { pages } = await domain.pull(bob, { streams: [{ id: at, cursor: null }] });
			return (pages[0] as { unread: number }).unread;
		};
		expect(await unread()).toBe(0);
		await ann.do({ kind: 'message.post', room: at, body: 'now' });
		expect(await unread()).toBe(1);
	});

	test('a room that is given what it has already changes nothing (A10)', async () => {
		const { person, room } = await littleDomain();
		const ann = await person('ann');
		const at = await room(ann);
		await ann.do({ kind: 'room.edit', room: at, name: 'Attic', description: 'up' });
		const before = ann.frames.length;
		await ann.do({ kind: 'room.edit', room: at, name: ' Attic ', description: 'up' });
		expect(ann.frames.length).toBe(before);
	});
});
