/** Who is online, who types, who has had enough tries, and who is pushed: the same on all nodes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../support/compat.ts';
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
import {
	startPushService,
	subscriber,
	type PushService,
	type Subscriber
} from '../support/push-service.ts';

/** ms after which a node that was killed is given up at the latest, and some for a busy machine. */
const LEASE = 25_000;

let all: TestNodes;
let [a, b, c] = [] as unknown as [TestNode, TestNode, TestNode];
let anna: Person;
let ben: Person;
let general: string;
let here: TestLink;
let service: PushService;
beforeAll(async () => {
	service = await startPushService();
	all = await startNodes(3, { RATE_LIMITS: 'on', PUSH_HOSTS: service.host });
	[a, b, c] = all.nodes as [TestNode, TestNode, TestNode];
	anna = await register(a, 'anna');
	ben = await register(b, 'ben');
	here = await anna.link();
	general = await generalOf(here);
	here.socket.emit('watch', { room: general });
	await here.until(() => here.presence.length > 0);
});
afterAll(async () => {
	await all.stop();
	await service.stop();
});

/** Whether a device knows somebody to be online, by all it was told. */
function isOnline({ presence }: TestLink, { id }: Person): boolean {
	let online = false;
	for (const { full, on, off } of presence) {
		if (full || off.includes(id)) online = false;
		if (on.includes(id)) online = true;
	}
	return online;
}

test('whoever comes and goes by one node is seen to by another', async () => {
	const link = await ben.link();
	await here.until(() => isOnline(here, ben));
	const late = await all.at(c, anna).link();
	late.socket.emit('watch', { room: general });
	await late.until(() => isOnline(late, ben));
	// With a page on two nodes somebody is there until both are gone.
	const other = await all.at(c, ben).link();
	await other.request('heads', {});
	const bot = await program(a, 'bot');
	const ear = await bot.connect();
	await ear.ask('join_room', { room_id: 1 });
	link.close();
	const cami = await register(b, 'cami');
	const third = await cami.link();
	await here.until(() => isOnline(here, cami));
	expect(isOnline(here, ben)).toBe(true);
	other.close();
	await here.until(() => !isOnline(here, ben));
	await ear.hear('user_offline', (sent) => sent.username === 'ben');
	third.close();
	late.close();
	ear.close();
});

test('who types by one node is told by another', async () => {
	const link = await ben.link();
	await link.request('heads', {});
	link.socket.emit('typing', { room: general, on: true });
	await here.until(() => here.typing.some(({ people }) => people.includes(ben.id)));
	link.socket.emit('typing', { room: general, on: false });
	await here.until(() => here.typing.at(-1)?.people.length === 0);
	link.close();
	await here.until(() => !isOnline(here, ben));
});

test('a message is pushed once, and not to whom has a page open by another node', async () => {
	const room = newId();
	const at = Date.now();
	const password = 'p';
	await here.request('acts', {
		acts: [{ kind: 'room.create', id: newId(), at, room, name: 'us', description: '', password }]
	});
	const browsers = new Map<string, Subscriber>();
	async function comeIn(name: string): Promise<Person> {
		const person = await register(b, name);
		const browser = subscriber();
		const endpoint = `http://${service.host}/push/${name}`;
		const body = { endpoint, keys: browser.keys };
		await person.ask('/api/push/subscription', { method: 'PUT', body });
		await all.at(c, person).sync('acts', {
			acts: [{ kind: 'room.join', id: newId(), at, room, password }]
		});
		browsers.set(`/push/${name}`, browser);
		return person;
	}
	const [eva] = [await comeIn('eva'), await comeIn('finn')];
	const link = await eva.link();
	await here.until(() => isOnline(here, eva));
	await here.request('acts', { acts: [post(room, 'she reads it')] });
	// By the time that Finn's has come, it is decided that she gets none.
	await service.until(1);
	link.close();
	await here.until(() => !isOnline(here, eva));
	await here.request('acts', { acts: [post(room, 'she is gone')] });
	await service.until(3);
	const told = service.received.map(({ path, body }) => [
		path,
		browsers.get(path)!.open(body).text
	]);
	expect(told.sort()).toEqual([
		['/push/eva', 'she is gone'],
		['/push/finn', 'she is gone'],
		['/push/finn', 'she reads it']
	]);
});

test('tries at one node count at another, and at each while Redis is away', async () => {
	const tryAt = (node: TestNode, name: string) =>
		ask(node, '/api/account/sign-in', { body: { name, password: 'wrong one', remember: false } });
	const outcomes: (string | undefined)[] = [];
	for (let i = 0; i < 12; i++) {
		outcomes.push((await tryAt(i % 2 === 0 ? a : b, 'anna')).refused?.code);
	}
	expect(outcomes.slice(0, 10)).not.toContain('too_many');
	expect(outcomes.slice(10)).toEqual(['too_many', 'too_many']);
	await all.redis.stop();
	const alone: (string | undefined)[] = [];
	for (let i = 0; i < 11; i++) alone.push((await tryAt(a, 'ben')).refused?.code);
	expect(alone.filter((code) => code === 'too_many')).toHaveLength(1);
	await all.redis.start();
});

test('the people of a node that was killed are gone when its lease has ended', async () => {
	const doomed = await b.again();
	const dora = await register(doomed, 'dora');
	const link = await dora.link();
	await link.request('acts', { acts: [post(general, 'hello')] });
	await here.until(() => isOnline(here, dora));
	await doomed.end('SIGKILL');
	await here.until(() => !isOnline(here, dora), LEASE);
});
