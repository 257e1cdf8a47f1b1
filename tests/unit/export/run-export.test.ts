/** Making an export: all of it is there once, however often it was interrupted, and what is not there is named. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readJournal } from '../../../src/lib/export/journal.ts';
import { MessageRecord, RoomRecord } from '../../../src/lib/export/records.ts';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import { runExport, type ExportParts } from '../../../src/lib/state/client/export/run-export.ts';
import { MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import { LinkError, type Range } from '../../../src/lib/sync/ports.ts';
import { change, freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';

const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ROOM, ME] = [id(1), id(2)];
const me = { id: ME, number: 1, name: 'ann', v: 1 };
const HEAD = 2_500;
/** Every fifth change is no message; every 400th message carries a file. */
const ROWS: MessageRow[] = Array.from({ length: HEAD }, (_, n) => n + 1)
	.filter((seq) => seq % 5 !== 0)
	.map((seq) => ({
		kind: 'message',
		id: id(1_000 + seq),
		number: seq,
		room: ROOM,
		seq,
		rev: seq,
		author: ME,
		body: `said ${seq}`,
		at: 1_700_000_000_000 + seq,
		...(seq % 401 === 0
			? {
					files: [
						{ id: id(seq), name: '../a.txt', size: 3, type: 'text/plain', kind: 'file' as const }
					]
				}
			: {})
	}));

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'roost-export-'));
	vi.stubGlobal('location', { origin: 'https://chat.example' });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A device that holds these ranges of the room. */
async function deviceWith(ranges: Range[]): Promise<MemoryLocalStore> {
	const cache = new MemoryLocalStore();
	const state = freshStream(ROOM, 'room');
	const cursor = { i: 'db', g: 1, s: HEAD, h: 'x' };
	const held = ROWS.filter(({ seq }) => ranges.some(({ from, to }) => seq >= from && seq <= to));
	const next = { ...state, cursor, ranges, ready: true };
	await cache.commit([{ ...change(state, next), rows: held, cards: [me] }], ME);
	return cache;
}

/** A spool in memory that fails once after so many appends. */
class Disk {
	zip = Buffer.alloc(0);
	journal = Buffer.alloc(0);
	left = Infinity;
	open() {
		return {
			journal: this.journal.toString(),
			size: this.zip.length,
			append: async (to: 'zip' | 'journal', bytes: Uint8Array) => {
				if (this.left-- <= 0) throw new LinkError({ kind: 'unreachable' });
				this[to] = Buffer.concat([this[to], bytes]);
			},
			cut: async (file: 'zip' | 'journal', size: number) => {
				this[file] = this[file].subarray(0, size);
			},
			flush: async () => undefined,
			close: async () => undefined
		};
	}
}

const history = (after: number, before: number) => {
	const rows = ROWS.filter(({ seq }) => seq > after && seq < before).slice(0, 200);
	const to = rows.length < 200 ? before - 1 : rows.at(-1)!.seq;
	return { type: 'history', stream: ROOM, from: after + 1, to, asOf: HEAD, rows, cards: [me] };
};

function partsOf(cache: MemoryLocalStore, disk: Disk, isLinked: boolean): ExportParts {
	const ask = async (_: string, { after, before }: { after: number; before: number }) => {
		if (!isLinked) throw new LinkError({ kind: 'unreachable' });
		return history(after, before);
	};
	return {
		cache: cache as unknown as ExportParts['cache'],
		hub: { ask } as unknown as ExportParts['hub'],
		me,
		spool: disk.open(),
		server: 'https://chat.example',
		language: () => 'en',
		isLinked: () => isLinked,
		fetchFile: async () => {
			if (!isLinked) throw new TypeError('Failed to fetch');
			return new Blob(['abc']).stream();
		}
	};
}

