/** What every ByteStore must do (server/files/ports.ts). */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ByteRange, ByteStore } from '../../server/files/file-ports.ts';
import type { Suite } from './suite.ts';

export interface ByteStoreFixture {
	store: ByteStore;
	/** the same place, opened anew, as after a restart */
	again(): Promise<ByteStore>;
	/** a folder on the disk where uploads wait */
	staging: string;
}

const newName = () => randomBytes(16).toString('hex');
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export function byteStoreContract({ test, expect }: Suite, fixture: () => ByteStoreFixture): void {
	/** Takes bytes over; answers their name and where they were before. */
	async function taken(bytes: Buffer, name = newName()) {
		const path = join(fixture().staging, newName());
		writeFileSync(path, bytes);
		await fixture().store.take(name, path);
		return { name, path };
	}
	async function read(name: string, range?: ByteRange, store = fixture().store) {
		const stream = await store.open(name, range);
		return stream && buffer(stream);
	}

	test('what was taken is there as it was, and its source is gone', async () => {
		const bytes = randomBytes(200_000);
		const { name, path } = await taken(bytes);
		expect(existsSync(path)).toBe(false);
		expect((await read(name))?.equals(bytes)).toBe(true);
		const later = await fixture().again();
		expect((await read(name, undefined, later))?.equals(bytes)).toBe(true);
		later.close();
	});

	test('the largest file arrives whole', async () => {
		const bytes = randomBytes(50 * 1024 * 1024);
		const { name } = await taken(bytes);
		expect(hashOf((await read(name))!)).toBe(hashOf(bytes));
		await fixture().store.remove(name);
	});

	test('any part can be had, both ends included', async () => {
		const bytes = randomBytes(10_000);
		const { name } = await taken(bytes);
		for (const [start, end] of [
			[0, 0],
			[100, 199],
			[9_990, 9_999],
			[0, 9_999]
		] as const) {
			const part = await read(name, { start, end });
			expect(part?.equals(bytes.subarray(start, end + 1))).toBe(true);
		}
	});

	test('RESTORE-3: what is not there is null, and so is a part beyond the end', async () => {
		expect(await read(newName())).toBe(null);
		expect(await read(newName(), { start: 0, end: 9 })).toBe(null);
		const { name } = await taken(Buffer.from('short'));
		expect(await read(name, { start: 5, end: 9 })).toBe(null);
	});

	test('taken twice under one name, as when an answer was lost, it is there once', async () => {
		const bytes = randomBytes(1_000);
		const { name } = await taken(bytes);
		await taken(bytes, name);
		expect((await read(name))?.equals(bytes)).toBe(true);
	});

	test('what was removed is gone; removing it again is no fault', async () => {
		const { name } = await taken(randomBytes(100));
		const other = await taken(randomBytes(100));
		await fixture().store.remove(name);
		await fixture().store.remove(name);
		await fixture().store.remove(newName());
		expect(await read(name)).toBe(null);
		expect((await read(other.name))?.length).toBe(100);
	});

	test('many at once do not mix', async () => {
		const all = Array.from({ length: 12 }, (_, n) => Buffer.alloc(50_000, n));
		const names = await Promise.all(all.map(async (bytes) => (await taken(bytes)).name));
		const back = await Promise.all(names.map((name) => read(name)));
		expect(back.map((bytes, n) => bytes?.equals(all[n]!))).toEqual(all.map(() => true));
	});

	test('there is room for little, and none for more than the disk has', async () => {
		expect(await fixture().store.hasRoom(1_000)).toBe(true);
		expect(await fixture().store.hasRoom(Number.MAX_SAFE_INTEGER)).toBe(false);
	});
}
