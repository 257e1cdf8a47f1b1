/** Sections 4 to 6 of compat-api.md, over the wire. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DOWN } from '../../server/compat/socket/down.ts';
import { call, connect, program, unique, type Ear, type Program } from '../support/compat.ts';
import { newId, post, register, type Person, type TestLink } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let alice: Program;
let bob: Program;
const ears: Ear[] = [];

beforeAll(async () => {
	server = await startServer();
	alice = await program(server, 'alice');
	bob = await program(server, 'bob');
});
/** Every event that was heard, for the last test. */
const heard = new Set<string>();
afterEach(() => {
	for (const ear of ears.splice(0)) {
		ear.close();
		for (const { event, sent } of ear.heard) {
			heard.add(event);
			const schema = DOWN[event as keyof typeof DOWN] as v.GenericSchema | undefined;
			if (!schema) throw new Error(`${event} is in no document`);
			const parsed = v.safeParse(schema, sent);
			expect([event, sent, parsed.issues?.[0]?.message]).toEqual([event, sent, undefined]);
		}
	}
});
afterAll(() => server.stop());

/** The first room of somebody who uses the app. */
async function firstRoom(link: TestLink): Promise<string> {
	const { heads } = await link.request('digest', {});
	return Object.entries(heads).find(([, [, , kind]]) => kind === 'room')![0];
}

async function open(who: Program, options?: Parameters<Program['connect']>[0]): Promise<Ear> {
	const ear = await who.connect(options);
	ears.push(ear);
	return ear;
}

/** Both in a fresh public room, both listening. */
async function together(): Promise<{ room: number; name: string; a: Ear; b: Ear }> {
	const name = unique('room');
	const { id: room } = await alice.room(name);
	const [a, b] = [await open(alice), await open(bob)];
	await a.ask('join_room', { room_id: room });
	await b.ask('join_room', { room_id: room });
	return { room, name, a, b };
}

describe('the handshake', () => {
	it('of Engine.IO alone succeeds without a token', async () => {
		const { status, body } = await call(server, '/socket.io/?EIO=4&transport=polling');
		expect([status, body.slice(0, 6)]).toEqual([200, '0{"sid']);
	});

	it.each([
		['auth.token', (token: string) => ({ auth: { token } })],
		['a header', (token: string) => ({ headers: { authorization: `Bearer ${token}` } })],
		['the query', (token: string) => ({ query: { token } })]
	])('takes the token from %s, over WebSocket and polling', async (_where, shown) => {
		for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
			const ear = await connect(server, { ...shown(alice.token), transports });
			expect(await ear.ask('ping')).toEqual({ ok: true });
			ear.close();
		}
	});

	it('takes the first token that it finds', async () => {
		const bad = { auth: { token: 'nonsense' }, query: { token: alice.token } };
		await expect(connect(server, bad)).rejects.toThrow('unauthorized');
		const good = { auth: { token: alice.token }, query: { token: 'nonsense' } };
		(await connect(server, good)).close();
	});

	it.each([
		['nothing', {}],
		['an unknown token', { auth: { token: 'x'.repeat(43) } }],
		['an object', { auth: { token: { $ne: '' } } }],
		['a number', { auth: { token: 1 } }],
		['a huge token', { auth: { token: 'x'.repeat(100_000) } }]
	])('refuses %s with "unauthorized"', async (_what, options) => {
		await expect(connect(server, options)).rejects.toThrow(/^unauthorized$/);
	});

	it('never counts a cookie (S1, S2)', async () => {
		const person = await register(server, unique('cookie'));
		for (const transports of [['websocket'], ['polling']]) {
			const headers = { cookie: person.cookie, origin: server.origin };
			await expect(connect(server, { headers, transports })).rejects.toThrow('unauthorized');
		}
	});

	it('ends with the token: at logout and at a change of the password', async () => {
		const carol = await program(server, 'carol');
		const first = await open(carol);
		await carol.post('/api/auth/logout');
		expect(await first.closed).toBe('io server disconnect');
		await expect(carol.connect()).rejects.toThrow('unauthorized');

		const signIn = async () =>
			(
				await call(server, '/api/auth/login', {
					body: { username: carol.name, password: 'correct horse battery' }
				})
			).body.token as string;
		const [kept, other] = [await signIn(), await signIn()];
		const stays = await connect(server, { auth: { token: kept } });
		const goes = await connect(server, { auth: { token: other } });
		const changed = await call(server, '/api/auth/change-password', {
			method: 'PUT',
			token: kept,
			body: { current_password: 'correct horse battery', new_password: 'another horse 22' }
		});
		expect(changed.status).toBe(200);
		expect(await goes.closed).toBe('io server disconnect');
		expect(await stays.ask('ping')).toEqual({ ok: true });
		stays.close();
	});
});

