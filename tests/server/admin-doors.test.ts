/** Administrators and guests over the real doors: who is cut off, and that settings are changed together or not at all. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Audit, People, ServerSettings, Storage } from '../../src/lib/protocol/admin.ts';
import { call, connect, type Ear } from '../support/compat.ts';
import { register, type Answered, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let boss: Person;
beforeAll(async () => {
	server = await startServer({ GUESTS: 'on' });
	boss = await register(server, 'boss');
});
afterAll(() => server.stop());

const post = (path: string, body: object): Promise<Answered> =>
	boss.ask(`/api/admin${path}`, { body });
const get = async <T>(path: string): Promise<T> => (await boss.ask(`/api/admin${path}`)).body as T;

async function guest(username: string): Promise<{ ear: Ear; isIn: boolean }> {
	const ear = await connect(server, {});
	const { ok } = await ear.ask('join', { username });
	return { ear, isIn: ok };
}

test('a guest who is disabled says nothing more, hears nothing more, and does not come back', async () => {
	const [{ ear }, other] = [await guest('wanderer'), await guest('harmless')];
	const { people } = await get<People>('/people?q=wanderer');
	expect((await post(`/people/${people[0]!.id}/disabled`, { on: true })).status).toBe(200);
	// The server looks at sessions by itself, too: the socket may end before there is an answer.
	const said = await ear
		.ask('send_message', { message: 'still here' })
		.catch(() => ({ ok: false }));
	expect(said.ok).toBe(false);
	await ear.closed;
	expect(other.ear.socket.connected).toBe(true);
	expect((await other.ear.ask('send_message', { message: 'me, too' })).ok).toBe(true);
	const { messages } = (await call(server, '/api/messages')).body;
	expect(JSON.stringify(messages)).not.toContain('still here');
	const again = await guest('wanderer');
	expect(again.isIn).toBe(false);
	for (const one of [other.ear, again.ear]) one.close();
});

test('guests come in only where everybody may make an account', async () => {
	for (const registration of ['closed', 'invite']) {
		await post('/server', { registration });
		const { ear, isIn } = await guest('stranger');
		expect([registration, isIn]).toEqual([registration, false]);
		ear.close();
	}
	await post('/server', { registration: 'open' });
	const { ear, isIn } = await guest('stranger');
	expect(isIn).toBe(true);
	ear.close();
});

test('of what is changed at once all is changed, or nothing', async () => {
	const before = await get<ServerSettings>('/server');
	const { entries } = await get<Audit>('/audit');
	for (const wrong of [{ announcement: 'x'.repeat(501) }, { announcement: '\u2060' }]) {
		const answer = await post('/server', { name: 'Owls', registration: 'invite', ...wrong });
		expect(answer.refused?.field).toBe('announcement');
	}
	expect(await get<ServerSettings>('/server')).toEqual(before);
	expect((await get<Audit>('/audit')).entries).toEqual(entries);
});

test('for whom it is too much at once, nothing of it is changed', async () => {
	const limited = await startServer({ RATE_LIMITS: 'on' });
	const chief = await register(limited, 'chief');
	const link = await chief.link();
	const settings = async () => (await chief.ask('/api/admin/server')).body;
	const before = await settings();
	// Malformed acts count, too: of 3,000 in a minute two are left.
	const nothing = (count: number) => Array.from({ length: count }, () => ({}) as never);
	for (const count of [...Array<number>(29).fill(100), 98]) {
		await link.request('acts', { acts: nothing(count) });
	}
	const body = { name: 'Owls', registration: 'invite', announcement: 'hello' };
	expect((await chief.ask('/api/admin/server', { body })).refused?.code).toBe('too_many');
	expect(await settings()).toEqual(before);
	link.close();
	await limited.stop();
});

test('a search with a NUL in it is one without', async () => {
	expect((await get<People>('/people?q=%00boss')).people.map(({ name }) => name)).toEqual([
		boss.name
	]);
});

test('what is stored is not counted again for every question', async () => {
	const first = await get<Storage>('/storage');
	const upload = new FormData();
	upload.append('file', new Blob(['hello']), 'hello.txt');
	const { body } = await call(server, '/api/auth/register', {
		body: { username: 'filer', email: 'filer@example.org', password: 'correct horse battery' }
	});
	const { status } = await call(server, '/api/upload', { token: body.token, body: upload });
	expect(status).toBeLessThan(300);
	expect(await get<Storage>('/storage')).toEqual(first);
});
