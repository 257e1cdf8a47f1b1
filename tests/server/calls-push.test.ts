/** Calls on devices that have no page open, and for programs that know nothing of calls. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoFriends, type Phone } from '../support/call.ts';
import { isDirectId } from '../../src/lib/protocol/ids.ts';
import { program } from '../support/compat.ts';
import { startPushService, subscriber, type PushService } from '../support/push-service.ts';
import { startServer, type TestServer } from '../support/server.ts';

let service: PushService;
let server: TestServer;
let ann: Phone;
let bob: Phone;
let room: string;
beforeAll(async () => {
	service = await startPushService();
	server = await startServer({ PUSH_HOSTS: service.host });
	const people = await twoFriends(server);
	({ ann, bob, room } = people);
	people.desk.link.close();
});
afterAll(async () => {
	for (const phone of [ann, bob]) phone.link.close();
	await server.stop();
	await service.stop();
});

test('V9 rings by push where no page is open, until its time, and is told to be over once', async () => {
	const browser = subscriber();
	const endpoint = `http://${service.host}/push/bob`;
	const body = { endpoint, keys: browser.keys };
	await bob.person.ask('/api/push/subscription', { method: 'PUT', body });
	// With a page open, it rings there.
	const first = await ann.start(room);
	await bob.until(() => bob.rings.some(({ call }) => call === first));
	await ann.ask({ do: 'leave', call: first });
	await bob.until(() => bob.unrings.some(({ call }) => call === first));
	bob.link.close();
	await bob.link.closed;
	const call = await ann.start(room, true);
	await service.until(1);
	const [{ headers, body: sent }] = service.received as [PushService['received'][0]];
	expect(headers).toMatchObject({ urgency: 'high', ttl: '45' });
	expect(headers.topic).toMatch(/^call-[\w-]{27}$/);
	const note = browser.open(sent);
	expect(note).toMatchObject({ room, id: call, author: 'ann', count: 1 });
	expect(note.call).toMatchObject({ id: call, video: true });
	expect(note.call!.until).toBeGreaterThan(Date.now());
	await ann.ask({ do: 'leave', call });
	await service.until(2);
	const over = service.received[1]!;
	expect(over.headers).toMatchObject({ urgency: 'normal', topic: headers.topic });
	expect(browser.open(over.body)).toMatchObject({ changed: true, call: { over: 'cancelled' } });
	expect(service.received).toHaveLength(2);
});

test('a program is shown a call as a system message with a text', async () => {
	const bot = await program(server);
	const { heads } = await ann.link.request('heads', {});
	const isRoom = ([id, [, , kind]]: [string, [number, string, string]]) =>
		kind === 'room' && !isDirectId(id);
	const [general] = Object.entries(heads).find(isRoom)!;
	const { rooms } = await bot.get('/api/rooms/');
	const { id: number } = rooms.find((one: { name: string }) => one.name === 'general');
	const call = await ann.start(general);
	await ann.ask({ do: 'leave', call });
	await ann.logged(call, 'done');
	const said = await bot.get(`/api/rooms/${number}/messages`);
	expect(said).toMatchObject({ total: 1, messages: [{ message_type: 'system', content: 'Call' }] });
});
