/** Sockets of the compatible API that end, or are told things, before they have what they come back to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { connect, drop, program, unique, type Ear, type Program } from '../support/compat.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { hold, tap, untap } from '../support/store-tap.ts';

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
	server = await startServer();
	alice = await program(server, 'alice');
	bob = await program(server, 'bob');
});
afterAll(() => server.stop());
afterEach(untap);

/** A room that Alice receives, and to which Bob comes back. */
async function apart(): Promise<{ room: number; a: Ear }> {
	const { id: room } = await alice.room(unique('room'));
	const [a, b] = [await alice.connect(), await bob.connect()];
	for (const ear of [a, b]) await ear.ask('join_room', { room_id: room });
	await drop(b);
	return { room, a };
}

const said = (ear: Ear): string[] => ear.of('new_message').map((one) => one.content as string);

test('what a socket was to come back to waits for the next one when it ends before', async () => {
	const { room, a } = await apart();
	await alice.post('/api/messages/', { room_id: room, content: 'missed' });
	const { begun, release } = hold('missed');
	const first = await bob.connect();
	await begun;
	await drop(first);
	const second = await bob.connect();
	release();
	await alice.post('/api/messages/', { room_id: room, content: 'live' });
	await second.ask('typing_stop', { room_id: room });
	expect(said(second)).toEqual(['missed', 'live']);
	for (const ear of [a, second]) ear.close();
});

test('what happens while it is read what a socket missed is heard of', async () => {
	const { room, a } = await apart();
	const carol = await program(server, 'carol');
	await carol.post(`/api/rooms/${room}/join`);
	await bob.post('/api/friends/requests', { user_id: carol.id });
	const { begun, release } = hold('missed');
	const back = await bob.connect({ auth: { token: bob.token, direct: true } });
	await begun;
	const c = await carol.connect();
	await a.hear('user_online', (one) => one.user_id === carol.id);
	await carol.post('/api/friends/requests', { user_id: bob.id });
	await a.ask('send_message', { receiver_id: bob.id, content: 'psst' });
	release();
	await back.ask('typing_stop', { room_id: room });
	expect(said(back)).toEqual(['psst']);
	expect(back.of('user_online')).toMatchObject([{ user_id: carol.id }]);
	expect(back.of('friend_request_accepted')).toMatchObject([{ friend: { id: carol.id } }]);
	for (const ear of [a, back, c]) ear.close();
});

test('a socket that ends while its word is looked at does not type', async () => {
	const { room, a } = await apart();
	const carol = await program(server, 'carol');
	const [b, c] = [await bob.connect(), await carol.connect()];
	await c.ask('join_room', { room_id: room });
	await b.settled();
	const { begun, release } = hold('room');
	b.socket.emit('typing_start', { room_id: room });
	await begun;
	await drop(b);
	release();
	await c.ask('typing_start', { room_id: room });
	await a.hear('typing_update', (one) => one.typing_users.includes(carol.name));
	expect(a.of('typing_update')).toMatchObject([{ typing_users: [carol.name] }]);
	for (const ear of [a, c]) ear.close();
});

test('a server that closes does not wait for what a socket reads, and keeps what it was to come back to', async () => {
	const dataDir = mkdtempSync(join(tmpdir(), 'roost-compat-'));
	const first = await startServer({ DATA_DIR: dataDir });
	const [dan, eve] = [await program(first, 'dan'), await program(first, 'eve')];
	const { id: room } = await dan.room(unique('kept'));
	const [d, e] = [await dan.connect(), await eve.connect()];
	for (const ear of [d, e]) await ear.ask('join_room', { room_id: room });
	await drop(e);
	await dan.post('/api/messages/', { room_id: room, content: 'missed' });
	const { begun, release } = hold('missed');
	const late = await eve.connect();
	await begun;
	await first.stop();
	release();
	await late.closed;
	const second = await startServer({ DATA_DIR: dataDir });
	const back = await connect(second, { auth: { token: eve.token } });
	await back.hear('new_message', (one) => one.content === 'missed');
	back.close();
	await second.stop();
	rmSync(dataDir, { recursive: true, force: true });
	expect(first.lines.filter((line) => line.includes('could not begin'))).toEqual([]);
});

test('of a crowd that comes back three read at once, and all are given what they missed', async () => {
	const { id: room } = await alice.room(unique('room'));
	const crowd = await Promise.all(Array.from({ length: 6 }, () => program(server, 'crowd')));
	for (const one of crowd) {
		const ear = await one.connect();
		await ear.ask('join_room', { room_id: room });
		await drop(ear);
	}
	await alice.post('/api/messages/', { room_id: room, content: 'missed' });
	const all = Promise.withResolvers<undefined>();
	let [reading, most] = [0, 0];
	tap.before = (name) => {
		if (name !== 'missed') return;
		most = Math.max(most, ++reading);
		return all.promise;
	};
	tap.after = (name) => void (name === 'missed' && reading--);
	const back = await Promise.all(crowd.map((one) => one.connect()));
	await vi.waitFor(() => expect(reading).toBe(3), { timeout: 20_000 });
	// Time enough for a fourth.
	await Promise.all(back.map((ear) => ear.settled()));
	all.resolve(undefined);
	for (const ear of back) {
		await ear.hear('new_message', (one) => one.content === 'missed');
		ear.close();
	}
	expect(most).toBe(3);
});
