/** A world in which is searched: the real domain on a real database, and an index of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { realClock } from '../../server/clock.ts';
import { createSearch } from '../../server/domain/search.ts';
import { createLog } from '../../server/log.ts';
import { sweepDeletedRooms } from '../../server/store/sql/sweep.ts';
import { createMessageIndex } from '../../server/search/message-index.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { createMemberSearchReads } from '../../server/store/sql/search-reads.ts';
import { ROOM_KEPT } from '../../src/lib/protocol/admin.ts';
import type { SearchAnswer, SearchRequest } from '../../src/lib/protocol/search.ts';
import { sqliteDomain, type SqliteDomain, type Somebody } from '../support/little-domain.ts';

/** How long a test waits for an index, on a machine that has much else to do. */
const PATIENCE = { timeout: 60_000, interval: 20 };
/** Waits until a check passes. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
	vi.waitFor(check, PATIENCE);

export interface SearchWorld extends SqliteDomain {
	/** folder of the database and of the index */
	dataDir: string;
	/** Asks the server once, for 50 at most where nothing else is said. */
	ask(by: Somebody, ask: Partial<SearchRequest>): Promise<SearchAnswer>;
	/** Asks until the index is up to date. */
	search(by: Somebody, ask: Partial<SearchRequest>): Promise<SearchAnswer>;
	/** Ids of everything that is found, page by page. */
	findAll(by: Somebody, ask: Partial<SearchRequest>): Promise<string[]>;
	/** Is run once, after the index has proposed messages and before they are answered. */
	meanwhile(run: () => Promise<unknown>): void;
	/** Lets somebody who is in a room see only what was said after this. */
	hideBefore(one: Somebody, room: string): void;
	/** Erases what was said in rooms that were deleted, as if that was long ago. */
	erase(): Promise<void>;
	/** Closes everything; the files stay. */
	stop(): Promise<void>;
	/** The same, and removes the files. */
	close(): Promise<void>;
}

/** @param where 'file': the index lives in a thread of its own; 'memory': in this one; a folder: that of an earlier world */
export async function searchWorld(where: string): Promise<SearchWorld> {
	const isMade = where === 'file' || where === 'memory';
	const dataDir = isMade ? mkdtempSync(join(tmpdir(), 'roost-search-')) : where;
	const db = openSqlite({ file: where === 'memory' ? ':memory:' : join(dataDir, 'roost.sqlite') });
	const town = await sqliteDomain(db);
	const log = createLog('silent');
	const index = createMessageIndex({ main: db, indexDir: dataDir, clock: realClock, log });
	town.domain.subscribe(({ frames }) => index.note(frames, false));
	let meanwhile: (() => Promise<unknown>) | null = null;
	const search = createSearch({
		reads: createMemberSearchReads(new SqliteDatabase(db), town.store.rooms),
		index: {
			async find(person, question) {
				const hits = await index.find(person, question);
				const run = meanwhile;
				meanwhile = null;
				await run?.();
				return hits;
			}
		},
		limiter: { take: async () => undefined, refund: async () => undefined }
	});
	const world: SearchWorld = {
		...town,
		dataDir,
		ask: (by, ask) => search.search(by, { query: '', limit: 50, ...ask }),
		search: (by, ask) =>
			eventually(async () => {
				const answer = await world.ask(by, ask);
				if (!answer.complete) throw new Error('the index is not up to date yet');
				return answer;
			}),
		async findAll(by, ask) {
			const ids: string[] = [];
			for (let below: number | null = Number.MAX_SAFE_INTEGER; below !== null;) {
				const answer: SearchAnswer = await world.search(by, { ...ask, below });
				ids.push(...answer.rows.map(({ id }) => id));
				below = answer.next;
			}
			return ids;
		},
		meanwhile(run) {
			meanwhile = run;
		},
		hideBefore(one, room) {
			db.prepare(
				`UPDATE membership SET visible_from = (SELECT head + 1 FROM stream WHERE id = @room)
				WHERE room = @room AND person = @person`
			).run({ room, person: one.person });
		},
		async erase() {
			const swept = await sweepDeletedRooms(new SqliteDatabase(db), Date.now() + 2 * ROOM_KEPT);
			index.forgetRooms(swept.rooms);
		},
		async stop() {
			await index.close();
			db.close();
		},
		async close() {
			await world.stop();
			rmSync(dataDir, { recursive: true, force: true });
		}
	};
	return world;
}
