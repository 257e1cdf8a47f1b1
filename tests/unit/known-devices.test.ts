/** Devices that are known for an account: they have tries of their own, and give nothing else (HTTP-23). */
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../server/auth/accounts.ts';
import { NOBODY_LEAVES } from '../support/account-ends.ts';
import { createKnownDevices } from '../../server/auth/known-devices.ts';
import { createLimits } from '../../server/auth/limits.ts';
import { Sessions } from '../../server/auth/sessions.ts';
import { createDeviceStore } from '../../server/store/sql/device-store.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { createSessionStore } from '../../server/store/sql/session-store.ts';
import type { RefusalError } from '../../src/lib/protocol/refusal.ts';
import { sqliteDomain } from '../support/little-domain.ts';
import { PASSWORD } from '../support/person.ts';

const HOME = '198.51.100.7';
const DAY = 86_400_000;

async function setUp() {
	const { db, domain } = await sqliteDomain();
	let now = Date.now();
	const clock = () => now;
	const hasher = {
		hash: async (password: string) => `hash:${password}`,
		verify: async (hash: string, password: string) => hash === `hash:${password}`,
		verifyAsTyped: async () => false
	};
	const devices = createKnownDevices(createDeviceStore(new SqliteDatabase(db)), false, clock);
	const sessions = new Sessions(createSessionStore(new SqliteDatabase(db)), false, clock);
	const limits = createLimits(true, clock);
	const accounts = createAccounts({
		domain,
		hasher,
		limits,
		devices,
		ends: NOBODY_LEAVES,
		registration: async () => 'open',
		passwordMin: 8
	});
	/** Makes an account in a browser; answers its person, session, and cookies after signing in. */
	async function register(name: string, cookies = '') {
		const email = `${name}@example.org`;
		const proof = await accounts.register({ name, email, password: PASSWORD }, HOME);
		const { session } = await sessions.begin(proof, true, 'test');
		const cookie = await devices.remember(proof.person, session, cookies);
		return { ...proof, session, cookie, cookies: cookie.split(';')[0]! };
	}
	/** Code of the refusal, or "in". */
	const signIn = (name: string, password: string, address: string, cookies?: string) =>
		accounts.signIn({ name, password, remember: false }, address, cookies).then(
			() => 'in',
			(fault: unknown) => (fault as RefusalError).refusal.code
		);
	/** As many wrong tries as are let through. */
	async function attack(address: string, cookies?: string, tries = 20): Promise<number> {
		let tried = 0;
		for (let i = 0; i < tries; i++) {
			if ((await signIn('owner', 'wrong one', address, cookies)) === 'sign_in_failed') tried++;
		}
		return tried;
	}
	return {
		db,
		devices,
		sessions,
		register,
		signIn,
		attack,
		later: (ms: number) => void (now += ms)
	};
}

