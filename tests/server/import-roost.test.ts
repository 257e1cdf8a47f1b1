/** Bringing an export in: ids, times and order as they were, nothing doubled, nothing unread, nothing hostile taken. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { ImportError } from '../../server/import/import-error.ts';
import type { ImportReport } from '../../server/import/report.ts';
import { runImport } from '../../server/import/run-import.ts';
import { createLog } from '../../server/log.ts';
import { messageRow } from '../../server/store/sql/rows.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import {
	messageRecord,
	type MessageRecord,
	type PersonRecord
} from '../../src/lib/export/records.ts';
import { directId, uuid7 } from '../../src/lib/protocol/ids.ts';
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import {
	exportEntries,
	MADE,
	writeExport,
	writeZip,
	type ExportedRoom
} from '../support/exported.ts';
import { filing } from '../support/filing.ts';
import { ask, newId, PASSWORD, personWith, register, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let dir: string;
let server: TestServer | null;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'roost-import-'));
	server = null;
});
afterEach(async () => {
	await server?.stop();
	rmSync(dir, { recursive: true, force: true });
});

const zip = (): string => join(dir, 'export.zip');
const id = (): string => uuid7(MADE, randomBytes(10));
const person = (name: string): PersonRecord => ({ id: id(), name });
const start = async (): Promise<TestServer> =>
	(server = await startServer({ DATA_DIR: join(dir, 'data') }));
const stop = async (): Promise<void> => {
	await server?.stop();
	server = null;
};

function bringIn(
	over: { isDry?: boolean; owner?: string; file?: string } = {}
): Promise<ImportReport> {
	return runImport({
		config: readConfig({ DATA_DIR: join(dir, 'data') }),
		log: createLog('silent'),
		kind: 'roost',
		file: over.file ?? zip(),
		isDry: over.isDry ?? false,
		owner: over.owner ?? null
	});
}

/** What somebody says in an export, one after the other. */
function saying(author: PersonRecord, texts: string[]): MessageRecord[] {
	return texts.map((text, n) => ({
		...{ id: id(), number: n + 1, seq: n + 3, author, text },
		at: MADE - 1_000_000 + n * 1_000
	}));
}

const members = (...people: PersonRecord[]) =>
	people.map((one, n) => ({
		person: one,
		role: n === 0 ? ('owner' as const) : ('member' as const),
		state: 'in' as const
	}));

function garden(ann: PersonRecord, bob: PersonRecord, texts: string[]): ExportedRoom {
	return { room: { id: id(), members: members(ann, bob) }, messages: saying(bob, texts) };
}

/** Everything of a conversation that a device of this person gets, message by message. */
async function read(who: Person, room: string): Promise<{ rows: MessageRow[]; cards: Card[] }> {
	const { body } = await who.sync('pull', { streams: [{ id: room, cursor: null }] });
	type Page = { rows: (MessageRow | { kind: 'member'; card: Card })[]; cards?: Card[] };
	const [page] = (body as { pages: Page[] }).pages;
	const rows = page!.rows.filter((row): row is MessageRow => row.kind === 'message');
	const cards = page!.rows.flatMap((row) => (row.kind === 'member' ? [row.card] : []));
	return { rows, cards: [...cards, ...(page!.cards ?? [])] };
}

/** What there is of an import in the database, as counts. */
async function counted(): Promise<Record<string, number>> {
	await start();
	const [row] = await server!.query<Record<string, number>>(
		`SELECT (SELECT count(*) FROM person) AS people, (SELECT count(*) FROM room) AS rooms,
		(SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM file) AS files,
		(SELECT count(*) FROM attachment) AS attachments, (SELECT count(*) FROM change) AS changes,
		(SELECT count(*) FROM membership) AS memberships`
	);
	await stop();
	return row!;
}

