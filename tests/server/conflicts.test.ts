/**
 * What comes of an act that was done offline on A when something else had happened on B: the table of
 * docs/protocol.md, "Conflicts", row by row, against the real rules and tables.
 */
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

/** Ann owns the room; Bob is a member and wrote the message. */
interface Scene extends Omit<LittleDomain, 'room'> {
	ann: Somebody;
	bob: Somebody;
	cat: Somebody;
	room: string;
	message: string;
}

async function scene(): Promise<Scene> {
	const world = await littleDomain();
	const [ann, bob, cat] = [
		await world.person('ann'),
		await world.person('bob'),
		await world.person('cat')
	];
	const room = await world.room(ann, [bob, cat]);
	const message = await bob.do({ kind: 'message.post', room, body: 'as it was' });
	return { ...world, ann, bob, cat, room, message };
}

type Doer = 'ann' | 'bob' | 'cat';
type Make = (scene: Scene) => ActDraft;

const edit =
	(body: string): Make =>
	({ room, message }) => ({
		kind: 'message.edit',
		room,
		message,
		body
	});
const recall: Make = ({ room, message }) => ({ kind: 'message.recall', room, message });
const react =
	(on = true): Make =>
	({ room, message }) => ({
		kind: 'message.react',
		room,
		message,
		emoji: '👍',
		on
	});
const pin =
	(on = true): Make =>
	({ room, message }) => ({ kind: 'message.pin', room, message, on });
const post: Make = ({ room }) => ({ kind: 'message.post', room, body: 'late' });
const remove: Make = ({ room, bob }) => ({ kind: 'member.remove', room, person: bob.person });
const ban: Make = ({ room, bob }) => ({
	kind: 'member.remove',
	room,
	person: bob.person,
	ban: true
});
const mute: Make = ({ room, bob }) => ({
	kind: 'member.mute',
	room,
	person: bob.person,
	for: 60_000
});
const deleteRoom: Make = ({ room }) => ({ kind: 'room.delete', room });
const about =
	(kind: 'friend.ask' | 'friend.cancel' | 'person.block', who: Doer): Make =>
	(all) => ({
		kind,
		person: all[who].person
	});
const forward: Make = ({ room, message }) => ({
	kind: 'message.post',
	room,
	body: 'as it was',
	forward: message
});

/** [on A offline, by whom] [meanwhile on B, by whom] -> what comes of A's act, and what stands */
const TABLE: [
	what: string,
	late: [Doer, Make],
	first: [Doer, Make],
	outcome: string,
	stands?: (scene: Scene) => Promise<void>
][] = [
	['edit, recalled', ['bob', edit('new')], ['bob', recall], 'message_deleted'],
	[
		'edit, edited',
		['bob', edit('last to arrive')],
		['bob', edit('first to arrive')],
		'accepted',
		async ({ cat, room, message }) =>
			expect(messageIn(await cat.rows(room), message).body).toBe('last to arrive')
	],
	[
		'recall, edited',
		['bob', recall],
		['bob', edit('new')],
		'accepted',
		async ({ cat, room, message }) =>
			expect(messageIn(await cat.rows(room), message)).toMatchObject({ body: '', deleted: true })
	],
	['recall, recalled', ['bob', recall], ['ann', recall], 'accepted'],
	[
		'reaction, recalled',
		['cat', react()],
		['bob', recall],
		'accepted',
		async ({ cat, room, message }) =>
			expect(messageIn(await cat.rows(room), message)).not.toHaveProperty('reactions')
	],
	[
		'reaction, the same from another device',
		['cat', react()],
		['cat', react()],
		'accepted',
		async ({ bob, room, message }) => {
			const { reactions } = messageIn(await bob.rows(room), message);
			expect(reactions?.[0]?.[1]).toHaveLength(1);
		}
	],
	['reaction taken back, never there', ['cat', react(false)], ['bob', edit('new')], 'accepted'],
	['pin, recalled', ['ann', pin()], ['bob', recall], 'message_deleted'],
	['unpin, recalled', ['ann', pin(false)], ['bob', recall], 'accepted'],
	['forward, recalled', ['cat', forward], ['bob', recall], 'message_deleted'],
	[
		'forward, edited',
		['cat', forward],
		['bob', edit('as it is now')],
		'accepted',
		async ({ ann, room, bob }) => {
			const last = (await ann.rows(room)).findLast((row) => row.kind === 'message');
			expect(last).toMatchObject({ body: 'as it is now', forward: { author: bob.person } });
		}
	],
	['send, removed', ['bob', post], ['ann', remove], 'not_a_member'],
	['edit, removed', ['bob', edit('new')], ['ann', remove], 'not_a_member'],
	['reaction, removed', ['bob', react()], ['ann', remove], 'not_a_member'],
	['send, muted', ['bob', post], ['ann', mute], 'muted'],
	['edit, muted', ['bob', edit('new')], ['ann', mute], 'muted'],
	['recall, muted', ['bob', recall], ['ann', mute], 'accepted'],
	['send, room deleted', ['bob', post], ['ann', deleteRoom], 'room_deleted'],
	['join, banned', ['bob', ({ room }) => ({ kind: 'room.join', room })], ['ann', ban], 'banned'],
	[
		'join, made private',
		['bob', ({ room }) => ({ kind: 'room.join', room })],
		['ann', ({ room }) => ({ kind: 'room.edit', room, password: 'p', expel: true })],
		'room_password_missing'
	],
	[
		'promote somebody, who was removed',
		['ann', ({ room, bob }) => ({ kind: 'member.role', room, person: bob.person, role: 'admin' })],
		['bob', ({ room }) => ({ kind: 'room.leave', room })],
		'no_such_person'
	],
	[
		'ask to be friends, asked by the other one',
		['ann', about('friend.ask', 'bob')],
		['bob', about('friend.ask', 'ann')],
		'accepted',
		async ({ ann, bob }) => {
			for (const [one, other] of [
				[ann, bob],
				[bob, ann]
			] as const) {
				const row = (await one.rows(one.person)).find((row) => row.kind === 'contact');
				expect(row).toMatchObject({ id: other.person, state: 'friend' });
			}
		}
	],
	[
		'ask to be friends, blocked by the other one: the request waits unseen (HTTP-12)',
		['ann', about('friend.ask', 'bob')],
		['bob', about('person.block', 'ann')],
		'accepted'
	],
	[
		'send directly, blocked by the other one',
		['ann', ({ ann, bob }) => direct(ann, bob)],
		['bob', about('person.block', 'ann')],
		'person_unavailable'
	],
	[
		'send directly, having blocked the other one elsewhere',
		['ann', ({ ann, bob }) => direct(ann, bob)],
		['ann', about('person.block', 'bob')],
		'person_unavailable'
	]
];

