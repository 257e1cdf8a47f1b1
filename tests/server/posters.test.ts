/** Posters of films: what one person may ask of the one process that writes pictures, and what is left of it. */
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StoredFile } from '../../server/files/file-ports.ts';
import { createPosters } from '../../server/files/poster.ts';
import type { Images } from '../../server/images/images.ts';

type RewriteResult = Awaited<ReturnType<Images['rewrite']>>;

let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'roost-posters-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const NOW = 1_700_000_000_000;
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

/** Posters of ann and bob, whose films have the ids of their names; pictures are written when told to. */
function posters() {
	const rewrites: ((result: RewriteResult) => void)[] = [];
	type Context = Parameters<typeof createPosters>[0];
	const context = {
		dir,
		clock: { now: () => NOW },
		table: {
			find: async (id: string) => ({ id, person: id, kind: 'video', thumb: null }) as StoredFile,
			addPoster: async () => true
		},
		bytes: { hasRoom: async () => true, take: async () => {}, remove: async () => {} },
		images: {
			rewrite: () => new Promise<RewriteResult>((resolve) => rewrites.push(resolve))
		},
		journal: { during: (_names: string[], run: () => Promise<void>) => run() }
	} as unknown as Context;
	return { ...createPosters(context), rewrites };
}

test('one person has one written at a time; that of another waits for nobody', async () => {
	const { add, rewrites } = posters();
	const first = add('ann', 'ann', JPEG);
	await expect(add('ann', 'ann', JPEG)).rejects.toMatchObject({ refusal: { code: 'too_many' } });
	const other = add('bob', 'bob', JPEG);
	await vi.waitFor(() => expect(rewrites).toHaveLength(2));
	rewrites[0]!({ refused: 'picture_invalid' });
	await expect(first).rejects.toMatchObject({ refusal: { code: 'picture_invalid' } });
	const again = add('ann', 'ann', JPEG);
	await vi.waitFor(() => expect(rewrites).toHaveLength(3));
	for (const done of rewrites.slice(1)) {
		done({ width: 1, height: 1, hash: 'x', rewritten: true });
	}
	await Promise.all([other, again]);
	expect(readdirSync(dir)).toEqual([]);
});

test('what does not begin like a JPEG never comes near that process', async () => {
	const { add, rewrites } = posters();
	for (const bytes of [Buffer.from('GIF89a'), Buffer.alloc(0), JPEG.subarray(0, 2)]) {
		await expect(add('ann', 'ann', bytes)).rejects.toMatchObject({
			refusal: { code: 'picture_invalid' }
		});
	}
	expect(rewrites).toEqual([]);
});

test('what a killed process left is removed after an hour, and nothing else', async () => {
	const { removeLeft } = posters();
	const name = 'a'.repeat(32);
	const old = [`${name}.poster`, `${name}.poster.out`, `${name}.poster.small`];
	const others = [`${'b'.repeat(32)}.poster`, name, 'poster', `${name}.posters`];
	for (const file of [...old, ...others]) {
		writeFileSync(join(dir, file), '');
		const at = (NOW - (file.startsWith('b') ? 3_500_000 : 3_700_000)) / 1000;
		utimesSync(join(dir, file), at, at);
	}
	await removeLeft();
	expect(readdirSync(dir).sort()).toEqual(others.sort());
});
