import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account, Sessions } from '../../src/lib/protocol/http.ts';
import { ask, cookieOf, newId, openLink, PASSWORD, register } from '../support/person.ts';
import { filing } from '../support/filing.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.stop());

const { act } = filing(() => server);
const signIn = (body: object, headers = {}) =>
	ask(server, '/api/account/sign-in', { body: { remember: false, ...body }, headers });

describe('an account', () => {
	it('is made, is signed in by its cookie, and the first one administers the server', async () => {
		const made = await ask(server, '/api/account/register', {
			body: { name: 'first', email: 'First@Example.org', password: PASSWORD }
		});
		expect(made.status).toBe(200);
		expect(made.body).toMatchObject({ admin: true, email: 'First@Example.org' });
		const who = await ask(server, '/api/account', { headers: { cookie: cookieOf(made) } });
		expect((who.body as Account).person.name).toBe('first');
		const second = await register(server, 'second');
		expect((await second.ask('/api/account')).body).toMatchObject({ admin: false });
	});

	it('is nobody’s for a browser that never had a session, and ended for one whose cookie counts no more', async () => {
		const fresh = await ask(server, '/api/account');
		expect([fresh.status, fresh.body]).toEqual([200, { account: null }]);
		const { cookie, ask: asked } = await register(server, 'ended');
		await asked('/api/account/sign-out', { method: 'POST', body: {} });
		const after = await ask(server, '/api/account', { headers: { cookie } });
		expect([after.status, after.refused?.code]).toEqual([401, 'session_ended']);
	});

	it('is found by user name in any letter case, and by e-mail', async () => {
		await register(server, 'Finder');
		for (const name of ['finder', 'FINDER', 'FINDER@example.org', ' Finder ']) {
			expect((await signIn({ name, password: PASSWORD })).status).toBe(200);
		}
	});

	it.each([
		['аlice', 'alice', 'a Cyrillic letter'],
		['ALICE', 'alice', 'letter case'],
		['ａlice', 'alice', 'full width'],
		['alic\u00e9', 'alice', 'an accent']
	])(
		'%s is refused when %s exists: %s does not tell people apart (ABUSE-1)',
		async (name, taken) => {
			const first = { name: taken, email: `${taken}@example.org`, password: PASSWORD };
			await ask(server, '/api/account/register', { body: first });
			const answer = await ask(server, '/api/account/register', {
				body: { name, email: 'other@example.org', password: PASSWORD }
			});
			expect([answer.status, answer.refused]).toEqual([
				409,
				{ code: 'name_taken', action: 'fix', field: 'name' }
			]);
		}
	);

	it.each([
		['name_invalid', { name: 'a' }],
		['name_invalid', { name: 'adm\u200bin' }],
		['name_invalid', { name: 'x'.repeat(300) }],
		['email_invalid', { email: 'nowhere' }],
		['email_invalid', { email: 'a b@example.org' }],
		['password_too_short', { password: 'short' }],
		['password_too_short', { password: '😀'.repeat(7) }],
		['password_too_long', { password: 'x'.repeat(257) }],
		['password_too_long', { password: '密'.repeat(86) }],
		['password_too_long', { password: 'x'.repeat(300_000) }],
		['password_common', { password: 'Password123' }],
		['password_common', { password: 'zzzzzzzzzzzz' }],
		['password_invalid', { password: 'tab\tand NUL\u0000' }],
		['malformed', { password: 12 }]
	])('is refused with %s (%#)', async (code, wrong) => {
		const body = { name: 'nobody', email: 'nobody@example.org', password: PASSWORD, ...wrong };
		const answer = await ask(server, '/api/account/register', { body });
		expect([answer.status, answer.refused?.code]).toEqual([400, code]);
	});

	it('has a password of which every character counts (HTTP-2)', async () => {
		const password = 'word and 😀 inside';
		const body = { name: 'exact', email: 'exact@example.org', password };
		expect((await ask(server, '/api/account/register', { body })).status).toBe(200);
		expect((await signIn({ name: 'exact', password })).status).toBe(200);
		expect((await signIn({ name: 'exact', password: 'word and' })).status).toBe(401);
		expect((await signIn({ name: 'exact', password: 'word and 😁 inside' })).status).toBe(401);
	});

	it('has one password in every encoding and with every kind of space (HTTP-2)', async () => {
		const [nfc, nfd] = [
			'Caf\u00e9 한글\u00a0z\u00fcrich',
			'Cafe\u0301 한글 zu\u0308rich'.normalize('NFD')
		];
		const body = { name: 'twoforms', email: 'twoforms@example.org', password: nfc };
		expect((await ask(server, '/api/account/register', { body })).status).toBe(200);
		for (const password of [nfc, nfd]) {
			expect((await signIn({ name: 'twoforms', password })).status).toBe(200);
		}
		// As long as is allowed when composed, too long as typed.
		const long = 'e\u0301x'.repeat(85);
		const other = { name: 'longform', email: 'longform@example.org', password: long };
		expect((await ask(server, '/api/account/register', { body: other })).status).toBe(200);
		expect((await signIn({ name: 'longform', password: long.normalize('NFC') })).status).toBe(200);
	});

	it('opens with a password that was hashed as typed, and from then on in every form (HTTP-2)', async () => {
		await register(server, 'longago');
		const [nfc, nfd] = ['w\u00f6rter', 'wo\u0308rter'].map((word) => `${word} of old`);
		const db = new Database(join(server.dataDir, 'roost.sqlite'));
		try {
			const hashed = await hash(Buffer.from(nfd!));
			db.prepare('UPDATE person SET password_hash = ? WHERE name = ?').run(hashed, 'longago');
		} finally {
			db.close();
		}
		expect((await signIn({ name: 'longago', password: nfc })).status).toBe(401);
		expect((await signIn({ name: 'longago', password: nfd })).status).toBe(200);
		expect((await signIn({ name: 'longago', password: nfc })).status).toBe(200);
		expect((await signIn({ name: 'longago', password: nfd })).status).toBe(200);
	});

	it('and a room, too, has one password in every encoding (HTTP-13)', async () => {
		const [owner, guest] = [
			await register(server, 'roomowner'),
			await register(server, 'roomguest')
		];
		const [a, b] = [await owner.link(), await guest.link()];
		const room = newId();
		const password = 'entr\u00e9e';
		await act(a, { kind: 'room.create', room, name: 'Entrée', description: '', password });
		const typed = password.normalize('NFD');
		expect(await act(b, { kind: 'room.join', room, password: typed })).toMatchObject({
			status: 'accepted'
		});
		for (const link of [a, b]) link.close();
	});

	it('has one e-mail in every encoding', async () => {
		const email = 'zo\u00eb@example.org';
		const body = { name: 'zoemail', email, password: PASSWORD };
		expect((await ask(server, '/api/account/register', { body })).status).toBe(200);
		const typed = email.normalize('NFD').toUpperCase();
		expect((await signIn({ name: typed, password: PASSWORD })).status).toBe(200);
	});

	it('takes nothing from a request but what belongs to it (HTTP-8)', async () => {
		const body = { name: 'modest', email: 'modest@example.org', password: PASSWORD };
		const extra = { admin: true, role: 'admin', id: 'x', number: 1, disabledAt: 1 };
		const made = await ask(server, '/api/account/register', { body: { ...body, ...extra } });
		expect(made.body).toMatchObject({ admin: false });
		expect((made.body as Account).person.number).not.toBe(1);
	});
});

