/** What a camera or a program writes beside a film or a sound is blanked, in place (UPLOAD-7). */
import { describe, expect, test } from 'vitest';
import { stripFilm } from '../../server/files/metadata/bmff.ts';
import { stripMatroska } from '../../server/files/metadata/matroska.ts';
import type { PatchFile } from '../../server/files/metadata/patch-file.ts';
import { box, PLACE, SECRET, stripped } from '../support/stripped.ts';

describe('films', () => {
	const frames = box('mdat', 'frames of the film');
	const film = (type: string) =>
		Buffer.concat([
			box('ftyp', `${type}\0\0\0\0${type}`),
			frames,
			box(
				'moov',
				box('mvhd', Buffer.alloc(100)),
				box('udta', box('\xa9xyz', `\0\x12\x15\xc7${PLACE}`), box('\xa9mod', SECRET)),
				box('meta', box('keys', 'com.apple.quicktime.location.ISO6709'), box('ilst', PLACE)),
				box('trak', box('tkhd', Buffer.alloc(84)), box('udta', box('loci', PLACE)))
			),
			box('uuid', Buffer.alloc(16), `<x:xmpmeta>${SECRET}`),
			box('SDLN', SECRET)
		]);
	test.each([
		['video/mp4', 'isom'],
		['video/quicktime', 'qt  ']
	])('%s keeps frames where they were, and tells no place', async (type, brand) => {
		const before = film(brand);
		const after = await stripped(before, type);
		for (const told of [SECRET, PLACE, 'location', '\xa9xyz']) {
			expect(after.includes(Buffer.from(told, 'latin1'))).toBe(false);
		}
		expect(after.length).toBe(before.length);
		expect(after.indexOf(frames)).toBe(before.indexOf(frames));
		expect(after.includes('mvhd') && after.includes('tkhd')).toBe(true);
	});
});

/** Numbers of 32 bits, one after the other. */
function numbers(...values: number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 4);
	values.forEach((value, n) => bytes.writeUInt32BE(value, n * 4));
	return bytes;
}

describe('tracks of a film that tell where it was taken, second by second', () => {
	/** Chunks of picture and place in turn, of 2, 2 and 1 samples of the place. */
	const chunks = ['<pic 1>', 'N52E13', 'N53E1', '<pic 2>', 'N54E12', 'N55', '<pic 3>', 'N56E99'];
	const groups = [[1, 2], [4, 5], [7]];
	const head = box('ftyp', 'isom\0\0\0\0isom');
	const offset = (n: number) => head.length + 8 + chunks.slice(0, n).join('').length;
	const sizes = [1, 2, 4, 5, 7].map((n) => chunks[n]!.length);

	const trak = (handler: string, name: string, ...tables: Buffer[]) =>
		box(
			'trak',
			box('tkhd', Buffer.alloc(84)),
			box(
				'mdia',
				box('mdhd', Buffer.alloc(24)),
				box('hdlr', Buffer.alloc(8), handler, Buffer.alloc(12), name),
				box('minf', box('stbl', ...tables))
			)
		);
	const pictures = trak(
		'vide',
		'Camera\0',
		box('stsz', numbers(0, 7, 3)),
		box('stsc', numbers(0, 1, 1, 1, 1)),
		box('stco', numbers(0, 3, offset(0), offset(3), offset(6)))
	);
	const stsc = box('stsc', numbers(0, 2, 1, 2, 1, 3, 1, 1));
	const stco = box('stco', numbers(0, 3, ...groups.map(([first]) => offset(first!))));
	const wide = groups.flatMap(([first]) => [0, offset(first!)]);
	const film = (place: Buffer) =>
		Buffer.concat([head, box('mdat', chunks.join('')), box('moov', pictures, place)]);

	const stsz = box('stsz', numbers(0, 0, 5, ...sizes));
	const nibbles = [(sizes[0]! << 4) | sizes[1]!, (sizes[2]! << 4) | sizes[3]!, sizes[4]! << 4];
	test.each<[string, Buffer]>([
		['a data track', trak('meta', 'GoPro MET\0', stsz, stsc, stco)],
		['far in a file', trak('meta', '', stsz, stsc, box('co64', numbers(0, 3, ...wide)))],
		['of a kind nobody knows', trak('camm', '', stsz, stsc, stco)],
		[
			'sizes of a byte',
			trak('meta', '', box('stz2', numbers(0, 8, 5), Buffer.from(sizes)), stsc, stco)
		],
		[
			'sizes of half a byte',
			trak('meta', '', box('stz2', numbers(0, 4, 5), Buffer.from(nibbles)), stsc, stco)
		],
		['subtitles of a drone', trak('text', '\x0cDJI.Subtitle', stsz, stsc, stco)]
	])('are blanked where they lie, and gone: %s', async (_, place) => {
		const before = film(place);
		const after = await stripped(before, 'video/mp4');
		expect(after.toString('latin1')).not.toMatch(/N5/);
		expect(after.subarray(0, head.length + 8 + chunks.join('').length).toString('latin1')).toBe(
			before
				.toString('latin1')
				.slice(0, head.length + 8 + chunks.join('').length)
				.replace(/N5[\dE]+/g, (found) => '\0'.repeat(found.length))
		);
		expect(after.includes(pictures)).toBe(true);
		expect(after.includes(place.subarray(8))).toBe(false);
		expect(after.length).toBe(before.length);
	});

	test.each([
		['of DJI', 'vide', '\x07DJI.AVC'],
		['as subtitles', 'subp', ''],
		['of sound', 'soun', 'DJI.AAC']
	])('what plays stays: %s', async (_, handler, name) => {
		const before = film(trak(handler, name, stsz, stsc, stco));
		expect((await stripped(before, 'video/mp4')).equals(before)).toBe(true);
	});

	test('boxes within boxes without end, and data tracks without number, cost little', async () => {
		const nested = Buffer.alloc(800_000);
		for (let at = 0; at < nested.length; at += 8) {
			nested.writeUInt32BE(nested.length - at, at);
			nested.write('moov', at + 4, 'latin1');
		}
		const size = box('stsz', numbers(0, 50_000, 1));
		const chunk = box('stco', numbers(0, 1, 0));
		const track = trak('meta', '', size, box('stsc', numbers(0, 1, 1, 1, 1)), chunk);
		const many = box('moov', ...Array.from({ length: 2_000 }, () => track));
		const writes = { bytes: 0, calls: 0 };
		for (const bytes of [nested, Buffer.concat([head, many])]) {
			const file: PatchFile = {
				size: bytes.length,
				read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
				write: () => Promise.resolve(void writes.calls++),
				blank(_at, length) {
					writes.bytes += length;
					writes.calls++;
					return Promise.resolve();
				}
			};
			await stripFilm(file);
		}
		// The samples of 32 tracks at most, and each track itself once.
		expect(writes.bytes).toBeLessThan(32 * 50_000 + many.length);
		expect(writes.calls).toBeLessThan(3 * 2_000);
	});

	test('subtitles stay', async () => {
		const before = film(trak('text', 'SubtitleHandler\0', stsz, stsc, stco));
		expect((await stripped(before, 'video/mp4')).equals(before)).toBe(true);
	});

	test('tables that promise more than there is blank no more than the file has', async () => {
		const much = 0xffffffff;
		const greedy = trak(
			'meta',
			'',
			box('stsz', numbers(0, much, much)),
			box('stsc', numbers(0, 1, 1, much, 1)),
			box('stco', numbers(0, much, ...Array.from({ length: 5_000 }, () => head.length + 8)))
		);
		const before = film(greedy);
		expect((await stripped(before, 'video/mp4')).length).toBe(before.length);
	});
});

