/** What a camera writes beside the picture is blanked in every format, in place (UPLOAD-7). */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { SECRET, stripped } from '../support/stripped.ts';

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

const TYPES = [
	...['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff', 'x-nikon-nef'].map((name) => `image/${name}`),
	'video/mp4',
	'audio/mp4',
	'video/webm'
];
const HEADS = [
	'',
	'\xff\xd8\xff\xe1',
	'\x89PNG\r\n\x1a\n',
	'GIF89a',
	'RIFF\0\0\0\0WEBP',
	'II*\0\x08\0\0\0',
	'\x1a\x45\xdf\xa3\x84\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff',
	'\0\0\x01\0moov\0\0\0\xf8trak\0\0\0\xf0mdia\0\0\0\x14hdlr\0\0\0\0\0\0\0\0meta\0\0\0\xd0minf\0\0\0\xc8stbl',
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