describe('join_room', () => {
	it('makes one a member of a public room, answers, and tells the others', async () => {
		const name = unique('room');
		const { id: room } = await alice.room(name);
		const a = await open(alice);
		await a.ask('join_room', { room_id: room });
		const b = await open(bob);
		const answer = await b.ask('join_room', { room_id: String(room) });
		const card = (who: Program) => ({
			id: who.id,
			user_id: who.id,
			username: who.name,
			avatar_url: '',
			is_online: true
		});
		const joined = {
			room_id: room,
			room_name: name,
			member_count: 2,
			online_members: [card(alice), card(bob)]
		};
		expect(answer).toEqual({ ok: true, ...joined });
		expect(b.of('room_joined')).toEqual([joined]);
		expect(b.of('joined_room')).toEqual([{ room_id: room }]);
		const told = { user_id: bob.id, username: bob.name, room_id: room, room: name };
		expect(await a.hear('user_joined')).toEqual(told);
		expect(b.of('user_joined')).toEqual([]);
		const { user_rooms } = await bob.get('/api/rooms/');
		expect(user_rooms.map((one: { id: number }) => one.id)).toContain(room);
	});

	it('does no harm when it is repeated', async () => {
		const { room, a, b } = await together();
		await a.hear('user_joined');
		expect((await b.ask('join_room', { room_id: room })).ok).toBe(true);
		await a.settled();
		expect(a.of('user_joined')).toHaveLength(1);
		await a.ask('send_message', { room_id: room, content: 'once' });
		await b.settled();
		expect(b.of('new_message')).toHaveLength(1);
	});

	it('opens a private room to members and to the right password only', async () => {
		const { id: room } = await alice.room(unique('secret'), 'sesame');
		const b = await open(bob);
		for (const password of [undefined, '', 'wrong']) {
			expect(await b.ask('join_room', { room_id: room, password })).toMatchObject({ ok: false });
		}
		expect(b.of('error').map((one) => one.event)).toEqual(Array(3).fill('join_room'));
		expect(b.of('room_joined')).toEqual([]);
		expect(await b.ask('join_room', { room_id: room, password: 'sesame' })).toMatchObject({
			ok: true
		});
		const again = await open(bob);
		expect(await again.ask('join_room', { room_id: room })).toMatchObject({ ok: true });
	});
});

