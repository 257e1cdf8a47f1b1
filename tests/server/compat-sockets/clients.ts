/** Section 5: clients of other habits, and the app itself. */
import { describe, expect, it } from 'vitest';
import { unique } from '../../support/compat.ts';
import { newId, post, register } from '../../support/person.ts';
import { server, alice, bob, firstRoom, open } from './shared.ts';

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
