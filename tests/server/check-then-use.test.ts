/** What was checked before something slow is checked again when it is used (HTTP-22). */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccountEnds } from '../../server/auth/account-end.ts';
import { createAccounts } from '../../server/auth/accounts.ts';
import { createLimits } from '../../server/auth/limits.ts';
import { Sessions } from '../../server/auth/sessions.ts';
import { createTokens } from '../../server/auth/tokens.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { createAccountEndStore } from '../../server/store/sql/account-end-store.ts';
import { createSessionStore } from '../../server/store/sql/session-store.ts';
import { sqliteDomain, type SqliteDomain } from '../support/little-domain.ts';
import { ask, cookieOf, PASSWORD, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const NEXT = 'another good one';

/** A hasher that takes as long as the test wants. */
function slowHasher() {
	const waiting: (() => void)[] = [];
	let isSlow = false;
	const turn = () => (isSlow ? new Promise<void>((go) => waiting.push(go)) : Promise.resolve());
	return {
		slow: () => void (isSlow = true),
		/** Lets everything go on, the oldest first. */
		goOn() {
			isSlow = false;
			for (const go of waiting.splice(0)) go();
		},
		async hash(password: string) {
			await turn();
			return `hash:${password}`;
		},
		async verify(hash: string, password: string) {
			const matches = hash === `hash:${password}`;
			await turn();
			return matches;
		},
		verifyAsTyped: async () => false
	};
}

const NO_DEVICES = { identify: async () => null };

describe('a password that is changed while something rests on the old one (HTTP-22)', () => {
	let little: SqliteDomain;
	beforeAll(async () => {
		little = await sqliteDomain();
	});

	async function setUp() {
		const { domain, db } = little;
		const hasher = slowHasher();
		const accounts = createAccounts({
			domain,
			hasher,
			limits: createLimits(false),
			devices: NO_DEVICES,
			ends: createAccountEnds({
				domain,
				store: createAccountEndStore(new SqliteDatabase(db)),
				endSessions: async () => undefined,
				now: Date.now,
				onError: (error) => {
					throw error;
				}
			}),
			registration: async () => 'open',
			passwordMin: 8
		});
		const table = createSessionStore(new SqliteDatabase(db));
		const sessions = new Sessions(table, false);
		const tokens = createTokens(table, sessions);
		const name = `p${randomBytes(6).toString('hex')}`;
		const proof = await accounts.register(
			{ name, email: `${name}@example.org`, password: PASSWORD },
			'192.0.2.1'
		);
		const owner = await sessions.begin(proof, false, 'owner');
		const signIn = () =>
			accounts.signIn({ name, password: PASSWORD, remember: false }, '192.0.2.2');
		/** The owner's change, done while the other waits for the hasher. */
		async function change() {
			expect(await little.domain.setPassword(proof, `hash:${NEXT}`)).toBe(true);
			await sessions.endOthers(proof.person, owner.session);
		}
		const left = async () => (await table.ofPerson(proof.person)).map((one) => one.publicId);
		return { accounts, hasher, sessions, tokens, proof, owner, signIn, change, left };
	}

	it('a sign-in begins no session', async () => {
		const { hasher, sessions, signIn, change, owner, left } = await setUp();
		hasher.slow();
		const signing = signIn().then((proof) => sessions.begin(proof, false, 'thief'));
		const refused = expect(signing).rejects.toMatchObject({ refusal: { code: 'sign_in_failed' } });
		await change();
		hasher.goOn();
		await refused;
		expect(await left()).toEqual([owner.session]);
	});

	it('nor makes a token of the compatible API', async () => {
		const { hasher, tokens, signIn, change, owner, left } = await setUp();
		hasher.slow();
		const signing = signIn().then((proof) => tokens.begin(proof, 'thief'));
		const refused = expect(signing).rejects.toMatchObject({ refusal: { code: 'sign_in_failed' } });
		await change();
		hasher.goOn();
		await refused;
		expect(await left()).toEqual([owner.session]);
	});

	it('the old password sets no other one, and ends no account', async () => {
		const { accounts, hasher, proof, change } = await setUp();
		hasher.slow();
		const wrong = { refusal: { code: 'current_password_wrong' } };
		const changing = accounts.changePassword(proof.person, PASSWORD, 'the thief has this');
		const removing = accounts.remove(proof.person, PASSWORD, { words: 'keep', when: 'now' });
		const refused = Promise.all([
			expect(changing).rejects.toMatchObject(wrong),
			expect(removing).rejects.toMatchObject(wrong)
		]);
		await change();
		hasher.goOn();
		await refused;
		expect(await little.domain.passwordHash(proof.person)).toBe(`hash:${NEXT}`);
	});

	it('a session that is ended makes no token for a bot any more', async () => {
		const { sessions, tokens, proof, owner, left } = await setUp();
		const thief = await sessions.begin(proof, false, 'thief');
		const by = { person: proof.person, session: thief.session };
		await sessions.endOthers(proof.person, owner.session);
		await expect(tokens.createForBot(by, 'bot')).rejects.toMatchObject({
			refusal: { code: 'session_ended' }
		});
		expect(await left()).toEqual([owner.session]);
	});

	it('as many tokens for bots as are allowed, however many are asked for at once', async () => {
		const { tokens, proof, owner } = await setUp();
		const by = { person: proof.person, session: owner.session };
		await Promise.allSettled(Array.from({ length: 80 }, () => tokens.createForBot(by, 'bot')));
		expect(await tokens.ofBots(proof.person)).toHaveLength(50);
	});
});

describe('over the real doors', () => {
	let server: TestServer;
	beforeAll(async () => {
		server = await startServer();
	});
	afterAll(() => server.stop());

	it('no sign-in with the old password lives on after the change (HTTP-22)', async () => {
		let current = PASSWORD;
		const ann = await register(server, 'ann');
		for (let round = 0; round < 6; round++) {
			const next = `a good one ${round}`;
			const changing = ann.ask('/api/account/password', {
				body: { current, password: next, endOthers: true }
			});
			const signing = Array.from({ length: 8 }, () =>
				ask(server, '/api/account/sign-in', {
					body: { name: 'ann', password: current, remember: true }
				})
			);
			const changed = await changing;
			const answers = await Promise.all(signing);
			if (changed.status === 200) current = next;
			expect(changed.status).toBe(200);
			for (const answer of answers.filter(({ status }) => status === 200)) {
				const { status } = await ask(server, '/api/account', {
					headers: { cookie: cookieOf(answer) }
				});
				expect(status).toBe(401);
			}
		}
	}, 60_000);
});
