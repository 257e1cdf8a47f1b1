/** The way over from the second system that Roost replaces: its database as SQLAlchemy makes it. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importing, type Importing } from '../support/importing.ts';
import { ask } from '../support/person.ts';

let it: Importing;
beforeEach(() => void (it = importing('chatroom')));
afterEach(() => it.remove());

const BCRYPT = '$2b$05$CCCCCCCCCCCCCCCCCCCCC.WrAwgFxicHZ3kL7zMvXYXHKosDn8ot2';
const PASSWORD = 'correct horse';

/** The tables, as they are made since it runs on FastAPI; before, they were called "user" and so on. */
const tables = (user: string, room: string, membership: string, message: string): string => `
CREATE TABLE ${user} (id INTEGER NOT NULL, username VARCHAR(80) NOT NULL, email VARCHAR(120) NOT NULL,
	password_hash VARCHAR(255) NOT NULL, avatar_url VARCHAR(255), is_online BOOLEAN, last_seen DATETIME,
	created_at DATETIME, updated_at DATETIME, real_name VARCHAR(100), phone VARCHAR(20), address TEXT, bio TEXT,
	gender VARCHAR(10), birthday DATE, occupation VARCHAR(100), website VARCHAR(255), PRIMARY KEY (id));
CREATE TABLE ${room} (id INTEGER NOT NULL, name VARCHAR(100) NOT NULL, description TEXT, is_private BOOLEAN,
	password_hash VARCHAR(255), created_by INTEGER NOT NULL, created_at DATETIME, PRIMARY KEY (id),
	FOREIGN KEY(created_by) REFERENCES ${user} (id));
CREATE TABLE ${membership} (id INTEGER NOT NULL, user_id INTEGER NOT NULL, room_id INTEGER NOT NULL,
	joined_at DATETIME, is_admin BOOLEAN, PRIMARY KEY (id));
CREATE TABLE ${message} (id INTEGER NOT NULL, content TEXT NOT NULL, message_type VARCHAR(20),
	user_id INTEGER NOT NULL, room_id INTEGER NOT NULL, timestamp DATETIME, edited_at DATETIME, is_deleted BOOLEAN,
	PRIMARY KEY (id));`;

function makeDatabase(names: [string, string, string, string]): void {
	mkdirSync(join(it.dir, 'instance'));
	mkdirSync(join(it.dir, 'uploads', 'chat-files'), { recursive: true });
	writeFileSync(join(it.dir, 'uploads', 'chat-files', 'a1b2.txt'), 'hello file');
	writeFileSync(join(it.dir, 'secret.txt'), 'outside');
	symlinkSync(join(it.dir, 'secret.txt'), join(it.dir, 'uploads', 'chat-files', 'link.txt'));
	const db = new Database(join(it.dir, 'instance', 'chatroom.db'));
	db.exec(tables(...names));
	const [user, room, membership, message] = names;
	const insert = (table: string, row: Record<string, unknown>) =>
		db
			.prepare(
				`INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row).map(() => '?')})`
			)
			.run(...Object.values(row));
	const created_at = '2024-03-01 08:00:00.000000';
	const people: [string, string][] = [
		['alice', BCRYPT],
		['李雷', 'sha256$old$00'],
		['bob.the-builder', BCRYPT]
	];
	for (const [i, [username, password_hash]] of people.entries()) {
		const email = `p${i}@example.org`;
		insert(user, { id: i + 1, username, email, password_hash, created_at });
	}
	insert(room, { id: 1, name: '公告', description: '', is_private: 0, created_by: 1, created_at });
	insert(room, {
		...{ id: 2, name: 'Secret', is_private: 1, password_hash: BCRYPT },
		...{ created_by: 2, created_at }
	});
	for (const [user_id, room_id, is_admin] of [
		[1, 1, 1],
		[2, 1, 0],
		[2, 2, 1]
	]) {
		insert(membership, { user_id, room_id, is_admin });
	}
	const file = (name: string) =>
		JSON.stringify({
			url: `/uploads/chat-files/${name}`,
			name: 'n.txt',
			size: 10,
			description: 'see'
		});
	const said: [string, string, Record<string, unknown>?][] = [
		['text', '你好'],
		['text', 'edited', { edited_at: '2024-03-02 09:00:30.000000' }],
		['text', 'gone', { is_deleted: 1 }],
		['file', file('a1b2.txt')],
		['file', file('link.txt')],
		['file', JSON.stringify({ url: '/uploads/../secret.txt', name: 'x' })],
		['image', 'not JSON'],
		['text', 'from nobody', { user_id: 9 }]
	];
	for (const [i, [message_type, content, more]] of said.entries()) {
		const timestamp = `2024-03-02 09:00:0${i}.500000`;
		insert(message, {
			...{ id: i + 1, content, message_type, user_id: (i % 2) + 1, room_id: 1, timestamp },
			...more
		});
	}
	db.close();
}