test('a conversation is there as it was: ids, words, times, order; its authors are guests', async () => {
	const [ann, bob] = [person('ann'), person('bob')];
	const exported = garden(ann, bob, ['one', 'two', 'three']);
	await writeExport(zip(), [exported]);
	await start();
	const me = await register(server!, 'me');
	await stop();
	const report = await bringIn({ owner: 'me' });
	expect(report).toMatchObject({
		people: { new: 2, known: 0, accounts: 0 },
		rooms: { new: 1, known: 0 },
		messages: { new: 3, known: 0 },
		losses: new Map()
	});
	await start();
	const { rows, cards } = await read(
		personWith(server!, me.name, me.id, me.cookie),
		exported.room.id
	);
	expect(rows.map(({ id: one, body, at, author }) => [one, body, at, author])).toEqual(
		exported.messages.map((one) => [one.id, one.text, one.at, bob.id])
	);
	expect(cards.find((card) => card.id === bob.id)).toMatchObject({ name: 'bob' });
	const [room] = await server!.query<Record<string, unknown>>(
		'SELECT * FROM room WHERE id = ?',
		exported.room.id
	);
	expect(room).toMatchObject({
		name: 'Garden',
		owner: me.id,
		created_at: exported.messages[0]!.at
	});
	expect(String(room!.description)).toContain('https://old.example.org');
	const guests = await server!.query<{ disabled_at: number; admin: number; email: string }>(
		`SELECT * FROM person WHERE id <> '${me.id}'`
	);
	expect(guests.map((one) => [one.disabled_at > 0, one.admin, one.email])).toEqual([
		[true, 0, ''],
		[true, 0, '']
	]);
});

test('twice, nothing is doubled: not one row, not one change in the log', async () => {
	const [ann, bob] = [person('ann'), person('bob')];
	await writeExport(zip(), [garden(ann, bob, ['one', 'two']), garden(bob, ann, ['three'])]);
	await bringIn();
	const before = await counted();
	const again = await bringIn();
	expect(again).toMatchObject({
		people: { new: 0, known: 2 },
		rooms: { new: 0, known: 2 },
		messages: { new: 0, known: 3 }
	});
	expect(await counted()).toEqual(before);
});

test('a dry run counts what the run counts, and writes nothing, beside a running server, too', async () => {
	const [ann, bob] = [person('ann'), person('bob')];
	const file = { id: id(), name: 'a.txt', size: 5, type: 'text/plain', kind: 'file' as const };
	const exported = garden(ann, bob, ['one', 'two', 'three']);
	const [first, second, third] = exported.messages;
	first!.files = [{ ...file, path: 'files/3-a.txt' }];
	second!.files = [{ ...file, id: id(), path: 'files/gone' }];
	second!.mentions = [['@carl', id()]];
	third!.reactions = [
		{ emoji: '👍', people: [ann] },
		{ emoji: 'x', people: [ann] }
	];
	exported.files = { 'files/3-a.txt': Buffer.from('hello') };
	await writeExport(zip(), [exported]);
	const before = await counted();
	await start();
	const dry = await bringIn({ isDry: true });
	expect(await server!.query('SELECT count(*) AS n FROM message')).toEqual([
		{ n: before.messages }
	]);
	await stop();
	const run = await bringIn();
	expect(dry).toEqual(run);
	expect(run.files).toEqual({ new: 1, known: 0 });
	expect([...run.losses.keys()]).toHaveLength(3);
	expect(await bringIn({ isDry: true })).toEqual(await bringIn());
});

test('nothing of it counts as unread, also what a later export adds to a room with people in it', async () => {
	await start();
	const me = await register(server!, 'me');
	const card = { id: me.id, name: 'me' };
	await stop();
	const bob = person('bob');
	const exported = garden(card, bob, ['one', 'two']);
	await writeExport(zip(), [exported]);
	await bringIn();
	const unread = async (): Promise<unknown> => {
		await start();
		const { body } = await personWith(server!, me.name, me.id, me.cookie).sync('pull', {
			streams: [{ id: exported.room.id, cursor: null }]
		});
		await stop();
		const [page] = (body as { pages: { unread?: number; mentioned?: number }[] }).pages;
		return page!.unread;
	};
	expect(await unread()).toBe(0);
	exported.messages.push(...saying(bob, ['', '', 'later']).slice(2));
	exported.messages.at(-1)!.seq = 90;
	await writeExport(zip(), [exported]);
	expect((await bringIn()).messages).toEqual({ new: 1, known: 2 });
	expect(await unread()).toBe(0);
});

