/**
 * Sections 1 to 3 of compat-api.md, over the wire. Every answer is checked against the OpenAPI document,
 * and at the end every documented call has been answered.
 */
import { Validator } from '@seriousme/openapi-schema-validator';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	PROGRAM_PASSWORD,
	unique,
	type CallOptions,
	type Json,
	type Reply
} from '../support/compat.ts';
import { contractOf, type Contract } from '../support/openapi.ts';
import { ask, PASSWORD, post, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let contract: Contract;
interface User {
	id: number;
	name: string;
	email: string;
	token: string;
}
let alice: User;
let bob: User;

beforeAll(async () => {
	server = await startServer();
	contract = await contractOf(server);
	alice = await newUser('alice');
	bob = await newUser('bob');
});
afterAll(() => server.stop());

const ZONELESS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/;

async function newUser(stem: string): Promise<User> {
	const name = unique(stem);
	const email = `${name}@example.org`;
	const { status, body } = await contract.call('/api/auth/register', {
		body: { username: name, email, password: PROGRAM_PASSWORD }
	});
	expect(status).toBe(200);
	return { id: body.id, name, email, token: body.token };
}

const as = (user: User, path: string, options: CallOptions = {}): Promise<Reply> =>
	contract.call(path, { token: user.token, ...options });
async function good(user: User, path: string, options: CallOptions = {}): Promise<Json> {
	const { status, body } = await as(user, path, options);
	expect([path, status, status === 200 ? '' : body]).toEqual([path, 200, '']);
	return body;
}
const newRoom = (user: User, more: object = {}): Promise<Json> =>
	good(user, '/api/rooms/', { body: { name: unique('room'), ...more } });
const say = (user: User, room: number, content: string): Promise<Json> =>
	good(user, '/api/messages/', { body: { room_id: room, content } });

/** Every "no" says the same thing three times, in text. */
function isNo(reply: Reply, status: number): void {
	expect([reply.status, reply.body]).toEqual([status, reply.body]);
	const { detail, error, message } = reply.body;
	expect(typeof detail).toBe('string');
	expect(detail).not.toBe('');
	expect([error, message]).toEqual([detail, detail]);
}

describe('ground rules', () => {
	it('paths work with and without a slash at their end, without a redirect (1.2)', async () => {
		const paths = ['/api/auth/me', '/api/rooms', '/api/rooms/1', '/api/messages/1', '/api/friends'];
		for (const path of paths) {
			for (const form of [path, `${path}/`]) {
				expect([form, (await as(alice, form)).status]).toEqual([form, 200]);
			}
		}
		const form = new URLSearchParams({ username: alice.name, password: PROGRAM_PASSWORD });
		for (const path of ['/api/auth/login', '/api/auth/login/']) {
			expect((await contract.call(path, { method: 'POST', body: form })).status).toBe(200);
		}
	});

	it.each(['/api/nothing', '/api', '/api/rooms/1/nothing', '/api/auth', '/api/messages/1/2/3'])(
		'%s is 404 with the error body, never a page',
		async (path) => isNo(await as(alice, path), 404)
	);

	it('another method is 405', async () => {
		const reply = await as(alice, '/api/rooms/', { method: 'PATCH' });
		isNo(reply, 405);
		expect(reply.headers.get('allow')).toBe('GET, POST, OPTIONS');
	});

	it.each([
		['no token', {}],
		['no scheme', { authorization: 'abc' }],
		['another scheme', { authorization: 'Basic YTpi' }],
		['an unknown token', { authorization: 'Bearer nonsense' }],
		['a huge token', { authorization: `Bearer ${'x'.repeat(8_000)}` }]
	])('%s is 401 with WWW-Authenticate (1.3)', async (_what, headers) => {
		const reply = await contract.call('/api/auth/me', { headers });
		isNo(reply, 401);
		expect(reply.headers.get('www-authenticate')).toBe('Bearer');
	});

	it('a cookie never counts, and a token never sets one', async () => {
		const person = await register(server, unique('cookie'));
		const headers = { cookie: person.cookie, origin: server.origin };
		isNo(await contract.call('/api/auth/me', { headers }), 401);
		const { headers: said } = await as(alice, '/api/auth/me');
		expect(said.get('set-cookie')).toBeNull();
		const name = person.cookie.split('=')[0];
		const swapped = await ask(server, '/api/account', {
			headers: { cookie: `${name}=${alice.token}` }
		});
		expect(swapped.status).toBe(401);
	});

	it('any origin may call, also where the answer is no (1.6)', async () => {
		const origin = 'http://localhost:3000';
		for (const [path, status] of [
			['/api/auth/me', 401],
			['/api/nothing', 404],
			['/api/rooms/nothing', 401],
			['/api/health', 200],
			['/uploads/images/nothing.png', 404],
			['/uploads/avatars/nothing.png', 404]
		] as const) {
			const reply = await contract.call(path, { headers: { origin } });
			const told = reply.headers.get('access-control-allow-origin');
			expect([path, reply.status, told]).toEqual([path, status, '*']);
		}
		for (const path of ['/api/rooms/', '/api/auth/login', '/api/upload/file', '/api/nothing']) {
			const reply = await contract.call(path, {
				method: 'OPTIONS',
				headers: {
					origin,
					'access-control-request-method': 'POST',
					'access-control-request-headers': 'authorization, content-type'
				}
			});
			expect(reply.status).toBe(204);
			const said = (name: string) => reply.headers.get(`access-control-${name}`);
			expect(said('allow-origin')).toBe('*');
			expect(said('allow-methods')).toBe('GET, POST, PUT, PATCH, DELETE, OPTIONS');
			expect(said('allow-headers')).toBe('authorization, content-type');
			expect(said('max-age')).toBe('600');
			expect(said('allow-credentials')).toBeNull();
		}
		const polling = await contract.call('/socket.io/?EIO=4&transport=polling', {
			headers: { origin }
		});
		expect(polling.headers.get('access-control-allow-origin')).toBe('*');
	});

	it('origins can be limited to a list', async () => {
		const listed = 'https://chat.example.org';
		const other = await startServer({ CORS_ORIGINS: listed });
		for (const [origin, told] of [
			[listed, listed],
			['https://evil.example', null]
		]) {
			for (const path of ['/api/auth/me', '/socket.io/?EIO=4&transport=polling']) {
				const response = await fetch(`http://127.0.0.1:${other.port}${path}`, {
					headers: { origin: origin! }
				});
				expect([path, response.headers.get('access-control-allow-origin')]).toEqual([path, told]);
			}
		}
		await other.stop();
	});

	it('nothing with a token may be kept by a cache (H5)', async () => {
		const { headers } = await as(alice, '/api/auth/me');
		expect(headers.get('cache-control')).toBe('no-store');
	});
});

describe('accounts', () => {
	it('register answers the union of all documents', async () => {
		const username = unique('中文_x');
		const email = `${unique('mail')}@example.org`;
		const body = { username, email, password: 'a fine day 7', password2: 'a fine day 7' };
		const reply = await contract.call('/api/auth/register', { body });
		expect(reply.status).toBe(200);
		const { user, token, access_token, token_type, message, ...flat } = reply.body;
		expect(flat).toEqual(user);
		expect([access_token, token_type, typeof message]).toEqual([token, 'bearer', 'string']);
		expect(user).toMatchObject({
			username,
			email,
			avatar_url: '',
			real_name: '',
			birthday: null,
			created_at: expect.stringMatching(ZONELESS)
		});
	});

	it.each([
		['nothing', {}, 422],
		['no password', { password: undefined }, 422],
		['a list for a name', { username: ['a'] }, 422],
		['one letter', { username: 'a' }, 400],
		['21 letters', { username: 'a'.repeat(21) }, 400],
		['a space', { username: 'a b' }, 400],
		['a sign', { username: 'a-b' }, 400],
		['an emoji', { username: 'ab😀' }, 400],
		['no mail', { email: 'nobody' }, 400],
		['a short password', { password: 'short' }, 400],
		['a common password', { password: 'password123' }, 400],
		['two passwords', { password2: 'something else' }, 400]
	])('register refuses %s', async (what, wrong, status) => {
		const username = unique('someone');
		const right = { username, email: `${username}@x.org`, password: 'a fine day 7' };
		const body = what === 'nothing' ? {} : { ...right, ...wrong };
		const reply = await contract.call('/api/auth/register', { body });
		isNo(reply, status);
		expect(reply.body.errors[0].field).toBe(Object.keys(wrong)[0] ?? 'username');
	});

	it('names have 2 to 20 code points', async () => {
		for (const username of ['中文', `𠮷${'字'.repeat(19)}`]) {
			const email = `${unique('mail')}@example.org`;
			const body = { username, email, password: 'a fine day 7' };
			expect((await contract.call('/api/auth/register', { body })).status).toBe(200);
		}
	});

	it('a name or mail that is taken is 409', async () => {
		const fresh = { username: unique('new'), email: `${unique('new')}@x.org` };
		for (const taken of [
			{ username: alice.name },
			{ username: alice.name.toUpperCase() },
			{ email: alice.email.toUpperCase() }
		]) {
			const body = { ...fresh, ...taken, password: 'a fine day 7' };
			isNo(await contract.call('/api/auth/register', { body }), 409);
		}
	});

	it('login takes forms, multipart and JSON; the name or the mail; and other OAuth fields', async () => {
		const form = new FormData();
		form.set('username', alice.name);
		form.set('password', PROGRAM_PASSWORD);
		const oauth = { grant_type: 'password', scope: '', client_id: '', client_secret: '' };
		const bodies: unknown[] = [
			new URLSearchParams({ username: alice.name, password: PROGRAM_PASSWORD, ...oauth }),
			form,
			{ username: alice.name, password: PROGRAM_PASSWORD, remember_me: true },
			{ username: alice.email, password: PROGRAM_PASSWORD }
		];
		for (const body of bodies) {
			const reply = await contract.call('/api/auth/login', { method: 'POST', body });
			expect([reply.status, reply.body.token_type]).toEqual([200, 'bearer']);
			expect(reply.body.token).toBe(reply.body.access_token);
			expect(reply.body.user).toMatchObject({ id: alice.id, username: alice.name });
			const { status } = await contract.call('/api/auth/me', { token: reply.body.token });
			expect(status).toBe(200);
		}
	});

	it('a wrong password and an unknown name are the same 401', async () => {
		const wrong = { username: alice.name, password: 'wrong password' };
		const nobody = { username: 'nobody_here', password: 'wrong password' };
		const [first, second] = [
			await contract.call('/api/auth/login', { body: wrong }),
			await contract.call('/api/auth/login', { body: nobody })
		];
		isNo(first!, 401);
		expect(second!.body).toEqual(first!.body);
	});

	it('me, verify and check tell who one is', async () => {
		const me = await good(alice, '/api/auth/me');
		const { user, ...flat } = me;
		expect(flat).toEqual(user);
		expect(user).toMatchObject({ id: alice.id, email: alice.email });
		expect(await good(alice, '/api/auth/verify')).toEqual({ valid: true, user });
		expect(await good(alice, '/api/auth/check')).toEqual({ authenticated: true, user });
	});

	it('logout ends the token, and no other', async () => {
		const body = { username: bob.name, password: PROGRAM_PASSWORD };
		const { token } = (await contract.call('/api/auth/login', { body })).body;
		const reply = await contract.call('/api/auth/logout', { method: 'POST', token });
		expect([reply.status, typeof reply.body.message]).toEqual([200, 'string']);
		isNo(await contract.call('/api/auth/me', { token }), 401);
		expect((await as(bob, '/api/auth/me')).status).toBe(200);
	});

	it('the profile changes by field; what is sent along unchanged passes', async () => {
		const user = await newUser('carol');
		const change = {
			real_name: '卡罗尔',
			phone: '+86 10 1234',
			address: 'Street 1',
			bio: 'Hello',
			gender: 'female',
			birthday: '2001-02-28',
			occupation: 'tester',
			website: 'https://example.org'
		};
		const changed = await good(user, '/api/auth/profile', { method: 'PUT', body: change });
		expect(changed).toMatchObject({ ...change, username: user.name, email: user.email });
		const same = await good(user, '/api/auth/profile', {
			method: 'PUT',
			body: { ...changed, nonsense: { a: 1 }, id: 1, is_online: true, role: 'admin' }
		});
		expect(same).toEqual(changed);
		const cleared = { birthday: '', bio: '', phone: null };
		expect(await good(user, '/api/auth/profile', { method: 'PUT', body: cleared })).toMatchObject({
			birthday: null,
			bio: '',
			phone: '',
			real_name: '卡罗尔'
		});
	});

	it('a new name keeps the token; a name or mail that is taken is 409', async () => {
		const user = await newUser('dora');
		const username = unique('renamed');
		const email = `${username}@example.org`;
		const put = (body: object) => as(user, '/api/auth/profile', { method: 'PUT', body });
		expect((await put({ username, email })).body).toMatchObject({ username, email });
		expect(await good(user, '/api/auth/me')).toMatchObject({ id: user.id, username, email });
		isNo(await put({ username: alice.name }), 409);
		isNo(await put({ email: alice.email }), 409);
		for (const wrong of [
			{ username: 'x' },
			{ email: 'nonsense' },
			{ birthday: '2001-02-30' },
			{ birthday: 'tomorrow' },
			{ bio: 'x'.repeat(201) },
			{ website: 'x'.repeat(201) }
		]) {
			isNo(await put(wrong), 400);
		}
		isNo(await put({ username: 7 }), 422);
		expect(await good(user, '/api/auth/me')).toMatchObject({ username, email, bio: '' });
	});

	it('a password changes for who knows it; a wrong one is 400, never 401', async () => {
		const user = await newUser('erin');
		const put = (current_password: string, new_password: string) =>
			as(user, '/api/auth/change-password', {
				method: 'PUT',
				body: { current_password, new_password }
			});
		isNo(await put('wrong password', 'a new day 99'), 400);
		isNo(await put(PROGRAM_PASSWORD, 'short'), 400);
		expect((await put(PROGRAM_PASSWORD, 'a new day 99')).status).toBe(200);
		expect((await as(user, '/api/auth/me')).status).toBe(200);
		const signIn = (password: string) =>
			contract.call('/api/auth/login', { body: { username: user.name, password } });
		expect((await signIn(PROGRAM_PASSWORD)).status).toBe(401);
		expect((await signIn('a new day 99')).status).toBe(200);
	});

	it('somebody else’s profile has neither mail nor phone', async () => {
		const { user } = await good(alice, `/api/users/${bob.id}/profile`);
		expect(user).toMatchObject({ id: bob.id, username: bob.name, bio: '' });
		expect(Object.keys(user)).not.toEqual(expect.arrayContaining(['email']));
		expect(Object.keys(user)).not.toEqual(expect.arrayContaining(['phone']));
		for (const id of ['999999', 'bob', '-1', '1e9']) {
			isNo(await as(alice, `/api/users/${id}/profile`), 404);
		}
	});
});

describe('rooms', () => {
	it('are made with the maker as a member and admin', async () => {
		const name = unique('made');
		const { room, message, ...flat } = await newRoom(alice, { name, description: ' about ' });
		expect(flat).toEqual(room);
		expect(typeof message).toBe('string');
		expect(room).toMatchObject({
			name,
			description: 'about',
			is_private: false,
			created_by: alice.id,
			member_count: 1
		});
		const detail = await good(alice, `/api/rooms/${room.id}`);
		expect(detail).toMatchObject({ success: true, is_member: true, ...room });
		expect(detail.members.map((one: Json) => one.user_id)).toEqual([alice.id]);
		expect(detail.users).toEqual(detail.online_members);
		const { success: _, room: same, ...rest } = detail;
		expect(rest).toEqual(same);
	});

	it.each([
		['no name', { name: undefined }, 422],
		['an empty name', { name: '  ' }, 400],
		['101 letters', { name: 'x'.repeat(101) }, 400],
		['two lines', { name: 'a\nb' }, 400],
		['private without a password', { is_private: true }, 400],
		['a long description', { description: 'x'.repeat(501) }, 400]
	])('refuse %s', async (_what, wrong, status) => {
		const body = { name: unique('bad'), ...wrong };
		const reply = await as(alice, '/api/rooms/', { body });
		isNo(reply, status);
	});

	it('have names of their own', async () => {
		const { name } = await newRoom(alice);
		for (const same of [name, name.toUpperCase(), ` ${name} `]) {
			isNo(await as(bob, '/api/rooms/', { body: { name: same } }), 409);
		}
	});

	it('are listed: one’s own, and all others, private ones included', async () => {
		const mine = await newRoom(alice);
		const hidden = await newRoom(bob, { is_private: true, password: 'sesame' });
		const lists = await good(alice, '/api/rooms/');
		const ids = (list: string) => lists[list].map((room: Json) => room.id);
		expect(ids('user_rooms')).toContain(mine.id);
		expect(ids('user_rooms')).toContain(1);
		expect(ids('available_rooms')).toContain(hidden.id);
		expect(ids('available_rooms')).not.toContain(mine.id);
		expect(lists.rooms).toEqual(lists.user_rooms);
		expect(lists.public_rooms.every((room: Json) => !room.is_private)).toBe(true);
		expect(ids('public_rooms')).toContain(mine.id);
	});

	it('are found by id, else by name; general is there from the start', async () => {
		const general = await good(alice, '/api/rooms/general');
		expect(general).toMatchObject({ id: 1, name: 'general', is_private: false });
		const named = await newRoom(alice, { name: `${unique('名 字')}/x` });
		const found = await good(bob, `/api/rooms/${encodeURIComponent(named.name)}`);
		expect(found.id).toBe(named.id);
		const numbered = await newRoom(alice, { name: '987654' });
		expect((await good(bob, '/api/rooms/987654')).id).toBe(numbered.id);
		isNo(await as(alice, '/api/rooms/no_such_room'), 404);
	});

	it('that are private are opened by their password, with 400 for a wrong one', async () => {
		const room = await newRoom(alice, { is_private: true, password: 'sesame' });
		const path = `/api/rooms/${room.id}`;
		const join = (body?: unknown) => as(bob, `${path}/join`, { method: 'POST', body });
		isNo(await as(bob, path), 403);
		isNo(await as(bob, `${path}/members`), 403);
		isNo(await as(bob, `/api/messages/${room.id}`), 403);
		for (const body of [undefined, {}, { password: '' }, { password: 'wrong' }]) {
			isNo(await join(body), 400);
		}
		const joined = await join({ password: 'sesame' });
		expect([joined.status, joined.body.room.member_count]).toEqual([200, 2]);
		// Clients come back by joining again.
		for (const body of [undefined, {}, { password: 'wrong' }]) {
			expect((await join(body)).status).toBe(200);
		}
		expect((await as(bob, path)).body.is_member).toBe(true);
	});

	it('are joined and left; leaving twice is 400', async () => {
		const room = await newRoom(alice);
		expect(
			(await good(bob, '/api/rooms/join', { body: { room_id: String(room.id) } })).room.id
		).toBe(room.id);
		const leave = () => as(bob, `/api/rooms/${room.id}/leave`, { method: 'POST' });
		expect((await leave()).status).toBe(200);
		isNo(await leave(), 400);
		isNo(await as(bob, '/api/rooms/999999/join', { method: 'POST' }), 404);
		isNo(await as(bob, '/api/rooms/999999/leave', { method: 'POST' }), 404);
	});

	it('an empty body with a JSON type is no body', async () => {
		const room = await newRoom(alice);
		const reply = await as(bob, `/api/rooms/${room.id}/join`, {
			method: 'POST',
			body: '',
			headers: { 'content-type': 'application/json' }
		});
		expect(reply.status).toBe(200);
	});

	it('are changed by owner and admins, and deleted by the owner', async () => {
		const room = await newRoom(alice, { is_private: true, password: 'sesame' });
		const path = `/api/rooms/${room.id}`;
		await good(bob, `${path}/join`, { body: { password: 'sesame' } });
		const name = unique('changed');
		isNo(await as(bob, path, { method: 'PUT', body: { name } }), 403);
		isNo(await as(bob, path, { method: 'DELETE' }), 403);
		const change = { name, description: 'new', password: '' };
		const changed = await good(alice, path, { method: 'PUT', body: change });
		expect(changed).toMatchObject({ name, description: 'new', is_private: true });
		await good(alice, path, { method: 'PUT', body: { password: 'another' } });
		const carol = await newUser('carol');
		isNo(await as(carol, `${path}/join`, { body: { password: 'sesame' } }), 400);
		await good(carol, `${path}/join`, { body: { password: 'another' } });
		const opened = await good(alice, path, { method: 'PUT', body: { is_private: false } });
		expect(opened.is_private).toBe(false);
		isNo(await as(alice, path, { method: 'PUT', body: { is_private: true } }), 400);
		isNo(await as(alice, path, { method: 'PUT', body: { name: 'general' } }), 409);
		expect((await as(alice, path, { method: 'DELETE' })).status).toBe(200);
		isNo(await as(alice, path), 404);
		isNo(await as(alice, path, { method: 'DELETE' }), 404);
	});

	it('tell members who is in', async () => {
		const room = await newRoom(alice);
		await good(bob, `/api/rooms/${room.id}/join`, { method: 'POST' });
		const { members, member_count, online_members, online_count } = await good(
			alice,
			`/api/rooms/${room.id}/members`
		);
		expect(members.map((one: Json) => one.id)).toEqual([alice.id, bob.id]);
		expect([member_count, online_count, online_members]).toEqual([2, 0, []]);
	});

	it('limit tries at their password, without 401 (6)', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		const theirs = await contractOf(limited);
		const user = async (username: string) => {
			const body = { username, email: `${username}@x.org`, password: PROGRAM_PASSWORD };
			return (await theirs.call('/api/auth/register', { body })).body.token as string;
		};
		const [owner, thief] = [await user('owner'), await user('thief')];
		const made = { name: 'vault', is_private: true, password: 'sesame' };
		const { id } = (await theirs.call('/api/rooms/', { token: owner, body: made })).body;
		const statuses: number[] = [];
		for (let i = 0; i < 12; i++) {
			const reply = await theirs.call(`/api/rooms/${id}/join`, {
				token: thief,
				body: { password: `guess ${i}` }
			});
			statuses.push(reply.status);
			if (reply.status === 429) {
				isNo(reply, 429);
				expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
			}
		}
		expect(statuses.slice(0, 10)).toEqual(Array(10).fill(400));
		expect(statuses.slice(10)).toEqual([429, 429]);
		await limited.stop();
	});
});