describe('signing in', () => {
	it('answers an unknown name and a wrong password alike, after the same work', async () => {
		await register(server, 'known');
		const time = async (name: string) => {
			const times: number[] = [];
			for (let i = 0; i < 5; i++) {
				const start = performance.now();
				const answer = await signIn({ name, password: 'wrong password' });
				times.push(performance.now() - start);
				expect([answer.status, answer.body]).toEqual([
					401,
					{ refused: { code: 'sign_in_failed', action: 'fix' } }
				]);
			}
			return times.sort((a, b) => a - b)[2]!;
		};
		const known = await time('known');
		const unknown = await time('unknown');
		// A missing hash would make it many times quicker.
		expect(unknown).toBeGreaterThan(known / 3);
		expect(known).toBeGreaterThan(unknown / 3);
	});

	it('sets a cookie that scripts and other sites cannot use, and that goes with the browser', async () => {
		await register(server, 'cookies');
		const forgets = await signIn({ name: 'cookies', password: PASSWORD });
		const remembers = await signIn({ name: 'cookies', password: PASSWORD, remember: true });
		const flags = (text = '') => text.split('; ').slice(1).sort();
		expect(flags(forgets.headers.getSetCookie()[0])).toEqual([
			'HttpOnly',
			'Path=/',
			'SameSite=Lax'
		]);
		expect(flags(remembers.headers.getSetCookie()[0])).toEqual([
			'HttpOnly',
			'Max-Age=2592000',
			'Path=/',
			'SameSite=Lax'
		]);
	});

	it('knows the device afterwards, until one signs out there (HTTP-23)', async () => {
		await register(server, 'knower');
		const entered = await signIn({ name: 'knower', password: PASSWORD });
		const [session, device] = entered.headers.getSetCookie();
		expect(device).toMatch(
			/^roost-device=[\w-]{43}; HttpOnly; Max-Age=15552000; Path=\/; SameSite=Strict$/
		);
		const alone = await ask(server, '/api/account', {
			headers: { cookie: device!.split(';')[0]! }
		});
		expect([alone.status, alone.refused?.code]).toEqual([401, 'session_ended']);
		const cookie = [session, device].map((one) => one!.split(';')[0]).join('; ');
		const left = await ask(server, '/api/account/sign-out', { body: {}, headers: { cookie } });
		expect(left.headers.getSetCookie()[1]).toBe(
			'roost-device=; HttpOnly; Max-Age=0; Path=/; SameSite=Strict'
		);
	});

	it('sets a Secure __Host- cookie under https', async () => {
		const secure = await startServer({ ORIGIN: 'https://chat.example.org' });
		try {
			const made = await ask(secure, '/api/account/register', {
				body: { name: 'safe', email: 'safe@example.org', password: PASSWORD }
			});
			const cookie = made.headers.get('set-cookie') ?? '';
			expect(cookie).toMatch(/^__Host-roost=\w+; /);
			expect(cookie).toContain('Secure');
			expect(cookie).not.toContain('Domain');
		} finally {
			await secure.stop();
		}
	});

	it('makes a new token, and a planted one is dead afterwards (HTTP-4)', async () => {
		const victim = await register(server, 'victim');
		const planted = await register(server, 'planter');
		const answer = await signIn({ name: 'victim', password: PASSWORD }, { cookie: planted.cookie });
		expect(cookieOf(answer)).not.toBe(planted.cookie);
		expect((await planted.ask('/api/account')).status).toBe(401);
		const again = await signIn({ name: 'victim', password: PASSWORD }, { cookie: 'roost=planted' });
		expect(cookieOf(again)).not.toBe('roost=planted');
		expect((await victim.ask('/api/account')).status).toBe(200);
	});

	it('keeps no token in the database or the log', async () => {
		const { cookie } = await register(server, 'secretive');
		const token = cookie.split('=')[1]!;
		const kept = ['roost.sqlite', 'roost.sqlite-wal'].map((file) =>
			readFileSync(join(server.dataDir, file), 'latin1')
		);
		for (const text of [...kept, ...server.lines]) {
			expect(text.includes(token)).toBe(false);
			expect(text.includes(PASSWORD)).toBe(false);
		}
	});
});