describe('sounds', () => {
	test('keep their title and lose their place', async () => {
		const before = Buffer.concat([
			box('ftyp', 'M4A \0\0\0\0M4A '),
			box('moov', box('udta', box('\xa9xyz', PLACE), box('meta', box('ilst', 'Blue Train'))))
		]);
		const after = await stripped(before, 'audio/x-m4a');
		expect(after.includes(PLACE)).toBe(false);
		expect(after.includes('Blue Train')).toBe(true);
		expect(after.length).toBe(before.length);
	});
});

describe('Matroska and WebM', () => {
	/** @param width bytes of the length; 0: unknown, in eight bytes */
	function element(id: string, body: Buffer | string, width = 1): Buffer {
		const bytes = Buffer.from(body as string, 'latin1');
		const length = Buffer.alloc(8);
		if (width === 0) length.writeBigUInt64BE(0x01ff_ffff_ffff_ffffn);
		else length.writeBigUInt64BE((1n << BigInt(7 * width)) | BigInt(bytes.length));
		return Buffer.concat([Buffer.from(id, 'hex'), length.subarray(8 - (width || 8)), bytes]);
	}
	const header = element('1a45dfa3', element('4282', 'webm'));
	const info = element(
		'1549a966',
		Buffer.concat([
			element('bf', 'sum!'),
			element('2ad7b1', '\x0f\x42\x40'),
			element('7ba9', SECRET),
			element('4461', SECRET.slice(0, 8)),
			element('4d80', SECRET),
			element('5741', SECRET)
		])
	);
	const frames = element('a3', 'frames of the film');
	const tags = (length: number) =>
		element('1254c367', `LOCATION ${PLACE}`.padEnd(length, SECRET), 8);
	const cluster = (width: number) =>
		element('1f43b675', Buffer.concat([element('e7', '\0'), frames]), width);

	test.each<[string, Buffer]>([
		['tags behind', element('18538067', Buffer.concat([info, cluster(2), tags(30)]), 8)],
		['tags before', element('18538067', Buffer.concat([tags(400), info, cluster(1)]), 2)],
		['while recorded', element('18538067', Buffer.concat([info, cluster(0), tags(60)]), 0)],
		[
			'a picture',
			element('18538067', Buffer.concat([info, cluster(1), element('1941a469', SECRET)]), 4)
		]
	])('keep frames where they were, and tell no place: %s', async (_, segment) => {
		const before = Buffer.concat([header, segment]);
		const after = await stripped(before, 'video/webm');
		for (const told of [SECRET, PLACE, 'LOCATION']) expect(after.includes(told)).toBe(false);
		expect(after.length).toBe(before.length);
		expect(after.indexOf(frames)).toBe(before.indexOf(frames));
	});

	test('a flood of what is to be removed costs little', async () => {
		const flood = Buffer.concat([
			header,
			element('18538067', Buffer.alloc(400_000, Buffer.from('bf80', 'hex')), 8)
		]);
		let writes = 0;
		await stripMatroska({
			size: flood.length,
			read: (at, length) => Promise.resolve(flood.subarray(at, at + length)),
			write: () => Promise.resolve(void writes++),
			blank: () => Promise.resolve(void writes++)
		});
		expect(writes).toBeLessThan(10_000);
	});
});
