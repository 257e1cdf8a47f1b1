/** People without an account (compat-api, section 9): a switch of the host, off by default. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, connect, program, type Ear, type Json } from '../support/compat.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ GUESTS: 'on' });
});
afterAll(() => server.stop());

const OPEN = ['/api/users/online', '/api/messages', '/api/rooms/general'];

async function guest(username: string, room?: string): Promise<{ ear: Ear; answer: Json }> {
	const ear = await connect(server, {});
	const answer = await ear.ask('join', { username, ...(room === undefined ? {} : { room }) });
	return { ear, answer };
}

describe('guests', () => {
	it('are not let in by default', async () => {
		const closed = await startServer();
		await expect(connect(closed, {})).rejects.toThrow('unauthorized');
		for (const path of OPEN) expect((await call(closed, path)).status).toBe(401);
		await closed.stop();
	});

	it('cannot be the first on a server: the first is its administrator', async () => {
		const { ear, answer } = await guest('early');
		expect(answer).toMatchObject({ ok: false });
		ear.close();
	});

	it('join public rooms by name, are heard there, and hear', async () => {
		const host = await program(server, 'host');
		const h = await host.connect();
		await h.ask('join_room', { room_id: 1 });
		const { ear, answer } = await guest('wanderer');
		expect(answer).toMatchObject({ ok: true, room_name: 'general' });
		ear.socket.emit('send_message', { message: 'hello from outside' });
		expect(await h.hear('new_message')).toMatchObject({
			username: 'wanderer',
			content: 'hello from outside',
			room_id: 1
		});
		expect(await ear.hear('new_message')).toMatchObject({ message: 'hello from outside' });
		await h.ask('send_message', { room_id: 1, content: 'welcome' });
		await ear.hear('new_message', (one) => one.message === 'welcome');
		for (const path of OPEN) expect([path, (await call(server, path)).status]).toEqual([path, 200]);
		const { messages } = (await call(server, '/api/messages')).body;
		expect(messages.at(-1).content).toBe('welcome');
		ear.close();
		h.close();
	});

	it('take no name of an account, nor of a guest who is here', async () => {
		const host = await program(server, 'host');
		const taken = await guest(host.name.toUpperCase());
		expect(taken.answer).toMatchObject({ ok: false });
		const first = await guest('twin');
		const second = await guest('Twin');
		expect([first.answer.ok, second.answer.ok]).toEqual([true, false]);
		for (const { ear } of [taken, first, second]) ear.close();
	});

	it('come back under their name', async () => {
		const watcher = await (await program(server, 'watcher')).connect();
		const first = await guest('returner');
		first.ear.close();
		// The name is free once the server knows that its holder has gone.
		await watcher.hear('user_offline', (one) => one.username === 'returner');
		const again = await guest('returner');
		expect(again.answer.ok).toBe(true);
		for (const ear of [watcher, again.ear]) ear.close();
	});

	it('cannot take the name of a guest of another address who is gone', async () => {
		const proxied = await startServer({ GUESTS: 'on', TRUSTED_PROXIES: '1' });
		try {
			await program(proxied, 'admin');
			const from = async (address: string) => {
				const ear = await connect(proxied, { headers: { 'x-forwarded-for': address } });
				return { ear, answer: await ear.ask('join', { username: 'drifter' }) };
			};
			const first = await from('203.0.113.1');
			expect(first.answer.ok).toBe(true);
			const watcher = await (await program(proxied, 'watcher')).connect();
			first.ear.close();
			await watcher.hear('user_offline', (one) => one.username === 'drifter');
			const other = await from('203.0.113.2');
			const again = await from('203.0.113.1');
			expect([other.answer.ok, again.answer.ok]).toEqual([false, true]);
			for (const { ear } of [other, again]) ear.close();
			watcher.close();
		} finally {
			await proxied.stop();
		}
	});

	it('have sixty sockets from one address, as the proxy says it, and others have theirs', async () => {
		const proxied = await startServer({ GUESTS: 'on', TRUSTED_PROXIES: '1' });
		const ears: Ear[] = [];
		try {
			const open = async (address: string) =>
				ears.push(await connect(proxied, { headers: { 'x-forwarded-for': address } }));
			for (let i = 0; i < 60; i++) await open('203.0.113.1');
			await expect(open('203.0.113.1')).rejects.toThrow('too many connections');
			await open('203.0.113.2');
			ears[0]!.close();
			await expect
				.poll(() =>
					open('203.0.113.1').then(
						() => true,
						() => false
					)
				)
				.toBe(true);
		} finally {
			for (const ear of ears) ear.close();
			await proxied.stop();
		}
	});

	it('can do nothing else', async () => {
		const host = await program(server, 'host');
		await host.room('guests keep out', 'sesame');
		const { ear } = await guest('sneak');
		for (const [event, sent] of [
			['join_room', { room_id: 1 }],
			['join', { username: 'sneak', room: 'guests keep out' }],
			['send_message', { receiver_id: host.id, content: 'psst' }],
			['send_message', { message: 'x', room: 'guests keep out' }]
		] as const) {
			expect([event, (await ear.ask(event, sent)).ok]).toEqual([event, false]);
		}
		const nameless = await connect(server, {});
		expect((await nameless.ask('send_message', { message: 'x' })).ok).toBe(false);
		for (const path of ['/api/rooms', '/api/auth/me', '/api/messages/1', '/api/friends']) {
			expect([path, (await call(server, path)).status]).toEqual([path, 401]);
		}
		const secret = await call(server, '/api/rooms/guests%20keep%20out');
		expect(secret.status).toBe(403);
		// A guest's account has no password that anybody could know.
		const signIn = { username: 'sneak', password: '' };
		expect((await call(server, '/api/auth/login', { body: signIn })).status).toBe(401);
		ear.close();
		nameless.close();
	});

	it('are refused with a bad token: it is no missing one', async () => {
		await expect(connect(server, { auth: { token: 'nonsense' } })).rejects.toThrow('unauthorized');
		expect((await call(server, '/api/messages', { token: 'nonsense' })).status).toBe(401);
	});
});
