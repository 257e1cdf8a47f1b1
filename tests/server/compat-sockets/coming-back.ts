/** Section 4: back into the rooms after a lost line or a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { call, connect, drop, program, unique } from '../../support/compat.ts';
import { startServer } from '../../support/server.ts';
import { server, alice, bob, open, together } from './shared.ts';

/** Whether others are here is no event of a room. */
const PRESENCE = ['user_status_update', 'user_online', 'user_offline'];

describe('coming back', () => {
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
			// Whether others are here is told from the connection on; of the room nothing is before what was missed.
			const ofRoom = back.heard.filter(({ event }) => !PRESENCE.includes(event));
			expect(ofRoom[0]!.event).toBe('new_message');
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
