/** Refusals of the compatible API that change nothing, and limits that hold for it as for the app. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, program, PROGRAM_PASSWORD, unique, type Program } from '../support/compat.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let bot: Program;
beforeAll(async () => {
	server = await startServer();
	bot = await program(server);
});
afterAll(() => server.stop());

const START = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n';
const FIELD = '--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nsomebody';

test.each([
	['/api/upload/file', 'ends in the middle of the file', `${START}half a file`],
	['/api/upload/avatar', 'ends in the middle of the picture', `${START}half a picture`],
	['/api/upload/file', 'has nothing in it', ''],
	['/api/upload/file', 'has a broken header', '--x\r\nno header at all\r\n\r\nbytes\r\n--x--\r\n'],
	['/api/auth/login', 'ends in the middle of a field', FIELD],
	['/api/auth/login', 'is no form', 'nonsense']
])('a form for %s that %s is refused, and no fault of ours', async (path, _how, body) => {
	const headers = { 'content-type': 'multipart/form-data; boundary=x' };
	const answer = await bot.call(path, { method: 'POST', body, headers });
	expect([400, 422]).toContain(answer.status);
	expect(answer.body.detail).toBe(answer.body.error);
	expect(server.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
	expect((await call(server, '/api/health')).status).toBe(200);
});

test('a form without a boundary is refused', async () => {
	const headers = { 'content-type': 'multipart/form-data' };
	const answer = await bot.call('/api/upload/file', { method: 'POST', body: 'x', headers });
	expect([400, 422]).toContain(answer.status);
	expect(server.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
});

test.each([
	[
		'e-mail',
		(other: Program) => ({ username: unique('fresh'), email: `${other.name}@example.org` })
	],
	['name', (other: Program) => ({ username: other.name, email: `${unique('fresh')}@example.org` })]
])('a profile whose new %s is taken stays as it was', async (_what, change) => {
	const other = await program(server, 'other');
	const before = await bot.get('/api/auth/me');
	const body = { ...change(other), bio: 'new', real_name: 'New' };
	const refused = await bot.call('/api/auth/profile', { method: 'PUT', body });
	expect(refused.status).toBe(409);
	const after = await bot.get('/api/auth/me');
	expect({ ...after, user: null }).toEqual({ ...before, user: null });
	const signIn = { username: before.email, password: PROGRAM_PASSWORD };
	expect((await call(server, '/api/auth/login', { body: signIn })).status).toBe(200);
});

test('tries at room passwords are counted by address, too, over REST and over sockets', async () => {
	const limited = await startServer({ RATE_LIMITS: 'on' });
	try {
		const host = await program(limited, 'host');
		const rooms: number[] = [];
		for (let i = 0; i < 8; i++) rooms.push((await host.room(unique('secret'), 'sesame')).id);
		const tries: number[] = [];
		// Each person has ten tries at each room; together they have sixty behind one address.
		for (let n = 0; n < 2; n++) {
			const guesser = await program(limited, 'guesser');
			const ear = await guesser.connect();
			for (const room_id of rooms) {
				for (let i = 0; i < 3; i++) {
					const body = { password: `wrong ${i}` };
					tries.push((await guesser.call(`/api/rooms/${room_id}/join`, { body })).status);
					await ear.ask('join_room', { room_id, ...body });
				}
			}
			ear.close();
		}
		expect(tries.slice(0, 30).every((status) => status === 400)).toBe(true);
		expect(tries.slice(30).every((status) => status === 429)).toBe(true);
	} finally {
		await limited.stop();
	}
});