test('a guest signs in with nothing; whoever registers first still runs the server', async () => {
	const [ann, bob] = [person('ann'), person('bob')];
	await writeExport(zip(), [garden(ann, bob, ['one'])]);
	await bringIn();
	await start();
	for (const password of ['', PASSWORD, 'ann']) {
		const body = { name: 'ann', password, remember: false };
		const answer = await ask(server!, '/api/account/sign-in', { body });
		expect(answer.refused?.code).toBe('sign_in_failed');
	}
	const me = await register(server!, 'first');
	expect(await server!.query('SELECT admin FROM person WHERE id = ?', me.id)).toEqual([
		{ admin: 1 }
	]);
});

test('names that are taken here, or only look like it, stay whose they are', async () => {
	await start();
	const me = await register(server!, 'bob');
	await stop();
	const [ann, bob] = [person('ann'), { ...person('b0b'), display: 'BOB' }];
	await writeExport(zip(), [garden(ann, bob, ['one']), garden(ann, bob, ['two'])]);
	expect((await bringIn({ owner: 'bob' })).people).toEqual({ new: 2, known: 0, accounts: 0 });
	await start();
	const named = await server!.query<{ id: string; name: string; display: string | null }>(
		'SELECT id, name, display FROM person ORDER BY number'
	);
	expect(named[0]).toMatchObject({ id: me.id, name: 'bob' });
	const guest = named.find((one) => one.id === bob.id)!;
	expect(guest.name).not.toBe('b0b');
	expect(guest.display).toBeNull();
	const rooms = await server!.query<{ name: string }>('SELECT name FROM room ORDER BY number');
	expect(rooms.map((room) => room.name)).toEqual(['general', 'Garden', 'Garden (2)']);
});

test('a conversation of two stays one, and goes on where one of them has an account', async () => {
	await start();
	const me = await register(server!, 'me');
	await stop();
	const [mine, bob] = [{ id: me.id, name: 'me' }, person('bob')];
	const room = directId(me.id, bob.id);
	const both = members(mine, bob).map((one) => ({ ...one, role: 'member' as const }));
	await writeExport(zip(), [
		{ room: { id: room, direct: true, members: both }, messages: saying(bob, ['hello']) }
	]);
	await bringIn();
	await start();
	const { rows } = await read(personWith(server!, me.name, me.id, me.cookie), room);
	expect(rows.map((row) => row.body)).toEqual(['hello']);
});

test('files keep their ids and bytes, pictures too; the same file in two conversations is one', async () => {
	const [ann, bob] = [person('ann'), person('bob')];
	const picture = await sharp(randomBytes(64 * 48 * 3), {
		raw: { width: 64, height: 48, channels: 3 }
	})
		.webp()
		.toBuffer();
	const text = Buffer.from('hello');
	const image = { id: id(), name: 'p.webp', size: picture.length, type: 'image/webp' };
	const card = { ...image, kind: 'image' as const, width: 64, height: 48, hash: 'AAAA' };
	const plain = { id: id(), name: 'a.txt', size: 5, type: 'text/plain', kind: 'file' as const };
	const [one, two] = [garden(ann, bob, ['one']), garden(ann, bob, ['two'])];
	const files = { 'files/p.webp': picture, 'files/a.txt': text };
	for (const exported of [one, two]) {
		exported.files = files;
		exported.messages[0]!.files = [
			{ ...card, path: 'files/p.webp' },
			{ ...plain, path: 'files/a.txt' }
		];
	}
	await writeExport(zip(), [one, two]);
	const report = await bringIn();
	expect(report.files).toEqual({ new: 2, known: 2 });
	expect(report.losses).toEqual(new Map());
	await start();
	const me = await register(server!, 'me');
	const link = await me.link();
	const joined = await link.request('acts', {
		acts: [{ kind: 'room.join', id: newId(), at: Date.now(), room: one.room.id }]
	});
	expect(joined.results.map(({ status }) => status)).toEqual(['accepted']);
	for (const [file, bytes] of [
		[card.id, picture],
		[plain.id, text]
	] as const) {
		const answer = await filing(() => server!).fetchFile(me, `/api/files/${file}`);
		expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
	}
	const small = await filing(() => server!).fetchFile(me, `/api/files/${card.id}/small`);
	expect(small.status).toBe(200);
	link.close();
});

