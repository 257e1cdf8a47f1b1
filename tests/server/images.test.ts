/** Pictures are decoded in a child process, within bounds (UPLOAD-2). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createImages } from '../../server/images/images.ts';

const images = createImages();
const blank = (width: number, height: number) =>
	sharp({ create: { width, height, channels: 3, background: '#c04020' } });

describe('a profile picture', () => {
	test('becomes a square without what the camera wrote', async () => {
		const photo = blank(600, 300).withExif({ IFD0: { Copyright: 'secret place' } });
		const made = await images.square(await photo.jpeg().toBuffer());
		expect(made?.type).toBe('image/webp');
		const head = await sharp(made!.bytes).metadata();
		expect([head.width, head.height, head.exif]).toEqual([256, 256, undefined]);
	});

	test('may be large, and costs this process no memory for its pixels', async () => {
		const large = await blank(7_000, 7_000).png().toBuffer();
		const before = process.memoryUsage().rss;
		const made = await images.square(large);
		expect(made?.type).toBe('image/webp');
		// Its pixels are 147 MB; some of the rest is what other tests left to be collected.
		expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
	});

	test.each([
		['has too many pixels', () => blank(9_000, 9_000).png().toBuffer()],
		['is no picture', async () => Buffer.from('not a picture')],
		['is empty', async () => Buffer.alloc(0)],
		['can hold a script', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')]
	])('is refused when it %s', async (_why, make) => {
		expect(await images.square(await make())).toBe(null);
	});
});

describe('pictures of files have the stated caps (UPLOAD-2)', () => {
	const cases: [what: string, make: () => Promise<Buffer>, answer: object][] = [
		[
			'48 megapixels of JPEG',
			() => blank(8_000, 6_000).jpeg().toBuffer(),
			{ width: 8_000, height: 6_000, rewritten: false }
		],
		[
			'a large JPEG on its side',
			() => blank(5_000, 4_000).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
			{ width: 4_000, height: 5_000, rewritten: false }
		],
		[
			'24 megapixels of WebP',
			() => blank(6_000, 4_000).webp({ effort: 0 }).toBuffer(),
			{ width: 6_000, height: 4_000 }
		],
		[
			'24 megapixels of AVIF',
			() => blank(6_000, 4_000).avif({ effort: 0 }).toBuffer(),
			{ refused: 'image_too_large' }
		]
	];
	test.each(cases)('%s', { timeout: 60_000 }, async (_what, make, answer) => {
		const folder = mkdtempSync(join(tmpdir(), 'roost-images-'));
		try {
			const path = join(folder, 'picture');
			writeFileSync(path, await make());
			expect(await images.rewrite(path)).toMatchObject(answer);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

test('the picture of a file is written anew beside it, with a small one', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'roost-images-'));
	try {
		const path = join(folder, 'picture');
		writeFileSync(path, await blank(1_200, 900).jpeg().toBuffer());
		expect(await images.rewrite(path)).toMatchObject({
			width: 1_200,
			height: 900,
			rewritten: true
		});
		expect((await sharp(readFileSync(`${path}.small`)).metadata()).width).toBe(800);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