describe('messages', () => {
	it('reach every socket in the room, the sender included, once and in order', async () => {
		const { room, a, b } = await together();
		for (let i = 0; i < 20; i++) a.socket.emit('send_message', { room_id: room, content: `m${i}` });
		await a.hear('new_message', (one) => one.content === 'm19');
		await b.hear('new_message', (one) => one.content === 'm19');
		for (const ear of [a, b]) {
			expect(ear.of('new_message').map((one) => one.content)).toEqual(
				Array.from({ length: 20 }, (_, i) => `m${i}`)
			);
		}
		const [first] = b.of('new_message');
		const sender = {
			id: alice.id,
			user_id: alice.id,
			username: alice.name,
			avatar_url: '',
			is_online: true
		};
		expect(first).toEqual({
			id: expect.any(Number),
			content: 'm0',
			message_type: 'text',
			user_id: alice.id,
			username: alice.name,
			avatar_url: '',
			room_id: room,
			timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/),
			timestamp_ms: expect.any(Number),
			edited_at: null,
			is_deleted: false,
			sender_id: alice.id,
			sender,
			receiver_id: null,
			created_at: first.timestamp
		});
		expect(Date.parse(`${first.timestamp}Z`)).toBe(first.timestamp_ms);
	});

	it('are trimmed, and 1 to 1,000 code points long', async () => {
		const { room, a } = await together();
		const send = (content: unknown) => a.ask('send_message', { room_id: room, content });
		expect((await send('  hi \n')).message.content).toBe('hi');
		expect((await send('😀'.repeat(1_000))).ok).toBe(true);
		for (const bad of ['', '   ', null, '😀'.repeat(1_001), 7, ['x'], { a: 1 }]) {
			expect(await send(bad), JSON.stringify(bad)).toMatchObject({
				ok: false,
				message: expect.any(String)
			});
		}
		expect(a.of('error')).toHaveLength(7);
		expect(a.socket.connected).toBe(true);
	});

	it('sent over REST arrive live, and so do edits and recalls, as message_edited and message_deleted', async () => {
		const { room, b } = await together();
		const sent = await alice.post('/api/messages/', { room_id: room, content: 'over REST' });
		expect(await b.hear('new_message')).toEqual(sent);
		const { body: edited } = await alice.call(`/api/messages/${sent.id}`, {
			method: 'PUT',
			body: { content: 'better' }
		});
		expect(await b.hear('message_edited')).toEqual(edited);
		await alice.call(`/api/messages/${sent.id}`, { method: 'DELETE' });
		expect(await b.hear('message_deleted')).toEqual({ id: sent.id, room_id: room });
		expect(b.of('new_message')).toHaveLength(1);
	});

	it('reach only sockets that joined that room', async () => {
		const { room, a, b } = await together();
		const { id: other } = await alice.room(unique('other'));
		const idle = await open(bob);
		await a.ask('send_message', { room_id: room, content: 'here' });
		await alice.post('/api/messages/', { room_id: other, content: 'elsewhere' });
		await b.settled();
		await idle.settled();
		expect(b.of('new_message').map((one) => one.content)).toEqual(['here']);
		expect(idle.of('new_message')).toEqual([]);
	});

	it('of who is not a member are refused', async () => {
		const { id: room } = await alice.room(unique('closed'), 'sesame');
		const b = await open(bob);
		const answer = await b.ask('send_message', { room_id: room, content: 'let me in' });
		expect(answer).toMatchObject({ ok: false });
		expect(b.of('error')).toEqual([{ message: answer.message, event: 'send_message', code: 403 }]);
	});
});

describe('leaving', () => {
	it('by leave_room ends delivery to this socket, and membership stays', async () => {
		const { room, name, a, b } = await together();
		const second = await open(bob);
		await second.ask('join_room', { room_id: room });
		await second.ask('leave_room', { room_id: room });
		expect(second.of('left_room')).toEqual([{ room_id: room }]);
		await a.settled();
		// The other socket is still there, so nobody has left.
		expect(a.of('user_left')).toEqual([]);
		await b.ask('leave_room', { room_id: room });
		const told = { user_id: bob.id, username: bob.name, room_id: room, room: name };
		expect(await a.hear('user_left')).toEqual(told);
		await a.ask('send_message', { room_id: room, content: 'gone?' });
		await b.settled();
		expect(b.of('new_message')).toEqual([]);
		const { members } = await bob.get(`/api/rooms/${room}`);
		expect(members.map((one: { id: number }) => one.id)).toContain(bob.id);
	});

	it.each([
		['REST', (room: number) => bob.post(`/api/rooms/${room}/leave`)],
		[
			'deletion of the room',
			(room: number) => alice.call(`/api/rooms/${room}`, { method: 'DELETE' })
		]
	])('by %s ends delivery at once on all sockets', async (_how, end) => {
		const { room, b } = await together();
		const second = await open(bob);
		await second.ask('join_room', { room_id: room });
		await end(room);
		expect(await b.hear('left_room')).toEqual({ room_id: room });
		expect(await second.hear('left_room')).toEqual({ room_id: room });
		await alice.call('/api/messages/', { body: { room_id: room, content: 'still there?' } });
		await b.settled();
		expect([...b.of('new_message'), ...second.of('new_message')]).toEqual([]);
		expect(await b.ask('send_message', { room_id: room, content: 'me' })).toMatchObject({
			ok: false
		});
	});

	it('by removal ends delivery at once, also for a socket that comes back', async () => {
		const person = await register(server, unique('owner'));
		const link = await person.link();
		const room = newId();
		const name = unique('kept');
		const made = { kind: 'room.create', id: newId(), at: 1, room, name, description: '' } as const;
		await link.request('acts', { acts: [made] });
		const { id } = await bob.get(`/api/rooms/${name}`);
		const [b, gone] = [await open(bob), await open(bob)];
		for (const ear of [b, gone]) await ear.ask('join_room', { room_id: id });
		gone.socket.io.engine.close();
		await gone.closed;
		const members = await link.request('pull', { streams: [{ id: room, cursor: null }] });
		const [page] = members.pages;
		const rows = page && 'rows' in page ? page.rows : [];
		const him = rows.find((row) => row.kind === 'member' && row.card.number === bob.id);
		const others = await link.request('acts', {
			acts: [
				{ kind: 'member.remove', id: newId(), at: 1, room, person: him!.id },
				post(room, 'secret')
			]
		});
		expect(others.results.map((one) => one.status)).toEqual(['accepted', 'accepted']);
		expect(await b.hear('left_room')).toEqual({ room_id: id });
		const back = await open(bob);
		for (const ear of [b, back]) {
			await ear.settled();
			expect(ear.of('new_message')).toEqual([]);
		}
		link.close();
	});
});

