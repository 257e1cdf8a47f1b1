/** Backups: whole, checked, made while people talk; restored so that no device takes the past for another one (promise 18). */
import { randomBytes } from 'node:crypto';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync
} from 'node:fs';
import { createReadStream, createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { extract, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readArchive } from '../../server/backup/archive.ts';
import { backUp } from '../../server/backup/backup.ts';
import { inspectDatabase } from '../../server/backup/copy-database.ts';
import { restore } from '../../server/backup/restore.ts';
import { readConfig } from '../../server/config.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { filing } from '../support/filing.ts';
import { generalOf, personWith, post, register, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ORIGIN = 'http://chat.example.org';
const VERSION = '9.9.9';
const ONCE = { replace: false, signOut: false, now: new Date('2026-01-02T03:04:05Z') };

let dir: string;
let server: TestServer | null;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'roost-backup-'));
	server = null;
});
afterEach(async () => {
	await server?.stop();
	rmSync(dir, { recursive: true, force: true });
});

const start = async (name: string): Promise<TestServer> =>
	(server = await startServer({ DATA_DIR: join(dir, name), ORIGIN }));
const stop = async (): Promise<void> => {
	await server?.stop();
	server = null;
};
const config = (name: string) => readConfig({ DATA_DIR: join(dir, name) });
const archive = (): string => join(dir, 'backup.tar');
const databaseOf = (name: string): string => join(dir, name, 'roost.sqlite');

/** Somebody who has said some things, and one file of these bytes. */
async function talk(
	texts: string[],
	bytes: Buffer
): Promise<{ person: Person; room: string; file: string }> {
	const person = await register(server!, 'ann');
	const link = await person.link();
	const room = await generalOf(link);
	const { id } = await filing(() => server!).handIn(person, bytes);
	const { results } = await link.request('acts', { acts: texts.map((text) => post(room, text)) });
	expect(results.map(({ status }) => status)).toEqual(texts.map(() => 'accepted'));
	await filing(() => server!).say(link, room, [id], 'with a file');
	link.close();
	return { person, room, file: id };
}

/** What the server answers to a device that knows a stream up to here; `at` is where it stands then. */
async function pull(person: Person, stream: string, cursor: object | null) {
	const { body } = await person.sync('pull', { streams: [{ id: stream, cursor }] });
	type Page = { type: string; upto?: object; cursor?: object; rows?: { body?: string }[] };
	const { type, upto, cursor: newest, rows = [] } = (body as { pages: Page[] }).pages[0]!;
	return { type, at: upto ?? newest ?? null, texts: rows.map((row) => row.body ?? '') };
}

test('install, fill, back up, wipe, restore: the same people, texts and bytes, and the same cursors', async () => {
	await start('here');
	const bytes = randomBytes(300_000);
	const { person, room, file } = await talk(['one', 'two'], bytes);
	const before = await pull(person, room, null);
	const { manifest, left } = await backUp(config('here'), archive(), VERSION);
	expect(left).toBe(0);
	expect(manifest).toMatchObject({ version: VERSION, files: 'here', database: { files: 1 } });
	// It holds everything that there is to know of people.
	expect(statSync(archive()).mode & 0o077).toBe(0);
	await stop();
	const was = inspectDatabase(databaseOf('here'));
	rmSync(join(dir, 'here', 'files'), { recursive: true });
	for (const name of readdirSync(join(dir, 'here'))) {
		if (!name.endsWith('.host')) rmSync(join(dir, 'here', name), { recursive: true });
	}
	const { aside, lost } = await restore(config('here'), archive(), ONCE);
	expect({ aside, lost }).toEqual({ aside: null, lost: null });
	expect(inspectDatabase(databaseOf('here'))).toEqual(was);
	await start('here');
	const again = personWith(server!, person.name, person.id, person.cookie);
	const known = await pull(again, room, before.at);
	expect(known).toMatchObject({ type: 'page', texts: [] });
	const answer = await filing(() => server!).fetchFile(again, `/api/files/${file}`);
	expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
});

