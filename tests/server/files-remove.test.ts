/** Removing a file: its row and its bytes go together, also when the store for bytes is away just then. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFiles, type Files } from '../../server/files/file-service.ts';
import { createImages } from '../../server/images/images.ts';
import type { ByteStore, FileTable, StoredFile } from '../../server/files/file-ports.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';

const picture: StoredFile = {
	...{ id: 'f1', person: 'p1', name: 'sea.jpg', type: 'image/jpeg', kind: 'image', size: 9 },
	...{ stored: 'a'.repeat(32), thumb: 'b'.repeat(32) }
};

let dataDir: string;
let rows: Map<string, StoredFile>;
let lying: Set<string>;
let carried: boolean;
let isAway: boolean;
let files: Files;

beforeEach(() => {
	dataDir = mkdtempSync(join(tmpdir(), 'roost-remove-'));
	rows = new Map([[picture.id, picture]]);
	lying = new Set([picture.stored, picture.thumb!]);
	[carried, isAway] = [false, false];
	const table: Partial<FileTable> = {
		find: async (id) => rows.get(id) ?? null,
		orphans: async () => [],
		remove: async (id) => !carried && rows.delete(id),
		holds: async (name) =>
			[...rows.values()].some(({ stored, thumb }) => [stored, thumb].includes(name))
	};
	const bytes: Partial<ByteStore> = {
		async remove(name) {
			if (isAway) throw new RefusalError(refuse('busy', { after: 1 }));
			lying.delete(name);
		}
	};
	files = createFiles({
		isShared: false,
		...{ dataDir, table: table as FileTable, bytes: bytes as ByteStore },
		clock: { now: () => Date.now(), after: () => () => undefined },
		images: createImages(),
		quota: { person: 1, all: null },
		refusalFor: () => refuse('busy'),
		statusOf: () => 503
	});
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const noted = () => readdirSync(join(dataDir, 'moving'));

test('both its sizes go with its row, and again is no fault', async () => {
	expect(await files.remove(picture.id)).toBe(true);
	expect([rows.size, lying.size, noted()]).toEqual([0, 0, []]);
	expect(await files.remove(picture.id)).toBe(true);
});

test('what a message carries stays', async () => {
	carried = true;
	expect(await files.remove(picture.id)).toBe(false);
	expect([rows.size, lying.size, noted()]).toEqual([1, 2, []]);
});

test('while the store is away it is gone for everybody, and its bytes go when the store is back', async () => {
	isAway = true;
	expect(await files.remove(picture.id)).toBe(true);
	expect([rows.size, lying.size, noted().length]).toEqual([0, 2, 2]);
	isAway = false;
	await files.sweep();
	expect([lying.size, noted()]).toEqual([0, []]);
});
