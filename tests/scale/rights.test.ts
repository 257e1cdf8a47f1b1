/** Who may not be told any more is not told anywhere, before whoever saw to that is answered (promises 11 and 13). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, type Program } from '../support/compat.ts';
import { startNodes, type TestNode, type TestNodes } from '../support/nodes.ts';
import {
	ask,
	cookieOf,
	newId,
	PASSWORD,
	register,
	type Person,
	type TestLink
} from '../support/person.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';

/** ms within which everything counts whatever is away (promise 13), and 1 s for a busy machine. */
const AT_LAST = 6_000;

let all: TestNodes;
let [a, b] = [] as unknown as [TestNode, TestNode];
let anna: Person;
let here: TestLink;
beforeAll(async () => {
	all = await startNodes(2);
	[a, b] = all.nodes as [TestNode, TestNode];
	anna = await register(a, 'anna');
	here = await anna.link();
});
afterAll(() => all.stop());

async function act(link: TestLink, draft: ActDraft): Promise<void> {
	const { results } = await link.request('acts', {
		acts: [{ ...draft, id: newId(), at: Date.now() }]
	});
	expect(results).toMatchObject([{ status: 'accepted' }]);
}

/** A room of anna's in which somebody of node b is, with a socket there. */
async function roomWith(person: Person): Promise<{ room: string; link: TestLink }> {
	const room = newId();
	await act(here, { kind: 'room.create', room, name: `with_${person.name}`, description: '' });
	const link = await person.link();
	await act(link, { kind: 'room.join', room });
	return { room, link };
}

const heardIn = (link: TestLink, room: string) =>
	link.frames
		.filter(({ stream }) => stream === room)
		.flatMap(({ rows }) =>
			rows.flatMap((row) => (row.kind === 'message' && !row.system ? row.body : []))
		);

test.each(['removal', 'ban'] as const)(
	'a %s by one node counts on the other before it is acknowledged',
	async (how) => {
		const ben = await register(b, `ben_${how}`);
		const { room, link } = await roomWith(ben);
		await act(here, { kind: 'message.post', room, body: 'while he is in' });
		await link.until(() => heardIn(link, room).length === 1);
		await act(here, { kind: 'member.remove', room, person: ben.id, ban: how === 'ban' });
		const known = link.frames.length;
		// Said by node b itself, which has to know by now.
		const other = await all.at(b, anna).link();
		await act(other, { kind: 'message.post', room, body: 'when he is out' });
		await act(here, { kind: 'message.post', room, body: 'said elsewhere' });
		// Others of this node have heard it: whoever was to hear it has.
		await other.until(() => heardIn(other, room).includes('said elsewhere'));
		await link.request('heads', {});
		expect(heardIn(link, room)).toEqual(['while he is in']);
		expect(link.frames.slice(known).filter(({ stream }) => stream === room)).toEqual([]);
		other.close();
		link.close();
	}
);

test('a removal is acknowledged when the other node has seen to it; what follows does not wait', async () => {
	const ben = await register(b, 'ben_held');
	const { room, link } = await roomWith(ben);
	const other = await anna.link();
	const witness = await all.at(b, anna).link();
	for (const one of [other, witness]) await one.request('heads', {});
	b.signal('SIGSTOP');
	let isAnswered = false;
	const removed = act(here, { kind: 'member.remove', room, person: ben.id }).then(() => {
		isAnswered = true;
	});
	// It is committed, and told here.
	await here.until(() =>
		here.frames.some(
			({ stream, rows }) =>
				stream === room &&
				rows.some((row) => row.kind === 'member' && row.id === ben.id && row.state === 'out')
		)
	);
	await act(other, { kind: 'message.post', room, body: 'said meanwhile' });
	const wasAnswered = isAnswered;
	b.signal('SIGCONT');
	expect(wasAnswered).toBe(false);
	await removed;
	await witness.until(() => heardIn(witness, room).includes('said meanwhile'));
	await link.request('heads', {});
	expect(heardIn(link, room)).toEqual([]);
	witness.close();
	other.close();
	link.close();
});