const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    names = z.namelist()
    assert len(names) == len(set(names))
    out = {'names': names, 'lines': [], 'files': {}}
    for name in sorted(names):
        if name.endswith('.jsonl'): out['lines'] += z.read(name).decode().splitlines()
        if name.endswith('room.json'): out['room'] = json.loads(z.read(name))
        if '/files/' in name: out['files'][name.split('/', 1)[1]] = z.read(name).decode()
    print(json.dumps(out))
`;
interface Read {
	names: string[];
	lines: string[];
	files: Record<string, string>;
	room: unknown;
}
function read(disk: Disk): Read {
	const file = join(folder, 'any.zip');
	writeFileSync(file, disk.zip);
	const said = execFileSync('python3', ['-c', READ, file], {
		encoding: 'utf8',
		maxBuffer: 1 << 28
	});
	return JSON.parse(said) as Read;
}

const scope = { what: ROOM, made: 1_700_000_000_000, rooms: [{ id: ROOM, name: 'Team / one' }] };
const never = new AbortController().signal;

it('has every message once, in order, with its files, whatever interrupted it, and wherever it was held', async () => {
	const ranges = fc.constantFrom<Range[]>(
		[{ from: 1, to: HEAD, asOf: null }],
		[{ from: 2_451, to: HEAD, asOf: null }],
		[
			{ from: 300, to: 900, asOf: null },
			{ from: 2_000, to: HEAD, asOf: null }
		]
	);
	await fc.assert(
		fc.asyncProperty(
			ranges,
			fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
			async (held, cuts) => {
				const cache = await deviceWith(held);
				const disk = new Disk();
				for (const left of cuts) {
					disk.left = left;
					await runExport(partsOf(cache, disk, true), scope, never, () => undefined).catch(
						(error: unknown) => {
							expect(error).toBeInstanceOf(LinkError);
						}
					);
					// What comes back after a crash may be less than a line.
					disk.zip = Buffer.concat([disk.zip, Buffer.from('half')]);
					disk.journal = Buffer.concat([disk.journal, Buffer.from('{"is":"st')]);
				}
				disk.left = Infinity;
				await runExport(partsOf(cache, disk, true), scope, never, () => undefined);
				const { lines, room, files, names } = read(disk);
				const messages = lines.map((line) => v.parse(MessageRecord, JSON.parse(line)));
				expect(messages.map(({ text }) => text)).toEqual(ROWS.map(({ body }) => body));
				expect(messages[0]!.author).toEqual({ id: ME, name: 'ann' });
				const record = v.parse(RoomRecord, room);
				expect(record).toMatchObject({
					messages: ROWS.length,
					missing: { messages: [], files: [] }
				});
				const carried = messages.flatMap(({ files: own = [] }) => own.map(({ path }) => path));
				expect(Object.keys(files).sort()).toEqual(carried.sort());
				expect(new Set(Object.values(files))).toEqual(new Set(['abc']));
				expect(names.every((name) => !name.includes('..'))).toBe(true);
			}
		),
		{ numRuns: 12 }
	);
}, 120_000);

it('says without a network what is missing', async () => {
	const cache = await deviceWith([{ from: 2_001, to: HEAD, asOf: null }]);
	const disk = new Disk();
	await runExport(partsOf(cache, disk, false), scope, never, () => undefined);
	const { lines, room } = read(disk);
	expect(lines).toHaveLength(ROWS.filter(({ seq }) => seq > 2_000).length);
	expect(v.parse(RoomRecord, room).missing).toEqual({
		messages: [[1, 2_000]],
		files: ['files/2406-_a.txt']
	});
});

it('asks the server for what is here as of an older change: words may have been taken back', async () => {
	const cache = await deviceWith([
		{ from: 1, to: 1_000, asOf: 2_000 },
		{ from: 1_001, to: HEAD, asOf: null }
	]);
	const disk = new Disk();
	const parts = partsOf(cache, disk, true);
	const ask = async (_: string, { after, before }: { after: number; before: number }) => {
		const answer = history(after, before);
		return { ...answer, rows: answer.rows.map((row) => ({ ...row, body: 'taken back' })) };
	};
	const hub = { ask } as unknown as ExportParts['hub'];
	await runExport({ ...parts, hub }, scope, never, () => undefined);
	const texts = read(disk).lines.map((line) => v.parse(MessageRecord, JSON.parse(line)).text);
	expect(texts).toEqual(ROWS.map(({ seq, body }) => (seq <= 1_000 ? 'taken back' : body)));
});

it('loses nothing to a trim between two reads', async () => {
	const cache = await deviceWith([{ from: 1, to: HEAD, asOf: null }]);
	let [isTogether, reads] = [false, 0];
	const guarded = new Proxy(cache, {
		get(store, name: keyof MemoryLocalStore) {
			if (name === 'together')
				return async (run: () => Promise<unknown>) => {
					isTogether = true;
					return run().finally(() => (isTogether = false));
				};
			if (name === 'messages') {
				reads++;
				expect(isTogether).toBe(true);
			}
			const value: unknown = store[name];
			return typeof value === 'function' ? (value.bind(store) as unknown) : value;
		}
	});
	await runExport(partsOf(guarded, new Disk(), true), scope, never, () => undefined);
	expect(reads).toBeGreaterThan(0);
});

it('says that nothing could be had of a conversation that has not come here', async () => {
	const disk = new Disk();
	await runExport(partsOf(new MemoryLocalStore(), disk, false), scope, never, () => undefined);
	expect(v.parse(RoomRecord, read(disk).room).missing).toEqual({
		messages: [],
		files: [],
		all: true
	});
	expect(readJournal(disk.journal.toString())?.missing).toBe(1);
});

it('waits for a conversation that is on its way', async () => {
	const cache = await deviceWith([{ from: 1, to: HEAD, asOf: null }]);
	const state = await cache.stream(ROOM);
	const late = new MemoryLocalStore();
	const disk = new Disk();
	const parts = partsOf(late, disk, true);
	const ask = async (what: string) => {
		expect(what).toBe('heads');
		const rows = { rows: ROWS, cards: [me] };
		setImmediate(
			() => void late.commit([{ ...change(freshStream(ROOM, 'room'), state!), ...rows }], ME)
		);
		return { heads: { [ROOM]: [HEAD, 'x', 'room'] } };
	};
	const hub = { ask } as unknown as ExportParts['hub'];
	await runExport({ ...parts, hub }, scope, never, () => undefined);
	expect(v.parse(RoomRecord, read(disk).room)).toMatchObject({
		messages: ROWS.length,
		missing: { messages: [], files: [] }
	});
});

it('begins anew when the archive is shorter than its journal says', async () => {
	const cache = await deviceWith([{ from: 1, to: HEAD, asOf: null }]);
	const disk = new Disk();
	disk.left = 14;
	const run = () => runExport(partsOf(cache, disk, true), scope, never, () => undefined);
	await expect(run()).rejects.toBeInstanceOf(LinkError);
	const { offset } = readJournal(disk.journal.toString())!.zip;
	disk.zip = disk.zip.subarray(0, offset - 1);
	disk.left = Infinity;
	await run();
	expect(read(disk).lines).toHaveLength(ROWS.length);
});

it('tells in the journal only of what is on the disk', async () => {
	const cache = await deviceWith([{ from: 1, to: HEAD, asOf: null }]);
	const disk = new Disk();
	const parts = partsOf(cache, disk, true);
	let flushed = 0;
	const spool: ExportParts['spool'] = {
		...parts.spool,
		async flush() {
			flushed = disk.zip.length;
		},
		async append(to, bytes) {
			if (to === 'journal') expect(flushed).toBe(disk.zip.length);
			await parts.spool.append(to, bytes);
		}
	};
	await runExport({ ...parts, spool }, scope, never, () => undefined);
	expect(read(disk).lines).toHaveLength(ROWS.length);
});