test('an id that is another’s here gives access to nothing', async () => {
	await start();
	const me = await register(server!, 'me');
	const link = await me.link();
	const room = newId();
	const make = { kind: 'room.create', id: newId(), at: Date.now(), room, name: 'Own' };
	await link.request('acts', {
		acts: [{ ...make, description: '', password: 'secret words' } as never]
	});
	const { id: file } = await filing(() => server!).handIn(me, Buffer.from('mine alone'));
	await filing(() => server!).say(link, room, [file], 'kept');
	const [kept] = await server!.query<{ id: string }>("SELECT id FROM message WHERE body = 'kept'");
	link.close();
	await stop();
	const [ann, bob] = [person('ann'), person('bob')];
	const exported = garden(ann, bob, ['steals', 'a file', 'fine']);
	exported.messages[0]!.id = kept!.id;
	const card = { id: file, name: 'a', size: 10, type: 'text/plain', kind: 'file' as const };
	exported.messages[1]!.files = [{ ...card, path: 'files/a' }];
	exported.files = { 'files/a': Buffer.from('not these!') };
	await writeExport(zip(), [exported]);
	const dry = await bringIn({ isDry: true });
	const report = await bringIn();
	expect(report).toEqual(dry);
	expect(report.messages).toEqual({ new: 2, known: 0 });
	expect([...report.losses.values()]).toEqual([1, 1]);
	await start();
	expect(await server!.query('SELECT room FROM attachment WHERE file = ?', file)).toEqual([
		{ room }
	]);
});

test('a run that stops in the middle leaves whole pieces, which nobody is in, and the next one completes them', async () => {
	const [ann, bob] = [person('ann'), person('bob')];
	const texts = Array.from({ length: 1_200 }, (_, n) => `words ${n}`);
	const exported = garden(ann, bob, texts);
	exported.messages[1]!.pinned = MADE;
	const whole = exportEntries([exported]);
	const lines = String(whole['room-0/messages/000001.jsonl']).split('\n');
	lines[700] = '{"id":\u001b[31m';
	await writeZip(zip(), { ...whole, 'room-0/messages/000001.jsonl': lines.join('\n') });
	await expect(bringIn()).rejects.toThrow(
		/^[^\p{Cc}]*000001\.jsonl, line 701: not JSON[^\p{Cc}]*$/u
	);
	expect(await counted()).toMatchObject({ messages: 500, memberships: 0 });
	await writeZip(zip(), whole);
	const dry = await bringIn({ isDry: true });
	const run = await bringIn();
	expect(run).toEqual(dry);
	expect(run.messages).toEqual({ new: 700, known: 500 });
	expect(await counted()).toMatchObject({ messages: 1_200, memberships: 2 });
	await start();
	const all = await server!.query<{ body: string }>('SELECT body FROM message ORDER BY seq');
	expect(all.map((one) => one.body)).toEqual(texts);
	expect(await server!.query("SELECT pins FROM room WHERE pins <> '[]'")).toHaveLength(1);
	const me = await register(server!, 'me');
	const link = await me.link();
	await link.request('acts', {
		acts: [{ kind: 'room.join', id: newId(), at: Date.now(), room: exported.room.id }]
	});
	const found = await link.request('search', { query: 'words 1199', limit: 5 });
	expect(JSON.stringify(found)).toContain(exported.messages.at(-1)!.id);
	link.close();
});