test('RESTORE-1: devices ahead of the copy begin anew, those that are not go on; what is lost is said', async () => {
	await start('here');
	const { person, room } = await talk(['one', 'two'], randomBytes(10));
	const old = await pull(person, room, null);
	await backUp(config('here'), archive(), VERSION);
	const link = await person.link();
	await link.request('acts', { acts: [post(room, 'lost'), post(room, 'lost, too')] });
	const ahead = await pull(person, room, old.at);
	expect(ahead.texts).toEqual(['lost', 'lost, too']);
	link.close();
	await stop();
	const { lost, aside } = await restore(config('here'), archive(), { ...ONCE, replace: true });
	expect(lost).toEqual({ changes: 2, streams: 1 });
	expect(aside).toBe(join(dir, 'here', 'before-restore-20260102030405'));
	expect(inspectDatabase(join(aside!, 'roost.sqlite')).messages).toBe(5);
	await start('here');
	const again = personWith(server!, person.name, person.id, person.cookie);
	expect(await pull(again, room, ahead.at)).toMatchObject({ type: 'reset' });
	expect(await pull(again, room, old.at)).toMatchObject({ type: 'page', texts: [] });
	// Also when the room has grown beyond where the device was.
	const line = await again.link();
	await line.request('acts', { acts: [1, 2, 3].map((n) => post(room, `another ${n}`)) });
	line.close();
	expect(await pull(again, room, ahead.at)).toMatchObject({ type: 'reset' });
	expect((await pull(again, room, old.at)).texts).toEqual([1, 2, 3].map((n) => `another ${n}`));
});

test('DISK-5: a backup that is made while people talk and files are removed is whole', async () => {
	await start('here');
	const { person, room } = await talk(['one'], randomBytes(50_000));
	const link = await person.link();
	let isOver = false;
	const talking = (async () => {
		while (!isOver)
			await link.request('acts', { acts: [post(room, 'and on'), post(room, 'and on')] });
	})();
	for (let n = 0; n < 3; n++) {
		const to = join(dir, `${n}.tar`);
		const { manifest } = await backUp(config('here'), to, VERSION);
		await restore(config(`copy-${n}`), to, ONCE);
		expect(inspectDatabase(databaseOf(`copy-${n}`))).toEqual(manifest.database);
	}
	isOver = true;
	await talking;
	link.close();
	// A file that is gone is left out, and its message is kept.
	rmSync(join(dir, 'here', 'files'), { recursive: true });
	expect((await backUp(config('here'), archive(), VERSION)).left).toBe(1);
	expect(readdirSync(dir).filter((name) => /part|database/u.test(name))).toEqual([]);
});

test('sessions that were ended after the backup can be ended with it', async () => {
	await start('here');
	const { person } = await talk(['one'], randomBytes(10));
	await backUp(config('here'), archive(), VERSION);
	await stop();
	await restore(config('here'), archive(), { ...ONCE, replace: true, signOut: true });
	await start('here');
	const again = personWith(server!, person.name, person.id, person.cookie);
	expect((await again.sync('heads', {})).status).toBe(401);
});

describe('refuses', () => {
	beforeEach(async () => {
		await start('here');
		await talk(['one'], randomBytes(2_000));
		await backUp(config('here'), archive(), VERSION);
		await stop();
	});

	const untouched = () => ({
		database: readFileSync(databaseOf('here')),
		names: readdirSync(join(dir, 'here'))
	});

	test('an archive of which any byte is wrong, or that ends anywhere, and changes nothing', async () => {
		const good = readFileSync(archive());
		const was = untouched();
		const bad = join(dir, 'bad.tar');
		const attempt = async (bytes: Buffer) => {
			writeFileSync(bad, bytes);
			await expect(restore(config('here'), bad, { ...ONCE, replace: true })).rejects.toThrow(
				/was not restored, and nothing was changed/u
			);
			expect(untouched()).toEqual(was);
		};
		// In the padding between two entries and after the last one, nothing is meant.
		const meant = meantBytes(good);
		await fc.assert(
			fc.asyncProperty(fc.nat(meant.length - 1), fc.integer({ min: 1, max: 255 }), (n, by) => {
				const bytes = Buffer.from(good);
				bytes[meant[n]!]! ^= by;
				return attempt(bytes);
			}),
			{ numRuns: 25 }
		);
		await fc.assert(
			// What ends in its first pieces has ended before anybody reads the first entry.
			fc.asyncProperty(fc.oneof(fc.nat(meant.at(-1)!), fc.nat(15_000)), (end) =>
				attempt(good.subarray(0, end))
			),
			{ numRuns: 20 }
		);
	});

	test('to take for damage what the disk says', async () => {
		const there = join(dir, 'unpacked');
		mkdirSync(there);
		writeFileSync(join(there, 'roost.sqlite'), 'in the way');
		await expect(readArchive(archive(), there)).rejects.toMatchObject({ code: 'EEXIST' });
	});

	test.each([['../evil'], ['files/../../evil'], ['/evil'], ['roost.sqlite.host'], ['files/aa']])(
		'an archive with the name %s in it',
		async (name) => {
			const bad = join(dir, 'bad.tar');
			await writeTar(bad, [[name, 'x']]);
			await expect(restore(config('there'), bad, ONCE)).rejects.toThrow(/no part of a backup/u);
			expect(existsSync(join(dir, 'evil'))).toBe(false);
			expect(readdirSync(join(dir, 'there')).filter((one) => !one.endsWith('.lock'))).toEqual([]);
		}
	);

	test('to write over a database, over an archive, beside a running server, or what is newer', async () => {
		await expect(restore(config('here'), archive(), ONCE)).rejects.toThrow(/--replace/u);
		await expect(backUp(config('here'), archive(), VERSION)).rejects.toThrow(/exists already/u);
		await expect(backUp(config('nowhere'), join(dir, 'x.tar'), VERSION)).rejects.toThrow(
			/no database/u
		);
		await expect(restore(config('there'), join(dir, 'none.tar'), ONCE)).rejects.toThrow(/no file/u);
		await start('here');
		await expect(restore(config('here'), archive(), { ...ONCE, replace: true })).rejects.toThrow(
			/in use by another running server/u
		);
		await stop();
		const raw = new Database(databaseOf('here'));
		raw.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('x', 9e15);
		raw.close();
		const newer = join(dir, 'newer.tar');
		await backUp(config('here'), newer, VERSION);
		await expect(restore(config('there'), newer, ONCE)).rejects.toThrow(
			/Roost 9\.9\.9, which is newer/u
		);
	});

	test('to back up a log that is not whole', async () => {
		const raw = new Database(databaseOf('here'));
		raw.exec("UPDATE change SET act = 'x' WHERE rowid = (SELECT max(rowid) - 1 FROM change)");
		raw.close();
		const to = join(dir, 'other.tar');
		await expect(backUp(config('here'), to, VERSION)).rejects.toThrow(
			/No backup was made: the log of/u
		);
		expect(existsSync(to)).toBe(false);
	});
});