describe('messages', () => {
	it('are sent to rooms that one is in, trimmed, with 1 to 1,000 code points', async () => {
		const room = await newRoom(alice);
		const sent = await say(alice, room.id, '  hello \n there ');
		expect(sent).toMatchObject({
			content: 'hello \n there',
			message_type: 'text',
			user_id: alice.id,
			sender_id: alice.id,
			room_id: room.id,
			receiver_id: null,
			is_deleted: false,
			timestamp: expect.stringMatching(ZONELESS)
		});
		expect((await say(alice, room.id, '字'.repeat(1_000))).content).toHaveLength(1_000);
		const send = (user: User, body: object) => as(user, '/api/messages/', { body });
		isNo(await send(alice, { room_id: room.id, content: '😀'.repeat(1_001) }), 400);
		isNo(await send(alice, { room_id: room.id, content: ' ' }), 400);
		isNo(await send(alice, { room_id: room.id }), 400);
		isNo(await send(alice, { content: 'where?' }), 422);
		isNo(await send(alice, { room_id: { $gt: 0 }, content: 'x' }), 422);
		isNo(await send(alice, { room_id: 999_999, content: 'x' }), 404);
		isNo(await send(bob, { room_id: room.id, content: 'x' }), 403);
	});

	it('are changed by their author and taken back by the author or an admin', async () => {
		const room = await newRoom(alice);
		await good(bob, `/api/rooms/${room.id}/join`, { method: 'POST' });
		const sent = await say(bob, room.id, 'first');
		const path = `/api/messages/${sent.id}`;
		const put = (user: User, body: object) => as(user, path, { method: 'PUT', body });
		isNo(await put(alice, { content: 'forged' }), 403);
		isNo(await put(bob, { content: '' }), 400);
		isNo(await put(bob, {}), 422);
		const { body: edited } = await put(bob, {
			content: 'second',
			user_id: 1,
			id: 7,
			is_deleted: true
		});
		expect(edited).toMatchObject({
			id: sent.id,
			content: 'second',
			user_id: bob.id,
			is_deleted: false
		});
		expect(edited.edited_at).toMatch(ZONELESS);
		const other = await say(alice, room.id, 'by alice');
		isNo(await as(bob, `/api/messages/${other.id}`, { method: 'DELETE' }), 403);
		expect((await as(alice, path, { method: 'DELETE' })).status).toBe(200);
		const { messages } = await good(bob, `/api/messages/${room.id}`);
		expect(messages.map((one: Json) => one.id)).toEqual([other.id]);
		for (const method of ['PUT', 'DELETE']) {
			isNo(await as(bob, path, { method, body: { content: 'x' } }), 404);
		}
		isNo(await as(bob, '/api/messages/nonsense', { method: 'DELETE' }), 404);
	});

	it('of a room come in pages, in three forms, newest page first and oldest message first', async () => {
		const room = await newRoom(alice);
		for (let i = 0; i < 25; i++) await say(alice, room.id, `m${i}`);
		const page = async (query: string, path = `/api/messages/${room.id}`) => {
			const body = await good(alice, `${path}?${query}`);
			const { messages, pagination, ...counters } = body;
			expect(pagination).toEqual(counters);
			const texts = messages.map((one: Json) => one.content);
			return { texts, ...counters };
		};
		const texts = (from: number, to: number) =>
			Array.from({ length: to - from }, (_, i) => `m${from + i}`);
		const first = { total: 25, page: 1, per_page: 10, has_next: true, has_prev: false };
		for (const path of [`/api/messages/${room.id}`, `/api/rooms/${room.id}/messages`]) {
			for (const query of ['per_page=10', 'limit=10', 'page=1&limit=10', 'skip=0&limit=10']) {
				expect(await page(query, path)).toEqual({ texts: texts(15, 25), ...first });
			}
		}
		const last = { total: 25, page: 3, per_page: 10, has_next: false, has_prev: true };
		expect(await page('page=3&per_page=10')).toEqual({ texts: texts(0, 5), ...last });
		expect(await page('skip=20&limit=10')).toEqual({ texts: texts(0, 5), ...last });
		expect((await page('page=9&skip=5&limit=3')).texts).toEqual(texts(17, 20));
		expect((await page('page=4&per_page=10')).texts).toEqual([]);
		expect((await page('')).texts).toEqual(texts(0, 25));
		expect((await page('per_page=1000')).per_page).toBe(100);
		expect((await page('page=0&limit=0')).texts).toEqual(['m24']);
		isNo(await as(alice, `/api/messages/${room.id}?page=x`), 422);
		isNo(await as(alice, '/api/messages/999999'), 404);
	});

	it('of a public room can be read by who is not in it', async () => {
		const room = await newRoom(alice);
		await say(alice, room.id, 'for all');
		expect((await good(bob, `/api/messages/${room.id}`)).total).toBe(1);
	});

	it('without a room are the newest of general and one’s own rooms', async () => {
		const [mine, theirs] = [await newRoom(alice), await newRoom(bob)];
		await say(alice, mine.id, 'mine');
		await say(bob, theirs.id, 'theirs');
		await say(bob, 1, 'in general');
		const { messages, success } = await good(alice, '/api/messages?limit=2');
		expect(success).toBe(true);
		expect(messages.map((one: Json) => one.content)).toEqual(['mine', 'in general']);
		const named = await good(alice, `/api/messages?room=${theirs.name}`);
		expect(named.messages.map((one: Json) => one.content)).toEqual(['theirs']);
		const hidden = await newRoom(bob, { is_private: true, password: 'sesame' });
		isNo(await as(alice, `/api/messages?room=${hidden.name}`), 403);
	});

	it('from the app come whole, however long', async () => {
		const person = await register(server, unique('appuser'));
		const link = await person.link();
		const { heads } = await link.request('digest', {});
		const room = Object.entries(heads).find(([, [, , kind]]) => kind === 'room')![0];
		await link.request('acts', { acts: [post(room, '长'.repeat(3_000))] });
		link.close();
		const { messages } = await good(alice, '/api/messages/1?limit=1');
		expect(messages[0].content).toHaveLength(3_000);
	});
});