describe('what is not as it has to be is refused, and what was before it completed by a second run', () => {
	const [ann, bob] = [person('ann'), person('bob')];
	const good = garden(ann, bob, ['one', 'two', 'three']);
	const entries = () => exportEntries([good]);
	const lines = 'room-0/messages/000001.jsonl';
	const changed = (change: (record: Record<string, unknown>) => void): string => {
		const records = good.messages.map((one) => structuredClone(one) as Record<string, unknown>);
		change(records[1]!);
		return records.map((record) => JSON.stringify(record)).join('\n');
	};
	const room = (change: object): string =>
		JSON.stringify({ ...JSON.parse(String(entries()['room-0/room.json'])), ...change });

	test.each<[string, Record<string, string | Uint8Array>, RegExp]>([
		['no JSON', { [lines]: '{"id"' }, /000001\.jsonl, line 1: not JSON/],
		['another type', { [lines]: changed((one) => (one['text'] = 5)) }, /line 2: "text"/],
		['no id', { [lines]: changed((one) => (one['id'] = '../../x')) }, /line 2: "id"/],
		['order', { [lines]: changed((one) => (one['seq'] = 1)) }, /line 2: out of order/],
		['the future', { [lines]: changed((one) => (one['at'] = 8e15)) }, /line 2: of the future/],
		[
			'a long text',
			{ [lines]: changed((one) => (one['text'] = 'x'.repeat(4001))) },
			/line 2: a text/
		],
		['a long line', { [lines]: 'x'.repeat(5 << 20) }, /line 1: longer than/],
		['twice', { [lines]: changed((one) => (one['id'] = good.messages[0]!.id)) }, /is there twice/],
		[
			'a version',
			{ 'export.json': '{"format":"roost-export","version":2}' },
			/export\.json: "version"/
		],
		['another room', { 'room-0/room.json': room({ id: id() }) }, /of another conversation/],
		['a wrong kind', { 'room-0/room.json': room({ direct: true }) }, /not of its kind/]
	])('%s', async (_name, over, message) => {
		await writeZip(zip(), { ...entries(), ...over });
		await expect(bringIn()).rejects.toThrow(ImportError);
		await expect(bringIn()).rejects.toThrow(message);
		expect(existsSync(join(dir, 'data', 'importing'))).toBe(false);
		await writeZip(zip(), entries());
		await bringIn();
		expect(await counted()).toMatchObject({ rooms: 2, messages: 3, people: 2, memberships: 2 });
	});

	test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
		['no zip', () => Buffer.from('hello'), /not a whole \.zip/],
		['nothing', () => Buffer.alloc(0), /not a whole \.zip/],
		['cut', (bytes) => bytes.subarray(0, bytes.length - 30), /not a whole \.zip/],
		['without its beginning', (bytes) => bytes.subarray(100), /not a whole \.zip/],
		[
			'other bytes',
			(bytes) => flipped(bytes, bytes.indexOf('"three"') + 2),
			/000001\.jsonl: not a whole/
		]
	])('a file that is %s', async (_name, change, message) => {
		await writeZip(zip(), entries());
		writeFileSync(zip(), change(readFileSync(zip())));
		await expect(bringIn()).rejects.toThrow(message);
	});

	test('paths that lead out of the file lead nowhere', async () => {
		const evil = garden(ann, bob, ['one']);
		const card = {
			id: id(),
			name: '../../evil',
			size: 4,
			type: 'text/plain',
			kind: 'file' as const
		};
		evil.messages[0]!.files = [{ ...card, path: '../../../../etc/passwd' }];
		await writeExport(zip(), [evil]);
		const report = await bringIn();
		expect(report.files).toEqual({ new: 0, known: 0 });
		expect([...report.losses.keys()]).toEqual([
			'files that are not there: their messages name them'
		]);
	});
});