describe('presence', () => {
	const isOf = (who: Program) => (one: { user_id: number }) => one.user_id === who.id;

	it('is told when the first socket opens and, within three seconds, after the last has closed', async () => {
		const carol = await program(server, 'carol');
		const a = await open(alice);
		const first = await carol.connect();
		const second = await carol.connect();
		const who = { user_id: carol.id, username: carol.name };
		expect(await a.hear('user_status_update', isOf(carol))).toEqual({ ...who, is_online: true });
		expect(await a.hear('user_online', isOf(carol))).toEqual(who);
		first.close();
		await new Promise((resolve) => setTimeout(resolve, 2_000));
		expect(a.of('user_offline').filter(isOf(carol))).toEqual([]);
		second.close();
		expect(await a.hear('user_offline', isOf(carol), 3_000)).toEqual(who);
		expect(a.of('user_status_update').filter(isOf(carol))).toEqual([
			{ ...who, is_online: true },
			{ ...who, is_online: false }
		]);
		expect(a.of('user_online').filter(isOf(carol))).toHaveLength(1);
	});

	it('is not told to whom one shares nothing with', async () => {
		const hermit = await program(server, 'hermit');
		await hermit.post('/api/rooms/general/leave');
		const a = await open(alice);
		const h = await hermit.connect();
		await h.settled();
		await a.settled();
		expect(a.of('user_status_update').filter(isOf(hermit))).toEqual([]);
		h.close();
	});

	it('is listed by get_online_users and by REST', async () => {
		const { room, a } = await together();
		const answer = await a.ask('get_online_users', { room_id: room });
		expect(answer.online_users.map((one: { id: number }) => one.id)).toEqual([alice.id, bob.id]);
		expect(a.of('online_users_update')).toEqual([
			{ room_id: room, online_users: answer.online_users }
		]);
		const { users, online_users, count, success } = await bob.get('/api/users/online');
		expect([success, count, online_users]).toEqual([true, users.length, users]);
		expect(users.map((one: { id: number }) => one.id)).toContain(alice.id);
	});

	it('is that of the app, too: one knows of the other', async () => {
		const person: Person = await register(server, unique('appuser'));
		const a = await open(alice);
		const link = await person.link();
		const told = await a.hear('user_status_update', (one) => one.username === person.name);
		expect(told.is_online).toBe(true);
		const dora = await program(server, 'dora');
		const room = await firstRoom(link);
		link.socket.emit('look', { room });
		await link.until(() => link.presence.some((note) => note.room === room && note.full));
		const before = link.presence.length;
		const d = await dora.connect();
		await link.until(() => link.presence.slice(before).some((note) => note.on.length > 0));
		d.close();
		await link.until(() => link.presence.slice(before).some((note) => note.off.length > 0));
		link.close();
	});
});

