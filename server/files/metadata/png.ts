/** Camera data in PNG and APNG: chunks of text, Exif and time become private ones that hold nothing. */
import { crc32 } from 'node:zlib';
import type { PatchFile } from './patch-file.ts';

const SIGNATURE_BYTES = 8;
/** Length, type, and checksum of a chunk. */
const AROUND = 12;
const CHUNKS_MAX = 200_000;
const ABOUT = new Set(['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'zxIf', 'caBX']);
/** Ancillary, private, safe to copy: no program reads it. */
const BLANK = 'blNk';

export async function stripPng(file: PatchFile): Promise<void> {
	let at = SIGNATURE_BYTES;
	for (let count = 0; at + AROUND <= file.size && count < CHUNKS_MAX; count++) {
		const head = await file.read(at, 8);
		const length = head.readUInt32BE(0);
		const type = head.toString('latin1', 4);
		if (ABOUT.has(type)) {
			const body = Buffer.alloc(Math.min(length, file.size - at - AROUND) + 4);
			body.write(BLANK, 'latin1');
			const sum = Buffer.alloc(4);
			sum.writeUInt32BE(crc32(body));
			await file.write(at + 4, Buffer.concat([body, sum]));
		}
		at += AROUND + length;
		if (type === 'IEND') break;
	}
	// Nothing belongs behind the end; some cameras put a whole film there.
	await file.blank(at, file.size - at);
}
