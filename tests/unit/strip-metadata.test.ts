/** What a camera writes beside the picture is blanked in every format, in place (UPLOAD-7). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { stripMetadata } from '../../server/files/metadata/strip-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'roost-strip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRET = 'SecretCamera';
const PLACE = '+52.5200+013.4050/';

async function stripped(bytes: Uint8Array, type: string): Promise<Buffer> {
	const path = join(folder, 'file');
	writeFileSync(path, bytes);
	await stripMetadata(path, type);
	return readFileSync(path);
}

const blank = (width = 32, height = 16) =>
	sharp({ create: { width, height, channels: 3, background: '#c04020' } });
const exif = {
	IFD0: { Make: SECRET, Copyright: SECRET },
	IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1' }
};

/** 4×4 pixels, with maker, model, serial number, comment and place as exiftool writes them. */
const TIFF =
	'SUkqAAgAAAATAAABAwABAAAABAAAAAEBAwABAAAABAAAAAIBAwADAAAA8gAAAAMBAwABAAAAAQAAAAYBAwABAAAAAgAAAA8BAgANAAAA+AAAABABAgANAAAABgEAABEBBAABAAAA/AEAABIBAwABAAAAAQAAABUBAwABAAAAAwAAABYBAwABAAAAAAEAABcBBAABAAAAMAAAABoBBQABAAAAFAEAABsBBQABAAAAHAEAABwBAwABAAAAAQAAACgBAwABAAAAAgAAAFMBAwADAAAAJAEAAGmHBAABAAAAKgEAACWIBAABAAAAmgEAAAAAAAAIAAgACABTZWNyZXRDYW1lcmEAAFNlY3JldENhbWVyYQAAMzPLAAAACAAzM8sAAAAIAAEAAQABAAYAAJAHAAQAAAAwMjMyAZEHAAQAAAABAgMAhpIHABQAAAB4AQAAAKAHAAQAAAAwMTAwAaADAAEAAAD//wAAMaQCAA0AAACMAQAAAAAAAEFTQ0lJAAAAU2VjcmV0Q2FtZXJhU2VjcmV0Q2FtZXJhAAAEAAAAAQAEAAAAAgMAAAEAAgACAAAATgAAAAIABQADAAAA0AEAABwABwAUAAAA6AEAAAAAAAA0AAAAAQAAAB8AAAABAAAADAAAAAEAAABBU0NJSQAAAFNlY3JldENhbWVyYcBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIMBAIA==';

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}

function box(type: string, ...parts: (Buffer | string)[]): Buffer {
	const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
	const head = Buffer.alloc(8);
	head.writeUInt32BE(body.length + 8);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, body]);
}

describe('pictures', () => {
	const formats: [type: string, make: () => Promise<Buffer>][] = [
		['image/jpeg', () => blank().withExif(exif).jpeg().toBuffer()],
		['image/png', () => blank().withExif(exif).png().toBuffer()],
		['image/webp', () => blank().withExif(exif).webp().toBuffer()],
		['image/avif', () => blank().withExif(exif).avif().toBuffer()],
		['image/tiff', async () => Buffer.from(TIFF, 'base64')]
	];
	test.each(formats)('%s keeps its pixels and length, and nothing else', async (type, make) => {
		const before = await make();
		expect(before.includes(SECRET)).toBe(true);
		const after = await stripped(before, type);
		expect(after.includes(SECRET)).toBe(false);
		expect(after.length).toBe(before.length);
		const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer();
		expect((await pixels(after)).equals(await pixels(before))).toBe(true);
	});

	test('a JPEG still says which side is up, and has nothing behind its end', async () => {
		const plain = await blank().withMetadata({ orientation: 6 }).withExif(exif).jpeg().toBuffer();
		const turned = await sharp(plain).keepExif().withMetadata({ orientation: 6 }).jpeg().toBuffer();
		const after = await stripped(Buffer.concat([turned, Buffer.from(SECRET)]), 'image/jpeg');
		expect(after.includes(SECRET)).toBe(false);
		expect((await sharp(after).metadata()).orientation).toBe(6);
	});

	test('a JPEG that was cut off tells nothing either', async () => {
		const whole = await blank(400, 400).withExif(exif).jpeg().toBuffer();
		expect((await stripped(whole.subarray(0, -300), 'image/jpeg')).includes(SECRET)).toBe(false);
	});

	test('texts of a PNG go, and its checksums stay right', async () => {
		const plain = await blank().png().toBuffer();
		const about = [
			chunk('tEXt', Buffer.from(`Author\0${SECRET}`)),
			chunk('eXIf', Buffer.from(SECRET))
		];
		const told = Buffer.concat([plain.subarray(0, 33), ...about, plain.subarray(33)]);
		const after = await stripped(told, 'image/apng');
		expect(after.includes(SECRET)).toBe(false);
		expect(await sharp(after, { failOn: 'warning' }).stats()).toBeTruthy();
	});

	test('a moving GIF moves on, without its comments', async () => {
		const frames = await sharp(
			[await blank().png().toBuffer(), await blank().negate().png().toBuffer()],
			{
				join: { animated: true }
			}
		)
			.gif({ loop: 0 })
			.toBuffer();
		const comment = Buffer.from(`\x21\xfe\x0c${SECRET}\0`, 'latin1');
		const told = Buffer.concat([frames.subarray(0, -1), comment, frames.subarray(-1)]);
		const after = await stripped(told, 'image/gif');
		expect(after.includes(SECRET)).toBe(false);
		expect(await sharp(after, { animated: true }).metadata()).toMatchObject({ pages: 2, loop: 0 });
	});
});

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

const TYPES = [
	...['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff', 'x-nikon-nef'].map((name) => `image/${name}`),
	'video/mp4'
];
const HEADS = [
	'',
	'\xff\xd8\xff\xe1',
	'\x89PNG\r\n\x1a\n',
	'GIF89a',
	'RIFF\0\0\0\0WEBP',
	'II*\0\x08\0\0\0',
	'\0\0\0\x18meta\0\0\0\0\0\0\0\x0ciloc'
];

test('no bytes whatever bring it down, or make a file longer', { timeout: 60_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...TYPES),
			fc.constantFrom(...HEADS),
			fc.uint8Array({ maxLength: 300 }),
			async (type, head, rest) => {
				const bytes = Buffer.concat([Buffer.from(head, 'latin1'), rest]);
				expect((await stripped(bytes, type)).length).toBe(bytes.length);
			}
		),
		{ numRuns: 400 }
	);
});