describe('typing', () => {
	it('is told to the others in the room, without the one who is told', async () => {
		const { room, a, b } = await together();
		await a.ask('typing_start', { room_id: room });
		const told = { room_id: room, typing_users: [alice.name] };
		expect(await b.hear('typing_update')).toEqual(told);
		expect(await b.hear('typing_indicator_update')).toEqual(told);
		await a.settled();
		expect(a.of('typing_update')).toEqual([]);
		await b.ask('typing_start', { room_id: room });
		expect(await a.hear('typing_update')).toEqual({ room_id: room, typing_users: [bob.name] });
	});

	it.each([
		['typing_stop', (a: Ear, room: number) => a.ask('typing_stop', { room_id: room })],
		['a message', (a: Ear, room: number) => a.ask('send_message', { room_id: room, content: 'x' })],
		['leave_room', (a: Ear, room: number) => a.ask('leave_room', { room_id: room })],
		['the end of the connection', (a: Ear) => a.close()],
		['eight seconds of silence', () => undefined]
	])('ends with %s', { timeout: 20_000 }, async (_how, end) => {
		const { room, a, b } = await together();
		await a.ask('typing_start', { room_id: room });
		await b.hear('typing_update', (one) => one.typing_users.length === 1);
		await end(a, room);
		await b.hear('typing_update', (one) => one.typing_users.length === 0, 10_000);
	});

	it('is for rooms that one has joined', async () => {
		const { room } = await together();
		const fresh = await open(alice);
		expect(await fresh.ask('typing_start', { room_id: room })).toMatchObject({ ok: false });
	});
});

describe('a private message', () => {
	it('reaches all sockets of both, and as new_message only those that want it', async () => {
		const { a, b } = await together();
		const wants = await open(bob, { auth: { token: bob.token, direct: true } });
		const byQuery = await open(alice, { query: { token: alice.token }, auth: {} });
		const answer = await a.ask('send_message', { receiver_id: bob.id, content: 'psst' });
		expect(answer.message).toMatchObject({
			content: 'psst',
			room_id: null,
			sender_id: alice.id,
			receiver_id: bob.id
		});
		for (const ear of [a, b, wants, byQuery]) {
			expect(await ear.hear('private_message')).toEqual(answer.message);
		}
		await b.settled();
		// The one that sent to a receiver_id wants it from then on.
		expect([a, b, wants, byQuery].map((ear) => ear.of('new_message').length)).toEqual([1, 0, 1, 1]);
		const { messages, target } = await bob.get(`/api/direct/${alice.id}/messages`);
		expect(messages.at(-1)).toMatchObject({ content: 'psst', receiver_id: bob.id });
		expect(target).toMatchObject({ id: alice.id, username: alice.name });
	});

	it.each([
		['to nobody', () => 999_999],
		['to oneself', () => alice.id],
		['to a text', () => 'bob'],
		['to an object', () => ({ id: 1 })]
	])('%s is refused', async (_what, receiver) => {
		const a = await open(alice);
		const answer = await a.ask('send_message', { receiver_id: receiver(), content: 'psst' });
		expect(answer).toMatchObject({ ok: false });
	});
});

describe('a client of D3', () => {
	it('joins by name, gets its own forms, and types by itself', async () => {
		const name = unique('d3room');
		await alice.room(name);
		const [a, b] = [await open(alice), await open(bob)];
		await a.ask('join', { username: 'ignored', room: name });
		await b.ask('join', { username: 'ignored', room: name });
		expect((await a.hear('system_message')).message).toContain(alice.name);
		const { users } = await a.hear('online_users', (one) => one.users.length === 2);
		expect(users.map((one: { user_id: number }) => one.user_id)).toEqual([alice.id, bob.id]);
		b.socket.emit('send_message', { message: 'hello', room: name });
		const said = await a.hear('new_message');
		expect(said).toEqual({
			id: expect.any(Number),
			user_id: bob.id,
			username: bob.name,
			message: 'hello',
			room: name,
			timestamp: expect.stringMatching(/^[\d-]+T[\d:.]+$/)
		});
		b.socket.emit('typing', { is_typing: true, room: name });
		const typing = { user_id: bob.id, username: bob.name, room: name };
		expect(await a.hear('user_typing')).toEqual({ ...typing, is_typing: true });
		b.socket.emit('typing', { is_typing: false, room: name });
		await a.hear('user_typing', (one) => one.is_typing === false);
		b.socket.emit('leave_room', { room: name });
		expect(await a.hear('user_left')).toMatchObject({ user_id: bob.id, room: name });
	});

	it('is in general when it names no room', async () => {
		const a = await open(alice);
		await a.ask('join', { username: alice.name });
		expect((await a.hear('room_joined')).room_name).toBe('general');
		a.socket.emit('send_message', { message: 'to all' });
		expect((await a.hear('new_message')).room).toBe('general');
	});
});

