/**
 * Events of the compatible API while its database is slow or fails: they are made in turns, one after the other, and
 * nothing is lost (docs/decisions/0016-store-ports.md).
 */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { directId } from '../../src/lib/protocol/ids.ts';
import { connect, drop, program, unique, type Ear, type Program } from '../support/compat.ts';
import { newId, post, register } from '../support/person.ts';
import { startProxy } from '../support/proxy.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { failOnce, hold, tap, untap } from '../support/store-tap.ts';

vi.mock('../../server/store/sql/compat-store.ts', async (load) => {
	const { tapStore } = await import('../support/store-tap.ts');
	return tapStore(await load());
});
// A turn is held for as long as a test takes to say what happens meanwhile, which may be more than it is given.
vi.mock('../../server/clock.ts', async (load) => {
	const { patient } = await import('../support/patient-clock.ts');
	return patient(await load());
});

let server: TestServer;
let alice: Program;
let bob: Program;
beforeAll(async () => {
	server = await startServer({ GUESTS: 'on' });
	alice = await program(server, 'alice');
	bob = await program(server, 'bob');
});
afterAll(() => server.stop());
afterEach(untap);

async function together() {
	const name = unique('room');
	const { id: room } = await alice.room(name);
	const [a, b] = [await alice.connect(), await bob.connect()];
	for (const ear of [a, b]) await ear.ask('join_room', { room_id: room });
	return { name, room: room as number, a, b };
}

const said = (ear: Ear): string[] => ear.of('new_message').map((one) => one.content as string);

test('a read that fails cuts the sockets, and they come back to what they missed, once', async () => {
	const { room, a, b } = await together();
	failOnce('facts');
	await alice.post('/api/messages/', { room_id: room, content: 'not told' });
	await Promise.all([a.closed, b.closed]);
	const back = await bob.connect();
	await back.hear('new_message');
	await alice.post('/api/messages/', { room_id: room, content: 'live' });
	await back.hear('new_message', (one) => one.content === 'live');
	expect(said(back)).toEqual(['not told', 'live']);
	back.close();
});

test('what could not be told does not count as told with what comes after it', async () => {
	const { room, a, b } = await together();
	failOnce('facts');
	await alice.post('/api/messages/', { room_id: room, content: 'not told' });
	await Promise.all([a.closed, b.closed]);
	const { id: other } = await alice.room(unique('room'));
	const elsewhere = await alice.connect();
	await elsewhere.ask('join_room', { room_id: other });
	await alice.post('/api/messages/', { room_id: other, content: 'told' });
	await elsewhere.hear('new_message', (one) => one.content === 'told');
	const back = await bob.connect();
	await alice.post('/api/messages/', { room_id: room, content: 'live' });
	await back.hear('new_message', (one) => one.content === 'live');
	expect(said(back)).toEqual(['not told', 'live']);
	for (const ear of [elsewhere, back]) ear.close();
});

test('a socket that is cut again before it has read what it missed is given it again', async () => {
	const { room, a, b } = await together();
	await drop(b);
	await alice.post('/api/messages/', { room_id: room, content: 'missed' });
	failOnce('rest');
	const cut = await bob.connect();
	await cut.closed;
	const back = await bob.connect();
	await back.hear('new_message', (one) => one.content === 'missed');
	for (const ear of [a, back]) ear.close();
});

test('what was sent to a line that broke before it was read is sent again', async () => {
	const { room, a, b } = await together();
	await drop(b);
	await alice.post('/api/messages/', { room_id: room, content: 'missed' });
	const line = await startProxy();
	line.leadTo(server.port);
	const { begun, release } = hold('rest');
	const deaf = await connect({ port: line.port }, { auth: { token: bob.token } });
	await begun;
	line.swallow('down');
	release();
	// Answered after the turn in which the deaf one was sent what it missed.
	await alice.post('/api/messages/', { room_id: room, content: 'next' });
	await line.stop();
	await deaf.closed;
	expect(said(deaf)).toEqual([]);
	const back = await bob.connect();
	await back.hear('new_message', (one) => one.content === 'next');
	expect(said(back)).toEqual(['missed', 'next']);
	for (const ear of [a, back]) ear.close();
});