describe('a known device', () => {
	it('lets the owner in at once while strangers use up everything, even from the same address', async () => {
		const { register, signIn, attack } = await setUp();
		const owner = await register('owner');
		for (let host = 1; host <= 12; host++) await attack(`192.0.2.${host}`);
		await attack(HOME);
		expect(await signIn('owner', PASSWORD, HOME)).toBe('too_many');
		expect(await signIn('owner', PASSWORD, HOME, owner.cookies)).toBe('in');
		expect(await signIn('owner@example.org', PASSWORD, HOME, owner.cookies)).toBe('in');
	});

	it('gives strangers no tries at an account by what they know of another', async () => {
		const { register, attack } = await setUp();
		await register('owner');
		const stranger = await register('stranger');
		expect(await attack('192.0.2.1', stranger.cookies)).toBe(10);
		expect(await attack('192.0.2.1', `roost-device=${'a'.repeat(43)}`)).toBe(0);
		expect(await attack('192.0.2.1', 'roost-device=')).toBe(0);
	});

	it('has ten tries in five minutes, for whoever has it in hand', async () => {
		const { register, attack, signIn } = await setUp();
		const owner = await register('owner');
		expect(await attack(HOME, owner.cookies)).toBe(10);
		expect(await signIn('owner', PASSWORD, HOME, owner.cookies)).toBe('too_many');
		// Those of others are untouched.
		expect(await signIn('owner', PASSWORD, HOME)).toBe('in');
	});

	it('signs nobody in, and says the same of every account', async () => {
		const { register, sessions, signIn } = await setUp();
		const owner = await register('owner');
		expect(await sessions.identify(owner.cookies)).toBeNull();
		const token = owner.cookies.split('=')[1]!;
		expect(await sessions.identify(`roost=${token}`)).toBeNull();
		for (const name of ['owner', 'nobody_here']) {
			expect(await signIn(name, 'wrong one', HOME, owner.cookies)).toBe('sign_in_failed');
		}
		expect(owner.cookie).toMatch(
			/^roost-device=[\w-]{43}; HttpOnly; Max-Age=15552000; Path=\/; SameSite=Strict$/
		);
	});

	it('is kept as a hash', async () => {
		const { db, register } = await setUp();
		const { cookies } = await register('owner');
		const kept = JSON.stringify(db.prepare('SELECT * FROM known_device').all());
		expect(kept).not.toContain(cookies.split('=')[1]);
	});

	it('gets a new token with each sign-in, so that a planted one is never made good', async () => {
		const { devices, register } = await setUp();
		const planted = `roost-device=${'b'.repeat(43)}`;
		const owner = await register('owner', planted);
		expect(await devices.identify(owner.person, planted)).toBeNull();
		const next = await devices.remember(owner.person, owner.session, owner.cookies);
		expect(await devices.identify(owner.person, owner.cookies)).toBeNull();
		expect(await devices.identify(owner.person, next.split(';')[0])).not.toBeNull();
	});

	it('may be known for several accounts, and each is forgotten alone', async () => {
		const { devices, register } = await setUp();
		const one = await register('owner');
		const two = await register('other', one.cookies);
		expect(await devices.identify(one.person, two.cookies)).not.toBeNull();
		const left = (await devices.forget(one.person, two.cookies)).split(';')[0];
		expect(await devices.identify(one.person, two.cookies)).toBeNull();
		expect(await devices.identify(two.person, left)).not.toBeNull();
		expect(await devices.forget(two.person, left)).toContain('Max-Age=0');
	});

	it.each([
		['its session is ended from another', 'one'],
		['all others are ended', 'others'],
		['the account ends', 'all']
	])('is forgotten when %s', async (_what, how) => {
		const { devices, sessions, register } = await setUp();
		const { person, session, cookies } = await register('owner');
		if (how === 'one') await sessions.endPublic(person, session);
		else await sessions.endOthers(person, how === 'others' ? 'another' : null);
		expect(await devices.identify(person, cookies)).toBeNull();
	});

	it('is kept by whoever ends all others, outlives its session, and is forgotten after half a year', async () => {
		const { devices, sessions, register, later } = await setUp();
		const { person, session, cookies } = await register('owner');
		await sessions.endOthers(person, session);
		later(100 * DAY);
		await sessions.removeExpired();
		await devices.removeExpired();
		expect(await devices.identify(person, cookies)).not.toBeNull();
		later(80 * DAY);
		expect(await devices.identify(person, cookies)).toBeNull();
	});

	it('is one of at most twenty of an account', async () => {
		const { db, devices, register, later } = await setUp();
		const { person, session, cookies } = await register('owner');
		for (let i = 0; i < 20; i++) {
			later(1);
			await devices.remember(person, session, '');
		}
		expect(db.prepare('SELECT count(*) FROM known_device').pluck().get()).toBe(20);
		expect(await devices.identify(person, cookies)).toBeNull();
	});

	it('is not remembered for a session that has ended meanwhile', async () => {
		const { devices, sessions, register } = await setUp();
		const { person, session } = await register('owner');
		await sessions.endOthers(person, null);
		const cookie = await devices.remember(person, session, '');
		expect(await devices.identify(person, cookie.split(';')[0])).toBeNull();
	});
});
