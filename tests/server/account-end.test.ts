/** The end of an account: at once or after a week, and what becomes of what was said. On both stores. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccountEnds } from '../../server/auth/account-end.ts';
import { createAccountEndStore } from '../../server/store/sql/account-end-store.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { littleDomain, type LittleDomain, type Somebody } from '../support/little-domain.ts';
import { ask, PASSWORD, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const WEEK = 7 * 86_400_000;

describe('an account that is to end', () => {
	let little: LittleDomain;
	let boss: Somebody;
	beforeAll(async () => {
		little = await littleDomain();
		boss = await little.person('boss');
		await little.database.ask(() =>
			little.database.prepare<[string]>('UPDATE person SET admin = 1 WHERE id = ?').run(boss.person)
		);
	});

	let names = 0;
	/** Somebody who has said something in two rooms, one of which they have left. */
	async function leaver() {
		const bob = await little.person(`bob${++names}`);
		const [home, left] = [await little.room(boss, [bob]), await little.room(boss, [bob])];
		const say = (room: string, body: string, by = bob) =>
			by.do({ kind: 'message.post', room, body });
		const own = [await say(home, 'at home'), await say(left, 'before I left')];
		const others = await say(home, 'of somebody else', boss);
		await boss.do({ kind: 'message.pin', room: home, message: own[0]!, on: true });
		await bob.do({ kind: 'room.leave', room: left });
		return { bob, home, left, own, others };
	}
	function ends() {
		let now = 1_000_000;
		const store = createAccountEndStore(little.database);
		const faults: unknown[] = [];
		const made = createAccountEnds({
			...{ store, domain: little.domain, now: () => now },
			endSessions: async () => undefined,
			onError: (error) => void faults.push(error)
		});
		const run = async () => {
			for (let steps = 0; await made.run(); steps++) expect(steps).toBeLessThan(50);
		};
		return { ...made, run, store, faults, pass: (ms: number) => void (now += ms) };
	}
	const bodies = async (room: string) =>
		(await boss.rows(room))
			.filter((row): row is MessageRow => row.kind === 'message' && row.type !== 'system')
			.map(({ body, deleted }) => (deleted ? '(gone)' : body));
	/** Messages that are not emptied. */
	async function leftOf({ person }: Somebody): Promise<number> {
		const sql = `SELECT id FROM message WHERE author = ? AND deleted_at IS NULL AND type IS NULL`;
		return (await little.query(sql, person)).length;
	}
	async function isGone({ person }: Somebody): Promise<boolean> {
		const sql = 'SELECT deleted_at FROM person WHERE id = ?';
		const [row] = await little.query<{ deleted_at: number | null }>(sql, person);
		return row!.deleted_at !== null;
	}

	it('stays for a week, and for good when its owner comes back', async () => {
		const { bob } = await leaver();
		const { plan, dueOf, undo, pass, run } = ends();
		const receipt = await plan(bob.person, { words: 'empty', when: 'week' });
		expect(receipt).toEqual({ asked: 1_000_000, due: 1_000_000 + WEEK, words: 'empty' });
		pass(WEEK - 1);
		await run();
		expect(await dueOf(bob.person)).toBe(receipt.due);
		await undo(bob.person);
		pass(WEEK);
		await run();
		expect(await isGone(bob)).toBe(false);
	});

	it('ends after a week; what was said stays if that was chosen', async () => {
		const { bob, home, left } = await leaver();
		const { plan, dueOf, pass, run, store } = ends();
		await plan(bob.person, { words: 'keep', when: 'week' });
		pass(WEEK);
		await run();
		expect(await isGone(bob)).toBe(true);
		expect(await dueOf(bob.person)).toBe(null);
		expect(await store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
		expect(await bodies(home)).toEqual(['at home', 'of somebody else']);
		expect(await bodies(left)).toEqual(['before I left']);
	});

	it('is emptied of words everywhere, pins included, and nobody else\u2019s', async () => {
		const { bob, home, left } = await leaver();
		const { plan, run, store } = ends();
		await plan(bob.person, { words: 'empty', when: 'now' });
		expect(await isGone(bob)).toBe(true);
		await run();
		expect(await bodies(home)).toEqual(['(gone)', 'of somebody else']);
		expect(await bodies(left)).toEqual(['(gone)']);
		const room = (await boss.rows(home)).find((row) => row.kind === 'room');
		expect(room).not.toHaveProperty('pins');
		expect(await store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
	});

	it('is emptied in pieces, and goes on where a server ended', async () => {
		const { bob, home } = await leaver();
		for (let n = 0; n < 120; n++) await bob.do({ kind: 'message.post', room: home, body: `${n}` });
		const first = ends();
		await first.plan(bob.person, { words: 'empty', when: 'now' });
		let commits = 0;
		const dying = createAccountEnds({
			store: first.store,
			domain: {
				...little.domain,
				async eraseMessages(...asked) {
					if (++commits === 2) throw new Error('the server dies');
					await little.domain.eraseMessages(...asked);
				}
			},
			endSessions: async () => undefined,
			now: () => Number.MAX_SAFE_INTEGER,
			onError: (error) => void first.faults.push(error)
		});
		await dying.run();
		expect(first.faults).toEqual([new Error('the server dies')]);
		expect(await leftOf(bob)).toBe(72);
		await ends().run();
		expect(await leftOf(bob)).toBe(0);
		expect(await bodies(home)).not.toContain('119');
	});

	it('keeps no other one from ending when it cannot itself, and is not ended by an older plan', async () => {
		const [stuck, gone, back] = [await leaver(), await leaver(), await leaver()];
		const { plan, pass, run, undo, faults, store } = ends();
		for (const { bob } of [stuck, gone, back]) {
			await plan(bob.person, { words: 'keep', when: 'week' });
		}
		pass(WEEK);
		const broken = createAccountEnds({
			store: {
				...store,
				async due(...asked) {
					const due = await store.due(...asked);
					// Comes back after the list was read, and asks anew for next week.
					await undo(back.bob.person);
					await plan(back.bob.person, { words: 'empty', when: 'week' });
					return due;
				}
			},
			domain: {
				...little.domain,
				deleteAccount: (person) =>
					person === stuck.bob.person
						? Promise.reject(new Error('cannot'))
						: little.domain.deleteAccount(person)
			},
			endSessions: async () => undefined,
			now: () => 1_000_000 + WEEK,
			onError: (error) => void faults.push(error)
		});
		await broken.run();
		expect(faults).toEqual([new Error('cannot')]);
		expect([await isGone(stuck.bob), await isGone(gone.bob)]).toEqual([false, true]);
		expect(await isGone(back.bob)).toBe(false);
		await run();
		expect(await isGone(stuck.bob)).toBe(true);
		await undo(back.bob.person);
	});

	it('is not the last administrator\u2019s', async () => {
		const { plan } = ends();
		const asked = plan(boss.person, { words: 'keep', when: 'week' });
		await expect(asked).rejects.toMatchObject({ refusal: { code: 'last_admin' } });
	});
});

describe('signing in to an account that is to end', () => {
	let server: TestServer;
	beforeAll(async () => {
		server = await startServer();
		return () => server.stop();
	});

	it('says when, to whoever knows the password, and keeps it for who wants that', async () => {
		await register(server, 'founder');
		const ann = await register(server, 'leaving_ann');
		const link = await ann.link();
		const body = { password: PASSWORD, words: 'empty', when: 'week' };
		const ended = await ann.ask('/api/account/delete', { body });
		expect(ended).toMatchObject({ status: 200, body: { receipt: { words: 'empty' } } });
		await link.closed;
		const { due } = (ended.body as { receipt: { due: number } }).receipt;
		const signIn = (more: object) =>
			ask(server, '/api/account/sign-in', {
				body: { name: ann.name, password: PASSWORD, remember: false, ...more }
			});
		expect((await signIn({ password: 'not this one' })).refused?.code).toBe('sign_in_failed');
		expect((await signIn({})).refused).toMatchObject({ code: 'account_leaving', at: due });
		expect((await signIn({ keep: true })).status).toBe(200);
		expect((await signIn({})).status).toBe(200);
	});
});
