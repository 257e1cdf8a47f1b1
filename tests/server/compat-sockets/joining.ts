/** Section 4: the handshake, joining and leaving rooms. */
import { describe, expect, it } from 'vitest';
import { call, connect, drop, program, unique, type Program } from '../../support/compat.ts';
import { newId, post, register } from '../../support/person.ts';
import { server, alice, bob, open, together } from './shared.ts';

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

	it('never counts a cookie (SOCKET-1, SOCKET-2)', async () => {
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
		await drop(gone);
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