test('what a socket missed is read before its turn: nobody waits for that', async () => {
	const { room, a, b } = await together();
	await drop(b);
	await alice.post('/api/messages/', { room_id: room, content: 'missed' });
	const { begun, release } = hold('missed');
	const back = await bob.connect();
	await begun;
	await alice.post('/api/messages/', { room_id: room, content: 'meanwhile' });
	await a.hear('new_message', (one) => one.content === 'meanwhile');
	expect(said(back)).toEqual([]);
	release();
	await back.ask('send_message', { room_id: room, content: 'after' });
	expect(said(back)).toEqual(['missed', 'meanwhile', 'after']);
	for (const ear of [a, back]) ear.close();
});

test.each([
	[
		'edited',
		{ method: 'PUT', body: { content: 'second words' } },
		['second words', 'kept', 'live']
	],
	['recalled', { method: 'DELETE' }, ['kept', 'live']]
])('what is %s after it was read for a socket that comes back comes as it is', async (...how) => {
	const [, change, expected] = how;
	const { room, a, b } = await together();
	await drop(b);
	const { id } = await alice.post('/api/messages/', { room_id: room, content: 'first words' });
	await alice.post('/api/messages/', { room_id: room, content: 'kept' });
	const { begun, release } = hold('missed', 'after');
	const back = await bob.connect();
	await begun;
	expect(await alice.call(`/api/messages/${id}`, change)).toMatchObject({ status: 200 });
	release();
	await alice.post('/api/messages/', { room_id: room, content: 'live' });
	await back.hear('new_message', (one) => one.content === 'live');
	expect(said(back)).toEqual(expected);
	for (const ear of [a, back]) ear.close();
});

test('devices wait for no turn; programs are answered after theirs', async () => {
	const { room, a, b } = await together();
	const person = await register(server, unique('device'));
	const link = await person.link();
	const { heads } = await link.request('heads', {});
	const general = Object.entries(heads).find(([, [, , kind]]) => kind === 'room')![0];
	const { begun, release } = hold('facts');
	const order: string[] = [];
	const sent = alice.post('/api/messages/', { room_id: room, content: 'held' }).then(() => {
		order.push(said(b).includes('held') ? 'answer after event' : 'answer before event');
	});
	await begun;
	const { results } = await link.request('acts', { acts: [post(general, 'at once')] });
	expect(results.map(({ status }) => status)).toEqual(['accepted']);
	expect(order).toEqual([]);
	release();
	await sent;
	await b.hear('new_message', (one) => one.content === 'held');
	for (const ear of [a, b]) ear.close();
	link.close();
});

