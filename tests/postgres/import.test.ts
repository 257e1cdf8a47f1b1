/** An import goes into PostgreSQL as into SQLite: dry run equal to run, nothing doubled, nothing unread. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { runImport } from '../../server/import/run-import.ts';
import { createLog } from '../../server/log.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { MADE, writeExport, type ExportedRoom } from '../support/exported.ts';
import { personWith, register } from '../support/person.ts';
import { newPostgresDatabase } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'roost-import-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const id = (): string => uuid7(MADE, randomBytes(10));

test('a conversation with a file, an answer and a reaction', async () => {
	const settings = { DATA_DIR: join(dir, 'data'), DATABASE_URL: await newPostgresDatabase() };
	const first = await startServer(settings);
	const me = await register(first, 'me');
	await first.stop();
	const [mine, bob] = [
		{ id: me.id, name: 'me' },
		{ id: id(), name: 'bob' }
	];
	const said = { id: id(), number: 1, seq: 4, author: bob, text: 'one', at: MADE - 5_000 };
	const file = { id: id(), name: 'a.txt', size: 5, type: 'text/plain', kind: 'file' as const };
	const exported: ExportedRoom = {
		room: {
			id: id(),
			members: [mine, bob].map((person) => ({ person, role: 'member', state: 'in' })),
			owner: me.id
		},
		messages: [
			{ ...said, pinned: MADE - 4_000, reactions: [{ emoji: '👍', people: [mine] }] },
			{
				...{ ...said, id: id(), seq: 5, at: MADE - 3_000, reply: said.id, replySeq: 4 },
				files: [{ ...file, path: 'files/a.txt' }]
			}
		],
		files: { 'files/a.txt': Buffer.from('hello') }
	};
	await writeExport(join(dir, 'x.zip'), [exported]);
	const run = (isDry: boolean) =>
		runImport({
			...{ config: readConfig(settings), log: createLog('silent'), kind: 'roost' },
			...{ file: join(dir, 'x.zip'), isDry, owner: null }
		});
	const dry = await run(true);
	expect(await run(false)).toEqual(dry);
	expect(dry).toMatchObject({ messages: { new: 2, known: 0 }, losses: new Map() });
	expect(await run(false)).toMatchObject({ people: { new: 0 }, messages: { new: 0, known: 2 } });
	const server = await startServer(settings);
	const again = personWith(server, me.name, me.id, me.cookie);
	const { body } = await again.sync('pull', { streams: [{ id: exported.room.id, cursor: null }] });
	type Page = { unread?: number; rows: { kind: string; body?: string; at?: number }[] };
	const [page] = (body as { pages: Page[] }).pages;
	const rows = page!.rows.filter((row) => row.kind === 'message');
	expect(rows.map((row) => row.at)).toEqual([MADE - 5_000, MADE - 3_000]);
	expect(page!.unread).toBe(0);
	await server.stop();
});