const direct = (from: Somebody, to: Somebody): ActDraft => ({
	kind: 'message.post',
	room: directId(from.person, to.person),
	body: 'hello you'
});

describe('an act that was offline, and what happened meanwhile', () => {
	test.each(TABLE)('%s', async (_what, [late, makeLate], [first, makeFirst], outcome, stands) => {
		const all = await scene();
		const { ann, bob } = all;
		await ann.do({
			kind: 'direct.open',
			room: directId(ann.person, bob.person),
			person: bob.person
		});
		const act = makeLate(all);
		await all[first].do(makeFirst(all));
		expect(await all[late].outcome(act)).toBe(outcome);
		await stands?.(all);
	});

	test('a request taken back after it was accepted: the friendship stands', async () => {
		const { ann, bob } = await scene();
		await ann.do({ kind: 'friend.ask', person: bob.person });
		await bob.do({ kind: 'friend.accept', person: ann.person });
		expect(await ann.outcome({ kind: 'friend.cancel', person: bob.person })).toBe(
			'no_such_request'
		);
	});

	test('accepted after it was taken back: there is nothing to accept', async () => {
		const { ann, bob } = await scene();
		await ann.do({ kind: 'friend.ask', person: bob.person });
		await ann.do({ kind: 'friend.cancel', person: bob.person });
		expect(await bob.outcome({ kind: 'friend.accept', person: ann.person })).toBe(
			'no_such_request'
		);
	});

	test('both begin one conversation, and what both wrote is in it', async () => {
		const { ann, bob } = await scene();
		const room = directId(ann.person, bob.person);
		expect(room).toBe(directId(bob.person, ann.person));
		await bob.do({ kind: 'direct.open', room, person: ann.person });
		await ann.do({ kind: 'direct.open', room, person: bob.person });
		await ann.do({ kind: 'message.post', room, body: 'from ann' });
		await bob.do({ kind: 'message.post', room, body: 'from bob' });
		const said = (await ann.rows(room)).flatMap((row) => (row.kind === 'message' ? row.body : []));
		expect(said).toEqual(['from ann', 'from bob']);
	});

	test('two devices wrote a draft: both texts are there, and the one that saw both decides (A18)', async () => {
		const { ann, room } = await scene();
		const save = (body: string, base: number) => ann.do({ kind: 'draft.save', room, body, base });
		const row = async () => (await ann.rows(ann.person)).find((one) => one.kind === 'draft')!;
		await save('on the phone', 0);
		await save('on the desk', 0);
		expect(await row()).toMatchObject({ body: 'on the desk', other: 'on the phone' });
		// A third device that knows neither adds to what is kept, and takes nothing away.
		await save('on the train', 0);
		const kept = await row();
		expect(kept).toMatchObject({ body: 'on the train', other: 'on the phone\n\non the desk' });
		// Sending on a device that did not see the newer text clears nothing of it.
		await save('', 1);
		expect(await row()).toEqual(kept);
		await save('all of it', kept.rev);
		expect(await row()).not.toHaveProperty('other');
	});

	test('an act is repeated: it has one effect, whatever its kind (promise 2)', async () => {
		const { domain, ann, bob, room, message } = await scene();
		const drafts: ActDraft[] = [
			{ kind: 'message.react', room, message, emoji: '🎉', on: true },
			{ kind: 'message.pin', room, message, on: true },
			{ kind: 'friend.ask', person: bob.person },
			{ kind: 'member.mute', room, person: bob.person, for: 1_000 },
			{ kind: 'profile.edit', display: 'Ann' },
			{ kind: 'draft.save', room, body: 'x', base: 0 },
			{ kind: 'invite.create', room, invite: newId(), token: 'a'.repeat(22), uses: 1 }
		];
		for (const draft of drafts) {
			const act = { id: newId(), at: 1, ...draft };
			const [first] = await domain.acts(ann, [act]);
			const [again] = await domain.acts(ann, [act]);
			expect(first).toMatchObject({ status: 'accepted' });
			const { rows: _rows, ...same } = first as typeof first & { rows: unknown };
			expect(again).toMatchObject(same);
		}
	});
});
