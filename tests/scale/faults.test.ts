/** Redis goes away, or the database, or a node: everybody is in step again (NET-10). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, type Ear, type Program } from '../support/compat.ts';
import { startNodes, type TestNode, type TestNodes } from '../support/nodes.ts';
import {
	ask,
	generalOf,
	newId,
	post,
	register,
	type Person,
	type TestLink
} from '../support/person.ts';

/** ms within which others are to hear of it while Redis is away, and 1 s for a busy machine. */
const IN_STEP = 4_000;

let all: TestNodes;
let [a, b] = [] as unknown as [TestNode, TestNode];
let anna: Person;
let ben: Person;
let bot: Program;
let general: string;
let [here, there] = [] as unknown as [TestLink, TestLink];
let ear: Ear;
beforeAll(async () => {
	all = await startNodes(2);
	[a, b] = all.nodes as [TestNode, TestNode];
	anna = await register(a, 'anna');
	ben = await register(b, 'ben');
	bot = await program(b, 'bot');
	[here, there] = [await anna.link(), await ben.link()];
	general = await generalOf(here);
	ear = await bot.connect();
	await ear.ask('join_room', { room_id: 1 });
});
afterAll(() => all.stop());

const heard = (link: TestLink, body: string) =>
	link.frames.filter(({ rows }) => rows.some((row) => row.kind === 'message' && row.body === body))
		.length;

async function say(link: TestLink, body: string, room = general): Promise<void> {
	const { results } = await link.request('acts', { acts: [post(room, body)] });
	expect(results[0]!.status).toBe('accepted');
}

/** What node a says reaches device and program on node b in time, each once. */
async function expectInStep(body: string): Promise<void> {
	await say(here, body);
	await there.until(() => heard(there, body) > 0, IN_STEP);
	await ear.hear('new_message', (sent) => sent.content === body, IN_STEP);
	await ear.settled();
	expect(heard(there, body)).toBe(1);
	expect(ear.of('new_message').filter((sent) => sent.content === body)).toHaveLength(1);
}

/** Resolves when the node says so of its Redis. */
async function untilRedis(node: TestNode, state: 'there' | 'away'): Promise<void> {
	for (;;) {
		const { body } = await ask(node, '/api/ready');
		if ((body as { redis?: string }).redis === state) return;
	}
}

test('cut from Redis, both are in step within seconds, and at once when it is back', async () => {
	await Promise.all([a, b].map((node) => node.toRedis.refuse()));
	await Promise.all([a, b].map((node) => untilRedis(node, 'away')));
	await expectInStep('without Redis');
	await Promise.all([a, b].map((node) => node.toRedis.restore()));
	await Promise.all([a, b].map((node) => untilRedis(node, 'there')));
	await expectInStep('with Redis');
});

test('Redis that says nothing is as good as none', async () => {
	all.redis.signal('SIGSTOP');
	await expectInStep('while it sleeps');
	all.redis.signal('SIGCONT');
	await Promise.all([a, b].map((node) => untilRedis(node, 'there')));
	await expectInStep('awake again');
});

test('Redis that was started anew is found', async () => {
	await all.redis.stop();
	await Promise.all([a, b].map((node) => untilRedis(node, 'away')));
	await expectInStep('while it is gone');
	await all.redis.start();
	await Promise.all([a, b].map((node) => untilRedis(node, 'there')));
	await expectInStep('a new one');
});

test('a node that cannot reach the database is in step when it can', async () => {
	await b.toPostgres.refuse();
	const body = 'said meanwhile';
	await say(here, body);
	await b.toPostgres.restore();
	await there.until(() => heard(there, body) > 0, IN_STEP);
	await ear.hear('new_message', (sent) => sent.content === body, IN_STEP);
	await expectInStep('afterwards');
});

test('a node that stood still is in step when it goes on, and tells nobody who is out', async () => {
	const room = newId();
	const at = Date.now();
	const made = await here.request('acts', {
		acts: [{ kind: 'room.create', id: newId(), at, room, name: 'frozen', description: '' }]
	});
	expect(made.results[0]!.status).toBe('accepted');
	await there.request('acts', { acts: [{ kind: 'room.join', id: newId(), at, room }] });
	await say(here, 'all are here', room);
	await there.until(() => heard(there, 'all are here') > 0);
	b.signal('SIGSTOP');
	await say(here, 'before the removal', room);
	const removed = await here.request('acts', {
		acts: [{ kind: 'member.remove', id: newId(), at, room, person: ben.id }]
	});
	expect(removed.results[0]!.status).toBe('accepted');
	await say(here, 'after the removal', room);
	b.signal('SIGCONT');
	await expectInStep('it goes on');
	expect(heard(there, 'after the removal')).toBe(0);
	expect(heard(there, 'before the removal')).toBe(0);
});

test('a node starts while Redis is away, is in step, and closes in order', async () => {
	await all.redis.stop();
	const late = await all.add();
	const link = await all.at(late, ben).link();
	await link.request('heads', {});
	await say(here, 'to one that came late');
	await link.until(() => heard(link, 'to one that came late') > 0, IN_STEP);
	expect(await late.end('SIGTERM')).toBe(0);
	await all.redis.start();
	await Promise.all([a, b].map((node) => untilRedis(node, 'there')));
	await expectInStep('and all goes on');
});