test('a program on the other node hears nothing of a room from which its person was removed', async () => {
	const bot = await program(b, 'bot');
	const room = newId();
	await act(here, { kind: 'room.create', room, name: 'programs', description: '' });
	const { public_rooms: rooms } = await bot.get('/api/rooms/');
	const { id } = rooms.find((one: { name: string }) => one.name === 'programs');
	const ear = await bot.connect();
	await ear.ask('join_room', { room_id: id });
	const witness = await all.at(b, anna).link();
	await act(here, { kind: 'message.post', room, body: 'both are in' });
	await ear.hear('new_message', (sent) => sent.content === 'both are in');
	const person = await memberNamed(room, bot);
	await act(here, { kind: 'member.remove', room, person });
	await act(here, { kind: 'message.post', room, body: 'one is out' });
	await ear.hear('left_room', (sent) => sent.room_id === id);
	await witness.until(() => heardIn(witness, room).includes('one is out'));
	await ear.settled();
	expect(ear.of('new_message').map((sent) => sent.content)).toEqual(['both are in']);
	witness.close();
	ear.close();
});

/** The id of the member of a room who has this name. */
async function memberNamed(room: string, { name }: Program): Promise<string> {
	const found = () =>
		here.frames
			.filter(({ stream }) => stream === room)
			.flatMap(({ rows }) => rows)
			.find((row) => row.kind === 'member' && row.card.name === name);
	await here.until(() => found() !== undefined);
	return found()!.id;
}

test('a session that is ended by one node has no socket on the other', async () => {
	const ben = await register(b, 'ben_ended');
	const link = await ben.link();
	await link.request('heads', {});
	const listed = await all.at(a, ben).ask('/api/account/sessions');
	const { sessions } = listed.body as { sessions: { id: string; current: boolean }[] };
	const own = sessions.find(({ current }) => current)!;
	const signedIn = await ask(a, '/api/account/sign-in', {
		body: { name: 'ben_ended', password: PASSWORD, remember: false }
	});
	const again = { ...ben, cookie: cookieOf(signedIn) };
	const ended = await all.at(a, again).ask(`/api/account/sessions/${own.id}`, { method: 'DELETE' });
	expect(ended.status).toBe(200);
	// What was said before the answer is there before anything that is asked after it.
	await link.until(() => link.disconnectReasons.length > 0, 500);
	expect(link.disconnectReasons).toMatchObject([{ refused: { code: 'session_ended' } }]);
});

test('an account that is disabled by one node is out on the other', async () => {
	const ben = await register(b, 'ben_disabled');
	const link = await ben.link();
	await link.request('heads', {});
	const done = await anna.ask(`/api/admin/people/${ben.id}/disabled`, { body: { on: true } });
	expect(done.status).toBe(200);
	await link.until(() => link.disconnectReasons.length > 0, 500);
});

test('while Redis is away, who was removed is told nothing, and whose session ended is out in time', async () => {
	const ben = await register(b, 'ben_away');
	const { room, link } = await roomWith(ben);
	await act(here, { kind: 'message.post', room, body: 'while he is in' });
	await link.until(() => heardIn(link, room).length === 1);
	await Promise.all([a, b].map((node) => node.toRedis.refuse()));
	await act(here, { kind: 'member.remove', room, person: ben.id });
	await act(here, { kind: 'message.post', room, body: 'said by a' });
	const other = await all.at(b, anna).link();
	await act(other, { kind: 'message.post', room, body: 'said by b' });
	await other.until(() => heardIn(other, room).includes('said by b'), AT_LAST);
	await link.request('heads', {});
	expect(heardIn(link, room)).toEqual(['while he is in']);
	await all.at(a, ben).ask('/api/account/sign-out', { method: 'POST', body: {} });
	await link.until(() => link.disconnectReasons.length > 0, AT_LAST);
	await Promise.all([a, b].map((node) => node.toRedis.restore()));
	other.close();
});