test('nothing is read for rooms and conversations to which no socket listens', async () => {
	const [x, y] = [await register(server, unique('quiet')), await register(server, unique('quiet'))];
	const link = await x.link();
	const { id: room } = await alice.room(unique('unheard'));
	const asked: string[] = [];
	tap.before = (name) => void asked.push(name);
	const direct = directId(x.id, y.id);
	const opened = { kind: 'direct.open', id: newId(), at: 1, room: direct, person: y.id } as const;
	const { results } = await link.request('acts', { acts: [opened, post(direct, 'between us')] });
	expect(results.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
	await alice.post('/api/messages/', { room_id: room, content: 'to nobody' });
	expect(asked).not.toContain('facts');
	link.close();
});

test('a guest who could not begin is nobody, and may try again', async () => {
	const name = unique('visitor');
	const ear = await connect(server, {});
	failOnce('beginning');
	expect(await ear.ask('join', { username: name })).toMatchObject({ ok: false });
	const { users } = await alice.get('/api/users/online');
	expect(users.map((one: { username: string }) => one.username)).not.toContain(name);
	expect(await ear.ask('send_message', { message: 'who am I?' })).toMatchObject({ ok: false });
	expect(await ear.ask('join', { username: name })).toMatchObject({ ok: true });
	await ear.ask('send_message', { message: 'here I am' });
	expect(ear.of('new_message').at(-1)).toMatchObject({ username: name, message: 'here I am' });
	ear.close();
});

test('a room that is renamed while somebody enters has its new name', async () => {
	const { room, a } = await together();
	const renamed = unique('renamed');
	const c = await (await program(server, 'carol')).connect();
	tap.after = async (name) => {
		if (name !== 'room') return;
		untap();
		await alice.call(`/api/rooms/${room}`, { method: 'PUT', body: { name: renamed } });
	};
	expect(await c.ask('join_room', { room_id: room })).toMatchObject({ room_name: renamed });
	expect(await a.hear('user_joined', (one) => one.username.startsWith('carol'))).toMatchObject({
		room: renamed
	});
	for (const ear of [a, c]) ear.close();
});

test('a search over many rooms asks for all of them at once, over one connection', async () => {
	const word = unique('needle').replace('_', '');
	for (let i = 0; i < 5; i++) {
		const { id: room } = await alice.room(unique('haystack'));
		await alice.post('/api/messages/', { room_id: room, content: `${word} ${i}` });
	}
	const asked: string[] = [];
	tap.before = (name) => void asked.push(name);
	const { messages } = await alice.get(`/api/search?q=${word}`);
	expect(new Set(messages.map((one: { room_id: number }) => one.room_id)).size).toBe(5);
	expect(asked.filter((name) => name === 'places')).toHaveLength(1);
	expect(asked).not.toContain('room');
});

test('a list of rooms or people asks once who it is for, and for no more than the blocks', async () => {
	const { room, a, b } = await together();
	const asked: string[] = [];
	tap.before = (name) => void asked.push(name);
	for (const path of [
		...['/api/rooms/', `/api/rooms/${room}`, `/api/rooms/${room}/members`],
		...['/api/users/online', `/api/messages/${room}`]
	]) {
		asked.length = 0;
		await alice.get(path);
		const viewers = asked.filter((name) => name === 'circle' || name === 'blockedWith');
		expect([path, ...viewers]).toEqual([path, 'blockedWith']);
	}
	for (const ear of [a, b]) ear.close();
});

test('who comes while the turn of another fails is told all the same', async () => {
	const { a, b } = await together();
	const [first, second] = [await register(server, 'first_in'), await register(server, 'second_in')];
	const reading = Promise.withResolvers<undefined>();
	const failing = Promise.withResolvers<never>();
	tap.before = async (name) => {
		if (name !== 'facts') return;
		untap();
		reading.resolve(undefined);
		await failing.promise;
	};
	// Sockets of the app wait for no turn.
	const links = [await first.link()];
	await reading.promise;
	links.push(await second.link());
	await links[1]!.request('heads', {});
	failing.reject(new Error('planted'));
	await a.hear('user_online', (one) => one.username === second.name);
	expect(a.of('user_online').filter((one) => one.username === first.name)).toEqual([]);
	for (const one of [a, b, ...links]) one.close();
});

test('somebody who comes and goes within one turn is told to be gone', async () => {
	const { room, a, b } = await together();
	const passing = await program(server, 'passing');
	const { begun, release } = hold('facts');
	const sent = alice.post('/api/messages/', { room_id: room, content: 'held' });
	await begun;
	const ear = await passing.connect();
	await ear.settled();
	await drop(ear);
	release();
	await sent;
	await a.hear('user_online', (one) => one.user_id === passing.id);
	await a.hear('user_offline', (one) => one.user_id === passing.id);
	for (const one of [a, b]) one.close();
});
