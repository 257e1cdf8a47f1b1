/** Zip files are read by others: Python's zipfile says whether they are whole. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { crc32 } from '../../../src/lib/export/crc32.ts';
import { ZipWriter, type ZipState } from '../../../src/lib/export/zip-writer.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'roost-zip-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, i.file_size, list(z.read(i)[:64])] for i in z.infolist()]))
`;
/** [name, size, first bytes] of each entry, as Python reads them. */
const readByPython = (file: string): [string, number, number[]][] =>
	JSON.parse(
		execFileSync('python3', ['-c', READ, file], { encoding: 'utf8', maxBuffer: 1 << 28 })
	) as [string, number, number[]][];

it('takes check sums as everybody does, in any pieces', () => {
	fc.assert(
		fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
			const whole = Buffer.concat([a, b]);
			expect(crc32(b, crc32(a))).toBe(zlibCrc32(whole));
		})
	);
});

it('is read as it was written, whatever the names, bytes and pieces are', async () => {
	const entry = fc.record({
		name: fc
			.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
			.filter((name) => !/[\0/\\]/u.test(name)),
		pieces: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
		large: fc.boolean()
	});
	const entries = fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 6 });
	await fc.assert(
		fc.asyncProperty(entries, async (all) => {
			const out: Uint8Array[] = [];
			const zip = new ZipWriter(async (bytes) => void out.push(bytes));
			for (const { name, pieces, large } of all)
				await zip.stream(name, pieces, Date.UTC(2026, 1, 3), large ? 2 ** 33 : 100);
			await zip.finish();
			const file = join(folder, 'any.zip');
			writeFileSync(file, Buffer.concat(out));
			expect(readByPython(file)).toEqual(
				all.map(({ name, pieces }) => {
					const bytes = Buffer.concat(pieces);
					return [name, bytes.length, [...bytes.subarray(0, 64)]];
				})
			);
		}),
		{ numRuns: 15 }
	);
});

it('goes on beyond 4 GB, with more entries than the old form can count, from where it was left', async () => {
	const file = await open(join(folder, 'large.zip'), 'w');
	const start = 5 * 2 ** 30;
	// A hole of the file system stands for what was written before.
	await file.truncate(start);
	let at = start;
	const out = async (bytes: Uint8Array): Promise<void> => {
		await file.write(bytes, 0, bytes.length, at);
		at += bytes.length;
	};
	const state: ZipState = { offset: start, entries: [] };
	const zip = new ZipWriter(out, state);
	const count = 66_000;
	for (let n = 0; n < count; n++) await zip.add(`f${n}`, n % 1000 === 0 ? `content ${n}` : '', 0);
	expect(zip.position).toBe(at);
	await zip.finish();
	await file.close();
	const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert len(z.infolist()) == ${count}
    assert z.testzip() is None
    print(z.read('f65000').decode())
`;
	const said = execFileSync('python3', ['-c', script, join(folder, 'large.zip')], {
		encoding: 'utf8'
	});
	expect(said.trim()).toBe('content 65000');
}, 60_000);