describe('people', () => {
	it('are found by a part of their name, the caller left out', async () => {
		const stem = unique('findme');
		const [first, second] = [await newUser(`${stem}a`), await newUser(`${stem}b`)];
		for (const key of ['keyword', 'q']) {
			const { users } = await good(first, `/api/users/search?${key}=${stem.toUpperCase()}`);
			expect(users.map((one: Json) => one.id)).toEqual([second.id]);
		}
		const exact = await good(first, `/api/users/search?username=${second.name}`);
		expect(exact.users).toEqual([
			{
				id: second.id,
				user_id: second.id,
				username: second.name,
				avatar_url: '',
				is_online: false
			}
		]);
		expect((await good(first, `/api/users/search?username=${stem}`)).users).toEqual([]);
		for (const literal of ['%25', '_____________________', '%22', '*', "'%20OR%201=1--"]) {
			expect((await good(first, `/api/users/search?keyword=${literal}`)).users).toEqual([]);
		}
		isNo(await as(first, '/api/users/search'), 400);
		isNo(await as(first, '/api/users/search?keyword=%20'), 400);
	});

	it('who are online are nobody without a socket: signing in alone announces nothing', async () => {
		const { users, online_users, count, success } = await good(alice, '/api/users/online');
		expect([success, online_users, count]).toEqual([true, users, users.length]);
		const names = users.map((one: Json) => one.username);
		expect(names).not.toContain(alice.name);
		expect(names).not.toContain(bob.name);
	});

	it('become friends by request and acceptance, or when requests cross', async () => {
		const [x, y] = [await newUser('xena'), await newUser('yuri')];
		const asked = await good(x, '/api/friends/requests', { body: { username: y.name } });
		expect(asked.request).toMatchObject({ status: 'pending', receiver: { id: y.id } });
		const { requests } = await good(y, '/api/friends/requests');
		expect(requests).toEqual([
			{
				id: requests[0].id,
				requester: expect.objectContaining({ id: x.id, username: x.name }),
				created_at: expect.stringMatching(ZONELESS)
			}
		]);
		expect((await good(x, '/api/users/friends/requests')).sent).toMatchObject([
			{ receiver: { id: y.id } }
		]);
		await good(y, `/api/friends/requests/${requests[0].id}/reject`, { method: 'POST' });
		expect((await good(y, '/api/friends')).friends).toEqual([]);
		isNo(await as(y, `/api/friends/requests/${requests[0].id}/accept`, { method: 'POST' }), 404);
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		const accepted = await good(y, `/api/users/friends/${x.id}/accept`, { method: 'POST' });
		expect(accepted.friend).toMatchObject({ id: x.id });
		for (const path of ['/api/friends', '/api/users/friends']) {
			expect((await good(x, path)).friends).toMatchObject([
				{ id: y.id, username: y.name, friendship_id: expect.any(Number) }
			]);
		}
		isNo(await as(x, '/api/friends/requests', { body: { user_id: y.id } }), 400);
		await good(x, `/api/friends/${y.id}`, { method: 'DELETE' });
		expect((await good(y, '/api/friends')).friends).toEqual([]);
		await good(x, '/api/friends/requests', { body: { user_id: y.id } });
		const crossed = await good(y, '/api/friends/requests', { body: { user_id: String(x.id) } });
		expect(crossed.request.status).toBe('accepted');
		await good(y, `/api/users/friends/${x.id}`, { method: 'DELETE' });
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		await good(y, `/api/friends/requests/${x.id}/accept`, { method: 'POST' });
		await good(y, `/api/friends/${x.id}`, { method: 'DELETE' });
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		await good(x, `/api/friends/${y.id}`, { method: 'DELETE' });
		expect((await good(y, '/api/friends/requests')).requests).toEqual([]);
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		await good(y, `/api/users/friends/${x.id}/reject`, { method: 'POST' });
	});

	it('are not asked twice, nor asked for themselves, nor when they are nobody', async () => {
		isNo(await as(alice, '/api/friends/requests', { body: { user_id: alice.id } }), 400);
		isNo(await as(alice, '/api/friends/requests', { body: { username: 'nobody_here' } }), 404);
		isNo(await as(alice, '/api/friends/requests', { body: { user_id: 999_999 } }), 404);
		isNo(await as(alice, '/api/friends/requests', { body: {} }), 400);
	});

	it('have a conversation of two, in pages', async () => {
		for (const path of [
			`/api/direct/${bob.id}/messages`,
			`/api/users/private/${bob.id}/messages`
		]) {
			const { messages, target, total } = await good(alice, `${path}?limit=5`);
			expect([messages, total, target.id]).toEqual([[], 0, bob.id]);
		}
		isNo(await as(alice, '/api/direct/999999/messages'), 404);
	});
});

