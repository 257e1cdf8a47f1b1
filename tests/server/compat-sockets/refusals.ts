/** Section 6: payloads that make no sense (SOCKET-6, HTTP-8). */
import { describe, expect, it } from 'vitest';
import { call, program } from '../../support/compat.ts';
import { server, alice, bob, open, together } from './shared.ts';

describe('payloads that make no sense (SOCKET-6, HTTP-8)', () => {
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
