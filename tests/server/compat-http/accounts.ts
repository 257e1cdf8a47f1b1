/** Section 3: accounts, sessions and profiles. */
import { describe, expect, it } from 'vitest';
import { PROGRAM_PASSWORD, unique } from '../../support/compat.ts';
import { contract, alice, bob, newUser, as, good, isNo, ZONELESS } from './shared.ts';

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
