/** Section 4: messages, typing, private messages, pictures. */
import { describe, expect, it } from 'vitest';
import { unique, type Ear } from '../../support/compat.ts';
import { alice, bob, open, together } from './shared.ts';

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

describe('a picture', () => {
	it('that is told of is the one that is kept, whatever was sent', async () => {
		const { a, b } = await together();
		await a.ask('avatar_updated', { avatar_url: 'https://evil.example/x.png' });
		const told = { user_id: alice.id, username: alice.name, avatar_url: '' };
		expect(await b.hear('user_avatar_updated')).toEqual(told);
	});
});