function flipped(bytes: Buffer, at: number): Buffer {
	bytes[at]! ^= 1;
	return bytes;
}

const PEOPLE = ['ann', 'bob', 'carl'].map(person);

/** What may stand in a message of an export; whom it answers is drawn from those before it. */
const message = fc.record(
	{
		author: fc.constantFrom(...PEOPLE),
		text: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
		gap: fc.nat(5_000),
		reply: fc.nat(20),
		reactions: fc.uniqueArray(fc.constantFrom('👍', '❤️', '😀', '👨‍👩‍👧'), { maxLength: 3 }),
		edited: fc.boolean(),
		deleted: fc.boolean(),
		pinned: fc.boolean(),
		note: fc.boolean()
	},
	{ requiredKeys: ['author', 'text', 'gap'] }
);

test('what is exported, brought in, and exported again is equal but for the numbers of the server', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 12 }), async (drawn) => {
			let at = MADE - 10_000_000;
			const records: MessageRecord[] = [];
			for (const [n, one] of drawn.entries()) {
				at += one.gap;
				const base = { id: id(), number: n + 1, seq: n * 2 + 5, author: one.author, at };
				const target = one.reply === undefined ? undefined : records[one.reply];
				if (one.deleted) records.push({ ...base, text: '', deleted: true });
				else if (one.note && records[0]) {
					records.push({ ...base, text: '', system: { what: 'pinned', seq: records[0].seq } });
				} else {
					records.push({
						...{ ...base, text: one.text, sent: at - 5 },
						...(target ? { reply: target.id, replySeq: target.seq } : {}),
						...(one.edited ? { edited: at + 1 } : {}),
						...(one.pinned ? { pinned: at + 2 } : {}),
						...(one.reactions?.length
							? { reactions: one.reactions.map((emoji) => ({ emoji, people: PEOPLE.slice(1) })) }
							: {})
					});
				}
			}
			const exported = { room: { id: id(), members: members(...PEOPLE) }, messages: records };
			const path = join(dir, `${exported.room.id}.zip`);
			await writeExport(path, [exported]);
			await bringIn({ file: path });
			expect(withoutNumbers(await exportedAgain(exported.room.id))).toEqual(
				withoutNumbers(records)
			);
		}),
		{ numRuns: 12 }
	);
});

/** The messages of a room as an export has them. */
async function exportedAgain(room: string): Promise<MessageRecord[]> {
	const db = openSqlite({ file: join(dir, 'data', 'roost.sqlite') });
	try {
		type Row = Parameters<typeof messageRow>[0];
		const all = db
			.prepare<[string], Row>('SELECT * FROM message WHERE room = ? ORDER BY seq')
			.all(room);
		type PersonRow = { id: string; number: number; name: string };
		const people = db.prepare<[], PersonRow>('SELECT id, number, name FROM person').all();
		const cards = people.map((one): Card => ({ ...one, v: 1 }));
		const names = {
			byId: new Map(cards.map((card) => [card.id, card])),
			byNumber: new Map(cards.map((card) => [card.number, card]))
		};
		return all.map((row) => messageRecord(messageRow(row), names));
	} finally {
		db.close();
	}
}

/** Seqs count anew on each server: what points to one is told by the id there. */
function withoutNumbers(records: MessageRecord[]): unknown[] {
	const ids = new Map(records.map((one) => [one.seq, one.id]));
	return records.map(({ number: _number, seq: _seq, replySeq, system, ...rest }) => ({
		...rest,
		repliesTo: replySeq === undefined ? undefined : ids.get(replySeq),
		note: system && { ...system, seq: ids.get(system.seq!) }
	}));
}