describe('ending a session', () => {
	it('makes its cookie worthless at once, and nothing of it may be cached (HTTP-5)', async () => {
		const person = await register(server, 'leaver');
		const before = await person.ask('/api/account');
		expect(before.headers.get('cache-control')).toBe('no-store');
		const out = await person.ask('/api/account/sign-out', { method: 'POST' });
		expect(out.status).toBe(200);
		expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
		const after = await person.ask('/api/account');
		expect([after.status, after.refused]).toEqual([
			401,
			{ code: 'session_ended', action: 'sign-in' }
		]);
		expect((await person.sync('heads', {})).status).toBe(401);
	});

	it('closes its sockets within 5 s, and those of no other session (promise 13)', async () => {
		const person = await register(server, 'many');
		const other = cookieOf(await signIn({ name: 'many', password: PASSWORD }));
		const doomed = await person.link();
		const kept = await openLink(server, { origin: server.origin, cookie: other });
		const start = performance.now();
		await person.ask('/api/account/sign-out', { method: 'POST' });
		await doomed.closed;
		expect(performance.now() - start).toBeLessThan(5_000);
		expect(doomed.disconnectReasons).toEqual([
			{ refused: { code: 'session_ended', action: 'sign-in' } }
		]);
		await expect(kept.request('heads', {})).resolves.toBeDefined();
		kept.close();
		await expect(person.link()).rejects.toMatchObject({ refused: { code: 'session_ended' } });
	});

	it('can be done from another place, and only for one’s own (promise 13)', async () => {
		const person = await register(server, 'roamer');
		const stranger = await register(server, 'stranger');
		const other = cookieOf(await signIn({ name: 'roamer', password: PASSWORD }));
		const link = await person.link();
		const { sessions } = (
			await ask(server, '/api/account/sessions', { headers: { cookie: other } })
		).body as Sessions;
		expect(sessions.map((one) => one.current).sort()).toEqual([false, true]);
		const far = sessions.find((one) => !one.current)!;
		const path = `/api/account/sessions/${far.id}`;
		expect((await stranger.ask(path, { method: 'DELETE' })).status).toBe(404);
		await expect(link.request('heads', {})).resolves.toBeDefined();
		const ended = await ask(server, path, { method: 'DELETE', headers: { cookie: other } });
		expect(ended.status).toBe(200);
		await link.closed;
		expect((await person.ask('/api/account')).status).toBe(401);
	});
});