describe('uploads', () => {
	const picture = (side = 32) =>
		sharp({ create: { width: side, height: side, channels: 3, background: '#ad4317' } })
			.png()
			.toBuffer();

	function form(bytes: Uint8Array | string, name: string, field = 'file'): FormData {
		const made = new FormData();
		made.set(field, new Blob([bytes as string]), name);
		return made;
	}
	const send = (user: User, path: string, body: unknown) =>
		as(user, path, { method: 'POST', body });
	const raw = (path: string, headers: Record<string, string> = {}) =>
		fetch(`http://127.0.0.1:${server.port}${path}`, { headers });

	it('answer both names for each thing, under both paths', async () => {
		const bytes = await picture();
		for (const path of ['/api/upload/file', '/api/upload/']) {
			const { status, body } = await send(alice, path, form(bytes, '../图 片.PNG'));
			expect([status, body]).toEqual([
				200,
				{
					message: expect.any(String),
					file_url: expect.stringMatching(/^\/uploads\/images\/[0-9a-f]{32}\.png$/),
					file_path: body.file_url,
					file_name: '图 片.PNG',
					filename: '图 片.PNG',
					file_size: expect.any(Number),
					file_type: 'png',
					content_type: 'image/png'
				}
			]);
			const served = await raw(body.file_url);
			expect(served.status).toBe(200);
			const got = Buffer.from(await served.arrayBuffer());
			expect(got.length).toBe(body.file_size);
			const { width, format } = await sharp(got).metadata();
			expect([width, format]).toEqual([32, 'png']);
			const said = (name: string) => served.headers.get(name);
			expect(said('content-type')).toBe('image/png');
			expect(said('x-content-type-options')).toBe('nosniff');
			expect(said('access-control-allow-origin')).toBe('*');
			expect(said('cross-origin-resource-policy')).toBe('cross-origin');
			expect(said('content-disposition')).toBeNull();
		}
	});

	it('of anything that browsers could run are downloads under their own name', async () => {
		const page = '<html><script>alert(1)</script></html>';
		for (const [bytes, name] of [
			[page, 'page.html'],
			['<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'picture.svg'],
			[page, 'photo.png'],
			['hello', 'note.txt'],
			['%PDF-1.7\n', '报告.pdf']
		] as const) {
			const { body } = await send(alice, '/api/upload/file', form(bytes, name));
			expect(body.file_url).toMatch(/^\/uploads\/(files|documents)\//);
			expect(['png', 'svg', 'html'].includes(body.file_type) && body.file_type === 'png').toBe(
				false
			);
			const served = await raw(body.file_url);
			expect(await served.text()).toBe(bytes);
			const how = served.headers.get('content-disposition')!;
			expect(how).toMatch(/^attachment/);
			expect(how).toContain(`filename*=UTF-8''${encodeURIComponent(name)}`);
			expect(served.headers.get('content-type')).not.toMatch(/html|svg|image/);
			expect(served.headers.get('content-security-policy')).toContain('sandbox');
		}
	});

	it('are served in parts', async () => {
		const { body } = await send(alice, '/api/upload/file', form('0123456789', 'digits.txt'));
		const part = await raw(body.file_url, { range: 'bytes=2-4' });
		expect([part.status, await part.text()]).toEqual([206, '234']);
		expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
		const beyond = await raw(body.file_url, { range: 'bytes=50-' });
		expect(beyond.status).toBe(416);
		const got = await contract.call(body.file_url);
		expect([got.status, got.body]).toEqual([200, '0123456789']);
	});

	it('are refused without a file, and when they are too large', async () => {
		isNo(await send(alice, '/api/upload/file', {}), 422);
		isNo(await send(alice, '/api/upload/file', form('x', 'a.txt', 'other')), 422);
		isNo(await send(alice, '/api/upload/file', form('', 'empty.txt')), 400);
		const bmp = Buffer.alloc(10 * 1024 * 1024 + 1);
		bmp.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
		const large = await send(alice, '/api/upload/file', form(bmp, 'large.png'));
		expect([400, 413]).toContain(large.status);
		isNo(large, large.status);
		const huge = form(Buffer.alloc(50 * 1024 * 1024 + 1), 'huge.bin');
		isNo(await send(alice, '/api/upload/file', huge), 413);
		expect(
			(await send(alice, '/api/upload/file', form(Buffer.alloc(11 * 1024 * 1024), 'ok.bin'))).status
		).toBe(200);
	});

	it('are removed by whoever handed them in', async () => {
		const { body } = await send(alice, '/api/upload/file', form('mine', 'mine.txt'));
		const remove = (user: User, url: string) =>
			as(user, `/api/upload/file?file_url=${encodeURIComponent(url)}`, { method: 'DELETE' });
		isNo(await remove(bob, body.file_url), 403);
		expect((await remove(alice, body.file_url)).status).toBe(200);
		expect((await raw(body.file_url)).status).toBe(404);
		isNo(await remove(alice, body.file_url), 404);
		isNo(await remove(alice, '/etc/passwd'), 404);
		isNo(await as(alice, '/api/upload/file', { method: 'DELETE' }), 422);
	});

	it.each([
		'/uploads/images/..%2f..%2froost.sqlite',
		'/uploads/images/%2e%2e/%2e%2e/roost.sqlite',
		'/uploads/../roost.sqlite',
		'/uploads/files/nothing.bin',
		'/uploads/nothing/nothing.bin'
	])('%s is 404', async (path) => {
		expect((await raw(path)).status).toBe(404);
	});

	it('are sent as messages: a picture as an image card, anything else as a file card', async () => {
		const room = await newRoom(alice);
		const sent = await send(alice, '/api/upload/file', form(await picture(), 'sun.png'));
		const { file_url, file_name, file_size } = sent.body;
		const image = await good(alice, '/api/messages/', {
			body: {
				room_id: room.id,
				content: 'look!',
				message_type: 'image',
				file_url,
				file_name,
				file_size
			}
		});
		expect(image.message_type).toBe('image');
		const card = { url: file_url, name: 'sun.png', size: file_size };
		expect(JSON.parse(image.content)).toEqual({ ...card, description: 'look!' });
		const text = (await send(alice, '/api/upload/file', form('hi', '说明.txt'))).body;
		const file = await good(alice, '/api/messages/', {
			body: { room_id: room.id, message_type: 'file', file_url: text.file_url }
		});
		expect(file.message_type).toBe('file');
		expect(JSON.parse(file.content)).toEqual({
			url: text.file_url,
			name: '说明.txt',
			size: 2,
			description: ''
		});
		const { messages } = await good(alice, `/api/messages/${room.id}`);
		expect(messages).toEqual([image, file]);
		const lost = { room_id: room.id, message_type: 'file', file_url: '/uploads/files/nothing.bin' };
		isNo(await as(alice, '/api/messages/', { body: lost }), 400);
	});

	it('are files of the app, too, and files of the app are cards here', async () => {
		const person = await register(server, unique('appuser'));
		const link = await person.link();
		const { heads } = await link.request('digest', {});
		const stream = Object.entries(heads).find(([, [, , kind]]) => kind === 'room')![0];
		const sent = await send(alice, '/api/upload/file', form(await picture(), 'sun.png'));
		const { file_url } = sent.body;
		await good(alice, '/api/messages/', {
			body: { room_id: 1, content: 'look!', message_type: 'image', file_url }
		});
		await link.until(() => link.frames.some((frame) => frame.stream === stream));
		const rows = link.frames.flatMap((frame) => frame.rows);
		expect(rows.find((row) => row.kind === 'message' && row.body === 'look!')).toMatchObject({
			files: [{ name: 'sun.png', kind: 'image', width: 32, height: 32 }]
		});
		// Passed on by somebody in the app, it is that person's message with the same picture.
		const { messages } = await good(alice, '/api/messages/1?limit=1');
		const forward = rows.find((row) => row.kind === 'message' && row.body === 'look!')!.id;
		await link.request('acts', { acts: [{ ...post(stream, ''), forward }] });
		const { messages: after } = await good(alice, '/api/messages/1?limit=1');
		expect(after[0]).toMatchObject({ username: person.name, message_type: 'image' });
		expect(JSON.parse(after[0].content).url).toBe(JSON.parse(messages[0].content).url);
		link.close();
	});

	it('that only begin like a picture are kept as they are', async () => {
		const bytes = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
		const { status, body } = await send(alice, '/api/upload/file', form(bytes, 'odd.png'));
		expect([status, body.file_type, body.file_size]).toEqual([200, 'png', bytes.length]);
	});

	it('set a picture of oneself, which others are told of', async () => {
		const bytes = await picture(600);
		const { body, status } = await send(bob, '/api/upload/avatar', form(bytes, 'me.png'));
		expect([status, body.avatar_url]).toEqual([200, body.user.avatar_url]);
		expect(body.avatar_url).toMatch(/^\/uploads\/avatars\//);
		const served = await raw(body.avatar_url);
		expect([served.status, served.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
		const small = await sharp(Buffer.from(await served.arrayBuffer())).metadata();
		expect(small.width).toBe(small.height);
		isNo(await send(bob, '/api/upload/avatar', form('no picture', 'me.png')), 400);
		isNo(
			await send(bob, '/api/upload/avatar', form(Buffer.alloc(5 * 1024 * 1024 + 1), 'me.png')),
			413
		);
		// An address that is no upload of one's own is passed over; one that is becomes the picture.
		const before = (await good(bob, '/api/auth/me')).avatar_url;
		const put = (avatar_url: string) =>
			good(bob, '/api/auth/profile', { method: 'PUT', body: { avatar_url } });
		expect((await put('https://evil.example/x.png')).avatar_url).toBe(before);
		const theirs = (await send(alice, '/api/upload/file', form(bytes, 'alice.png'))).body.file_url;
		expect((await put(theirs)).avatar_url).toBe(before);
		const own = (await send(bob, '/api/upload/file', form(bytes, 'bob.png'))).body.file_url;
		expect((await put(own)).avatar_url).not.toBe(before);
	});
});

describe('bodies that make no sense', () => {
	it.each([
		['broken JSON', '{"username":', 422],
		['a text', '"text"', 422],
		['a list', '[]', 422],
		['null', 'null', 422],
		['a prototype key', '{"__proto__":{"x":1},"username":"x","password":"y"}', 422],
		['deep nesting', '['.repeat(50_000) + ']'.repeat(50_000), 422],
		['600 KB', JSON.stringify({ username: 'x'.repeat(600_000), password: 'y' }), 413]
	])('%s is refused clearly, with detail as a string', async (_what, body, status) => {
		const headers = { 'content-type': 'application/json' };
		isNo(await contract.call('/api/auth/login', { method: 'POST', body, headers }), status);
	});

	it('JSON that calls itself text is 415 (H7)', async () => {
		const body = JSON.stringify({ username: alice.name, password: PROGRAM_PASSWORD });
		const headers = { 'content-type': 'text/plain' };
		isNo(await contract.call('/api/auth/login', { method: 'POST', body, headers }), 415);
	});

	it('write no fault into the log', () => {
		expect(server.broken).toEqual([]);
		expect(server.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
	});
});

describe('tokens for bots', () => {
	it('are made and revoked in the app, shown once, and good as bearer tokens', async () => {
		const person = await register(server, unique('owner'));
		const made = await person.ask('/api/account/tokens', { body: { name: ' weather bot ' } });
		expect(made.status).toBe(200);
		const { token, id } = made.body as { token: string; id: string };
		const list = async () =>
			((await person.ask('/api/account/tokens')).body as { tokens: Json[] }).tokens;
		expect(await list()).toEqual([
			{ id, name: 'weather bot', created: expect.any(Number), used: null }
		]);
		expect(JSON.stringify(await list())).not.toContain(token);
		expect((await contract.call('/api/auth/me', { token })).body.username).toBe(person.name);
		const sessions = (await person.ask('/api/account/sessions')).body as { sessions: Json[] };
		expect(sessions.sessions).toHaveLength(1);
		const other = await register(server, unique('thief'));
		const remove = { method: 'DELETE' };
		expect((await other.ask(`/api/account/tokens/${id}`, remove)).status).toBe(404);
		expect((await person.ask(`/api/account/tokens/${id}`, remove)).status).toBe(200);
		isNo(await contract.call('/api/auth/me', { token }), 401);
		expect(await list()).toEqual([]);
		const foreign = { body: { name: 'x' }, headers: { origin: 'https://evil.example' } };
		expect((await person.ask('/api/account/tokens', foreign)).status).toBe(403);
		expect((await person.ask('/api/account/tokens', { body: { name: '' } })).status).toBe(400);
		// A bearer token is no cookie: it makes no tokens.
		const bearer = await contract.call('/api/account/tokens', {
			token: alice.token,
			body: { name: 'x' },
			headers: { origin: server.origin }
		});
		expect(bearer.status).toBe(401);
	});

	it('end with the account, and what only this API knew of it goes, too', async () => {
		const person = await register(server, unique('leaver'));
		const { token } = (await person.ask('/api/account/tokens', { body: { name: 'bot' } })).body as {
			token: string;
		};
		const phone = '+86 555 0199';
		await contract.call('/api/auth/profile', { method: 'PUT', token, body: { phone } });
		const db = new Database(join(server.dataDir, 'roost.sqlite'), { readonly: true });
		const kept = db.prepare('SELECT phone FROM profile WHERE phone = ?').pluck();
		expect(kept.all(phone)).toEqual([phone]);
		await person.ask('/api/account/delete', { body: { password: PASSWORD } });
		isNo(await contract.call('/api/auth/me', { token }), 401);
		expect(kept.all(phone)).toEqual([]);
		db.close();
	});
});

describe('the documents', () => {
	it('are OpenAPI 3.1, by a validator that is not ours', async () => {
		const result = await new Validator().validate(structuredClone(contract.document));
		expect([result.valid, result.errors]).toEqual([true, undefined]);
		expect(contract.document.openapi).toBe('3.1.0');
	});

	it('name every event of the sockets', async () => {
		const { body } = await contract.call('/asyncapi.json');
		expect(body.asyncapi).toBe('3.0.0');
		const { DOWN } = await import('../../server/compat/socket/down.ts');
		const { UP } = await import('../../server/compat/socket/events.ts');
		const named = Object.keys(body.components.messages).sort();
		expect(named).toEqual(
			[
				...[...Object.keys(UP), 'ping'].map((name) => `client_${name}`),
				...Object.keys(DOWN).map((name) => `server_${name}`)
			].sort()
		);
	});

	it.each(['/docs', '/redoc', '/api/docs', '/api/redoc', '/docs/'])(
		'%s is a page that asks no other host for anything',
		async (path) => {
			const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
			expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
			expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
			const page = await response.text();
			const files = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1]!);
			expect(files.filter((file) => !file.startsWith('/'))).toEqual([]);
			for (const file of files.filter((one) => one.startsWith('/docs/assets/'))) {
				const asset = await fetch(`http://127.0.0.1:${server.port}${file}`);
				expect([file, asset.status]).toEqual([file, 200]);
			}
		}
	);

	it('/auth leads to the sign-in page, and /api/health answers', async () => {
		const auth = await contract.call('/auth');
		expect([auth.status, auth.headers.get('location')]).toEqual([302, '/sign-in']);
		expect((await contract.call('/api/health')).status).toBe(200);
	});

	it('hold: every documented call was answered above as promised', () => {
		expect(contract.all.filter((one) => !contract.done.has(one))).toEqual([]);
	});
});
