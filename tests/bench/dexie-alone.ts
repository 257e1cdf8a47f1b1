/** The yardstick for storing: Dexie with the same tables, written by nothing else. Runs in a browser. */
import { CacheDatabase } from '../../src/lib/db/schema.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';

const newId = () => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

function rowsOf(rooms: number, each: number): MessageRow[] {
	const author = newId();
	let number = 0;
	return Array.from({ length: rooms }, newId).flatMap((room) =>
		Array.from({ length: each }, (_, n): MessageRow => {
			const own = {
				kind: 'message',
				id: newId(),
				number: ++number,
				room,
				seq: n + 3,
				rev: n + 3
			} as const;
			const at = Date.now();
			return { ...own, author, body: `Message ${n} of the many that were missed`, at, sent: at };
		})
	);
}

/** Writes as many rows, as many at a time as an answer of the server brings; answers ms. */
async function writeAll(rooms: number, each: number): Promise<number> {
	const name = newId();
	const db = new CacheDatabase(name);
	await db.open();
	const rows = rowsOf(rooms, each);
	const begun = performance.now();
	for (let from = 0; from < rows.length; from += LIMITS.pullRows) {
		await db.messages.bulkPut(rows.slice(from, from + LIMITS.pullRows));
	}
	const took = performance.now() - begun;
	await db.delete();
	return took;
}

declare global {
	interface Window {
		writeAll: typeof writeAll;
	}
}
window.writeAll = writeAll;