describe('the app and this API', () => {
	it('hear one another: messages, edits, recalls', async () => {
		const person = await register(server, unique('appuser'));
		const link = await person.link();
		const room = await firstRoom(link);
		const a = await open(alice);
		await a.ask('join_room', { room_id: 1 });
		const long = 'x'.repeat(2_000);
		const act = post(room, long);
		await link.request('acts', { acts: [act] });
		const heard = await a.hear('new_message');
		expect([heard.content, heard.username]).toEqual([long, person.name]);
		const about = { id: newId(), at: 1, room, message: act.id };
		await link.request('acts', { acts: [{ ...about, kind: 'message.edit', body: 'short' }] });
		expect((await a.hear('message_edited')).content).toBe('short');
		await link.request('acts', { acts: [{ ...about, id: newId(), kind: 'message.recall' }] });
		expect(await a.hear('message_deleted')).toEqual({ id: heard.id, room_id: 1 });
		const before = link.frames.length;
		await a.ask('send_message', { room_id: 1, content: 'to the app' });
		await link.until(() =>
			link.frames
				.slice(before)
				.some(({ rows }) => rows.some((row) => row.kind === 'message' && row.body === 'to the app'))
		);
		link.close();
	});
});

describe('coming back', () => {
	/** The line is cut, as a network does it; the client does not say goodbye. */
	async function drop(ear: Ear): Promise<void> {
		ear.socket.io.engine.close();
		await ear.closed;
	}

	it.each([
		['WebSocket', ['websocket']],
		['polling', ['polling']],
		['an upgrade', ['polling', 'websocket']]
	])(
		'over %s puts a socket back into its rooms and delivers what was missed, once and in order',
		async (_how, transports) => {
			const { room, a } = await together();
			const options = { auth: { token: bob.token }, transports };
			const b = await open(bob, options);
			await a.ask('send_message', { room_id: room, content: 'before joining' });
			await b.ask('join_room', { room_id: room });
			await a.ask('send_message', { room_id: room, content: 'seen' });
			await b.hear('new_message');
			await b.settled();
			await drop(b);
			for (let i = 0; i < 5; i++)
				await a.ask('send_message', { room_id: room, content: `missed ${i}` });
			const back = await open(bob, options);
			await a.ask('send_message', { room_id: room, content: 'live' });
			await back.hear('new_message', (one) => one.content === 'live');
			expect(back.of('new_message').map((one) => one.content)).toEqual([
				...Array.from({ length: 5 }, (_, i) => `missed ${i}`),
				'live'
			]);
			expect(back.heard[0]!.event).toBe('new_message');
		}
	);

	it('is for the same token, once, and not for rooms that were left', async () => {
		const { room, b } = await together();
		await b.ask('leave_room', { room_id: room });
		await drop(b);
		const back = await open(bob);
		await alice.post('/api/messages/', { room_id: room, content: 'missed' });
		await back.settled();
		expect(back.of('new_message')).toEqual([]);

		const next = await together();
		await drop(next.b);
		const { body } = await call(server, '/api/auth/login', {
			body: { username: bob.name, password: 'correct horse battery' }
		});
		const other = await connect(server, { auth: { token: body.token } });
		await alice.post('/api/messages/', { room_id: next.room, content: 'missed' });
		await other.settled();
		expect(other.of('new_message')).toEqual([]);
		other.close();
	});

	it('survives a restart of the server', async () => {
		const dataDir = mkdtempSync(join(tmpdir(), 'roost-compat-'));
		const first = await startServer({ DATA_DIR: dataDir });
		const who = await program(first, 'eve');
		const { id: room } = await who.room(unique('kept'));
		const ear = await who.connect();
		await ear.ask('join_room', { room_id: room });
		await first.stop();
		const second = await startServer({ DATA_DIR: dataDir });
		const token = who.token;
		await call(second, '/api/messages/', { token, body: { room_id: room, content: 'while away' } });
		const back = await connect(second, { auth: { token } });
		expect((await back.hear('new_message')).content).toBe('while away');
		back.close();
		await second.stop();
		rmSync(dataDir, { recursive: true, force: true });
	});
});

