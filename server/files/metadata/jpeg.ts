/** Camera data in JPEG: segments that only tell about the picture are blanked, but for which side is up. */
import type { PatchFile } from './patch-file.ts';

const [START_OF_SCAN, END, COMMENT] = [0xda, 0xd9, 0xfe];
const [APP0, APP1, APP2, APP14, APP15] = [0xe0, 0xe1, 0xe2, 0xee, 0xef];
const EXIF = 'Exif\0\0';
const ORIENTATION = 0x0112;

/** Which side is up (1 to 8), as an Exif segment's payload tells; 1 where it does not. */
function orientationOf(payload: Buffer): number {
	const tiff = payload.subarray(EXIF.length);
	if (tiff.length < 14) return 1;
	const little = tiff.toString('latin1', 0, 2) === 'II';
	const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
	const first = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
	if (first + 2 > tiff.length) return 1;
	const count = short(first);
	for (let n = 0, at = first + 2; n < count && at + 12 <= tiff.length; n++, at += 12) {
		if (short(at) === ORIENTATION) return short(at + 8);
	}
	return 1;
}

/** An Exif payload of that length which says nothing but which side is up. */
function blankExif(length: number, orientation: number): Buffer {
	const payload = Buffer.alloc(length);
	const short = [0, 1, ORIENTATION, 3, 0, 1, orientation, 0];
	const head = Buffer.from(`${EXIF}MM\0*\0\0\0\x08\0\x01`, 'latin1');
	if (length < head.length + 16) return payload;
	head.copy(payload);
	short.slice(2).forEach((value, at) => payload.writeUInt16BE(value, head.length + at * 2));
	return payload;
}

/** Whether what such a segment holds is needed to draw the picture. */
function isNeeded(marker: number, payload: Buffer): boolean {
	if (marker === APP0 || marker === APP14) return true;
	if (marker === APP2) return payload.toString('latin1', 0, 11) === 'ICC_PROFILE';
	return marker !== COMMENT && !(marker >= APP1 && marker <= APP15);
}

/** Where the entropy-coded data ends: at a marker that is no restart and no stuffed byte. */
function scanEnd(bytes: Buffer, from: number): number {
	let at = bytes.indexOf(0xff, from);
	while (at !== -1 && at + 1 < bytes.length) {
		const next = bytes[at + 1]!;
		if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
		at = bytes.indexOf(0xff, at + 1);
	}
	return bytes.length;
}

export async function stripJpeg(file: PatchFile): Promise<void> {
	const bytes = await file.read(0, file.size);
	let at = 2;
	while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== END) {
		const marker = bytes[at + 1]!;
		const end = Math.min(bytes.length, at + 2 + bytes.readUInt16BE(at + 2));
		const payload = bytes.subarray(at + 4, end);
		if (!isNeeded(marker, payload)) {
			const isExif = marker === APP1 && payload.toString('latin1', 0, 6) === EXIF;
			const blank = isExif ? blankExif(payload.length, orientationOf(payload)) : null;
			if (blank) blank.copy(payload);
			else payload.fill(0);
		}
		at = marker === START_OF_SCAN ? scanEnd(bytes, end) : Math.max(end, at + 4);
	}
	// Behind the end lie previews and films with camera data of their own.
	bytes.fill(0, Math.min(bytes.length, at + 2));
	await file.write(0, bytes);
}
