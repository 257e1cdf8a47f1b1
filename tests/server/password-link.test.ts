/** A password that was forgotten: a link from whoever runs the server sets another one, once. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPasswordLink } from '../../server/auth/password-links.ts';
import { openBesideServer } from '../../server/store/sqlite/open.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { createPasswordLinkStore } from '../../server/store/sql/password-link-store.ts';
import { findPerson } from '../../server/store/sql/person-by-name.ts';
import { ask, cookieOf, PASSWORD, personWith, register, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const COMMAND = fileURLToPath(new URL('../../server/admin/admin-command.ts', import.meta.url));
const NEXT = 'quite another battery';

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ ORIGIN: 'https://chat.example.org' });
});
afterAll(() => server.stop());

/** Runs the command as whoever runs the server does, beside it. */
function admin(...args: string[]) {
	const { DATABASE_URL: _url, ...env } = process.env;
	const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
		env: { ...env, DATA_DIR: server.dataDir, ORIGIN: 'https://chat.example.org' },
		encoding: 'utf8'
	});
	return { status, stdout, stderr };
}

/** What the command does, without its process. */
async function linkFor(name: string): Promise<string> {
	const db = openBesideServer(`${server.dataDir}/roost.sqlite`);
	const database = new SqliteDatabase(db);
	const person = await database.ask(() => findPerson(database, name));
	const { token, link: id, until: expiresAt } = newPasswordLink();
	const made = { id, person: person!, expiresAt, createdAt: Date.now() };
	expect(await createPasswordLinkStore(database).insert(made)).toBe(true);
	db.close();
	return token;
}

const redeem = (token: string, password = NEXT) =>
	ask(server, '/api/account/password-link', { body: { token, password } });
const signIn = (name: string, password: string) =>
	ask(server, '/api/account/sign-in', { body: { name, password, remember: true } });

let names = 0;
const somebody = (): Promise<Person> => register(server, `forgetful_${names++}`);

test('sets another password, signs in there, and ends every other session, sockets included', async () => {
	const person = await somebody();
	const link = await person.link();
	const answer = await redeem(await linkFor(person.name));
	expect(answer.body).toMatchObject({ person: { id: person.id } });
	await link.closed;
	expect((await person.sync('heads', {})).status).toBe(401);
	const again = personWith(server, person.name, person.id, cookieOf(answer));
	expect((await again.sync('heads', {})).status).toBe(200);
	expect((await signIn(person.name, PASSWORD)).refused?.code).toBe('sign_in_failed');
	expect((await signIn(person.name, NEXT)).status).toBe(200);
});

test('works once, and ends the other links of that person', async () => {
	const person = await somebody();
	const [first, second] = [await linkFor(person.name), await linkFor(`${person.name}@example.org`)];
	expect((await redeem(first)).status).toBe(200);
	for (const token of [first, second]) {
		expect((await redeem(token, 'a third battery')).refused?.code).toBe('password_link_invalid');
	}
	expect((await signIn(person.name, NEXT)).status).toBe(200);
});

test('HTTP-22: of two who use it at once, one wins', async () => {
	const person = await somebody();
	const token = await linkFor(person.name);
	const answers = await Promise.all([
		redeem(token, 'battery of one'),
		redeem(token, 'battery of two')
	]);
	expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
});

test('a bad password is told, and the link stays good', async () => {
	const person = await somebody();
	const token = await linkFor(person.name);
	expect((await redeem(token, 'short')).refused).toMatchObject({
		...{ code: 'password_too_short', field: 'password' }
	});
	expect((await redeem(token, person.name)).refused?.code).toBe('password_common');
	expect((await redeem(token, 'x'.repeat(5_000))).refused?.code).toBe('password_too_long');
	expect((await redeem(token)).status).toBe(200);
});

describe('opens nothing', () => {
	test.each([[''], ['x'], ['x'.repeat(43)], ['../'.repeat(14) + 'x'], ['é'.repeat(43)]])(
		'with %j in it',
		async (token) => {
			expect((await redeem(token)).refused?.code).toBe('password_link_invalid');
		}
	);

	test('after a day, nor for an account that is disabled or gone', async () => {
		const [late, disabled] = [await somebody(), await somebody()];
		const tokens = [await linkFor(late.name), await linkFor(disabled.name)];
		const db = new Database(`${server.dataDir}/roost.sqlite`);
		db.prepare('UPDATE password_link SET expires_at = ? WHERE person = ?').run(Date.now(), late.id);
		db.prepare('UPDATE person SET disabled_at = 1 WHERE id = ?').run(disabled.id);
		// Who reads the database finds nothing that opens anything.
		const kept = db.prepare('SELECT * FROM password_link').all();
		expect(tokens.filter((token) => JSON.stringify(kept).includes(token))).toEqual([]);
		db.close();
		for (const token of tokens) {
			expect((await redeem(token)).refused?.code).toBe('password_link_invalid');
		}
	});
});

test('the command prints the link; what is wrong is said', async () => {
	const { name } = await somebody();
	const { status, stdout, stderr } = admin('password-link', `${name}@example.org`);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	const [, token] = /^https:\/\/chat\.example\.org\/password#([\w-]{43})$/mu.exec(stdout)!;
	expect((await redeem(token!)).status).toBe(200);
	expect(admin('password-link', 'nobody_here')).toMatchObject({
		...{ status: 1, stdout: '', stderr: expect.stringContaining('Nobody is called') }
	});
	expect(admin('make-tea').status).toBe(2);
	expect(admin('password-link').status).toBe(2);
});