const FASTAPI: [string, string, string, string] = [
	'users',
	'rooms',
	'room_memberships',
	'messages'
];
const FLASK: [string, string, string, string] = ['user', 'room', 'room_membership', 'message'];

test.each([
	['FastAPI', FASTAPI],
	['Flask', FLASK]
])(
	'rooms, messages, files and accounts come over; twice, nothing is doubled (%s)',
	async (_name, names) => {
		makeDatabase(names);
		const dry = await it.bringIn('instance/chatroom.db', { isDry: true });
		const run = await it.bringIn('instance/chatroom.db');
		expect(run).toEqual(dry);
		expect(run).toMatchObject({
			people: { new: 4, accounts: 3 },
			rooms: { new: 2 },
			messages: { new: 8 },
			files: { new: 1 }
		});
		const said = await it.said('公告');
		expect(said.map((one) => [one.name, one.body, one.at])).toEqual([
			['alice', '你好', Date.UTC(2024, 2, 2, 9, 0, 0, 500)],
			['李雷', 'edited', Date.UTC(2024, 2, 2, 9, 0, 1, 500)],
			['alice', '', Date.UTC(2024, 2, 2, 9, 0, 2, 500)],
			['李雷', 'see', Date.UTC(2024, 2, 2, 9, 0, 3, 500)],
			['alice', 'see', Date.UTC(2024, 2, 2, 9, 0, 4, 500)],
			['李雷', '', Date.UTC(2024, 2, 2, 9, 0, 5, 500)],
			['alice', 'not JSON', Date.UTC(2024, 2, 2, 9, 0, 6, 500)],
			[expect.stringMatching(/^guest_/), 'from nobody', Date.UTC(2024, 2, 2, 9, 0, 7, 500)]
		]);
		expect(said[1]!.edited_at).toBe(Date.UTC(2024, 2, 2, 9, 0, 30));
		expect(said[2]!.deleted_at).not.toBeNull();
		const again = await it.bringIn('instance/chatroom.db');
		expect(again).toMatchObject({
			people: { new: 0, known: 4 },
			rooms: { new: 0, known: 2 },
			messages: { new: 0, known: 8 },
			files: { new: 0, known: 1 }
		});
	}
);

test('people sign in with the password they had, which is hashed anew; others need a link', async () => {
	makeDatabase(FASTAPI);
	const report = await it.bringIn('instance/chatroom.db');
	expect(Object.fromEntries(report.losses)).toMatchObject({
		'passwords that cannot be checked here: give these people a link for a new one': 1,
		'user names that cannot be one here, or are another’s: sign in by e-mail': 1
	});
	await it.serving(async (server) => {
		const signIn = (name: string, password: string) =>
			ask(server, '/api/account/sign-in', { body: { name, password, remember: false } });
		expect((await signIn('alice', 'wrong horse')).refused?.code).toBe('sign_in_failed');
		expect((await signIn('alice', PASSWORD)).status).toBe(200);
		expect((await signIn('p2@example.org', PASSWORD)).status).toBe(200);
		expect((await signIn('李雷', PASSWORD)).refused?.code).toBe('sign_in_failed');
		const hashes = await server.query<{ name: string; password_hash: string }>(
			"SELECT name, password_hash FROM person WHERE email <> '' ORDER BY number"
		);
		expect(hashes.every((one) => one.password_hash.startsWith('$argon2id$'))).toBe(true);
		expect((await signIn('alice', PASSWORD)).status).toBe(200);
		const general = await server.query(
			"SELECT 1 FROM membership s JOIN room r ON r.id = s.room WHERE r.name = 'general'"
		);
		expect(general).toHaveLength(3);
	});
});

test('what is no such database is refused', async () => {
	writeFileSync(join(it.dir, 'x.db'), 'hello');
	await expect(it.bringIn('x.db')).rejects.toThrow(/x\.db: not a database of chatroom/);
	new Database(join(it.dir, 'y.db')).exec('CREATE TABLE users (id)').close();
	await expect(it.bringIn('y.db')).rejects.toThrow(/it has no table "user"/);
});