test('a restore that was interrupted is told by the next start, and can be begun again', async () => {
	await start('here');
	await talk(['one'], randomBytes(10));
	await backUp(config('here'), archive(), VERSION);
	await stop();
	// What a kill leaves behind when the old database is aside and the new one is not in its place.
	mkdirSync(join(dir, 'here', 'restoring'));
	cpSync(databaseOf('here'), join(dir, 'here', 'restoring', 'roost.sqlite'));
	for (const end of ['', '-wal', '-shm']) rmSync(databaseOf('here') + end, { force: true });
	expect(() => openSqlite({ file: databaseOf('here') })).toThrow(/restore .* was interrupted/u);
	const { aside } = await restore(config('here'), archive(), ONCE);
	expect(readdirSync(aside!)).toEqual(['files']);
	openSqlite({ file: databaseOf('here') }).close();
});

test('a restore that stops half-way says so, and no server begins anew in its place', async () => {
	await start('here');
	await talk(['one'], randomBytes(10));
	await backUp(config('here'), archive(), VERSION);
	await stop();
	const inTheWay = join(dir, 'here', 'search.sqlite');
	rmSync(inTheWay, { force: true });
	mkdirSync(inTheWay);
	await expect(restore(config('here'), archive(), { ...ONCE, replace: true })).rejects.toThrow(
		/half-way.* What was there is in .*before-restore/u
	);
	expect(() => openSqlite({ file: databaseOf('here') })).toThrow(/restore .* was interrupted/u);
	rmSync(inTheWay, { recursive: true });
	await restore(config('here'), archive(), { ...ONCE, now: new Date('2026-01-02T03:04:06Z') });
	expect(inspectDatabase(databaseOf('here')).files).toBe(1);
});

/** Places of bytes that are content, or name what is: not the padding of entries, nor fields that nobody reads. */
function meantBytes(tar: Buffer): number[] {
	const places: number[] = [];
	for (let at = 0; at + 512 <= tar.length;) {
		const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
		if (Number.isNaN(size)) break;
		for (let n = 0; n < 100; n++) if (tar[at + n] !== 0) places.push(at + n);
		for (let n = 0; n < size; n++) places.push(at + 512 + n);
		at += 512 + Math.ceil(size / 512) * 512;
	}
	return places;
}

async function writeTar(path: string, entries: [string, string][]): Promise<void> {
	const tar = pack();
	for (const [name, text] of entries) tar.entry({ name }, text);
	tar.finalize();
	await pipeline(tar, createWriteStream(path));
	// As it was meant, for what reads it.
	const names: string[] = [];
	const read = extract();
	const reading = pipeline(createReadStream(path), read);
	for await (const entry of read) {
		names.push(entry.header.name);
		entry.resume();
	}
	await reading;
	expect(names).toEqual(entries.map(([name]) => name));
}