describe('friends', () => {
	it('are told of requests and of what became of them', async () => {
		const [x, y] = [await program(server, 'xena'), await program(server, 'yuri')];
		const [ex, ey] = [await open(x), await open(y)];
		await x.post('/api/friends/requests', { user_id: y.id });
		const request = await ey.hear('friend_request');
		expect(request).toMatchObject({ id: x.id, requester: { id: x.id, username: x.name } });
		await y.post(`/api/friends/requests/${request.id}/reject`);
		expect(await ex.hear('friend_request_rejected')).toMatchObject({ friend: { id: y.id } });
		await x.post('/api/friends/requests', { username: y.name });
		await y.post('/api/friends/requests', { username: x.name });
		expect(await ex.hear('friend_request_accepted')).toMatchObject({ friend: { id: y.id } });
		await ey.settled();
		expect(ey.of('friend_request_accepted')).toEqual([]);
	});
});

describe('payloads that make no sense (S6, H8)', () => {
	const EVENTS = [
		'join_room',
		'leave_room',
		'send_message',
		'typing_start',
		'typing_stop',
		'get_online_users',
		'join',
		'typing'
	];
	const NONSENSE = [
		undefined,
		null,
		7,
		'1; DROP TABLE person',
		[],
		[1, 2],
		{ room_id: { $gt: 0 } },
		{ room_id: [1] },
		{ room_id: '1 OR 1=1' },
		{ room_id: -1 },
		{ room_id: 1.5 },
		{ room_id: 1e300 },
		{ room: { a: { b: {} } } },
		{ room_id: 999_999_999 }
	];

	it('are refused to their sender and stop nothing', async () => {
		const a = await open(alice);
		const b = await open(bob);
		for (const event of EVENTS) {
			for (const sent of NONSENSE) {
				const harmless =
					(event === 'join' || event === 'typing') &&
					typeof sent === 'object' &&
					sent !== null &&
					!Array.isArray(sent) &&
					!('room' in sent);
				if (harmless) continue;
				const answer = await a.ask(event, sent);
				expect([event, sent, answer.ok]).toEqual([event, sent, false]);
				expect(typeof answer.message).toBe('string');
			}
		}
		for (const { message } of a.of('error')) expect(typeof message).toBe('string');
		expect(a.socket.connected).toBe(true);
		expect(b.of('error')).toEqual([]);
		expect((await call(server, '/api/health')).status).toBe(200);
		expect(server.broken).toEqual([]);
		expect(server.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
	});

	it('are refused without a callback, too', async () => {
		const a = await open(alice);
		a.socket.emit('send_message', { room_id: 1, content: '' });
		const { event, code } = await a.hear('error');
		expect([event, code]).toEqual(['send_message', 400]);
	});

	it('give nobody what is not theirs: extra fields change nothing', async () => {
		const { room, a } = await together();
		const { message } = await a.ask('send_message', {
			room_id: room,
			content: 'mine',
			user_id: bob.id,
			username: bob.name,
			id: 1,
			is_deleted: true,
			role: 'admin'
		});
		expect(message).toMatchObject({ user_id: alice.id, username: alice.name, is_deleted: false });
	});

	it('cannot join a conversation of two, nor a feed', async () => {
		const [x, y] = [await program(server, 'xena'), await program(server, 'yuri')];
		const ear = await open(alice);
		const ex = await x.connect();
		await ex.ask('send_message', { receiver_id: y.id, content: 'between us' });
		for (let room_id = 1; room_id < 60; room_id++) {
			const { ok, room_name } = await ear.ask('join_room', { room_id });
			if (ok) expect(room_name).not.toBe('');
		}
		await ex.ask('send_message', { receiver_id: y.id, content: 'still between us' });
		await ear.settled();
		expect(ear.of('new_message').concat(ear.of('private_message'))).toEqual([]);
		ex.close();
	});
});

describe('a picture', () => {
	it('that is told of is the one that is kept, whatever was sent', async () => {
		const { a, b } = await together();
		await a.ask('avatar_updated', { avatar_url: 'https://evil.example/x.png' });
		const told = { user_id: alice.id, username: alice.name, avatar_url: '' };
		expect(await b.hear('user_avatar_updated')).toEqual(told);
	});
});

describe('the document of events', () => {
	it('was kept to by everything heard above, and everything in it was heard', () => {
		expect(Object.keys(DOWN).filter((event) => !heard.has(event))).toEqual([]);
	});
});
