/** Exif and XMP in WebP: their chunks stay under a name that nobody reads, with nothing in them. */
import type { PatchFile } from './patch-file.ts';

const RIFF_HEAD = 12;
const CHUNK_HEAD = 8;
const CHUNKS_MAX = 100_000;
const ABOUT = new Set(['EXIF', 'XMP ']);
/** Bits of the first byte of VP8X that announce them. */
const ANNOUNCED = 0x0c;

export async function stripWebp(file: PatchFile): Promise<void> {
	let at = RIFF_HEAD;
	for (let count = 0; at + CHUNK_HEAD < file.size && count < CHUNKS_MAX; count++) {
		const head = await file.read(at, CHUNK_HEAD + 1);
		const [type, length] = [head.toString('latin1', 0, 4), head.readUInt32LE(4)];
		if (type === 'VP8X') {
			await file.write(at + CHUNK_HEAD, Buffer.from([head[CHUNK_HEAD]! & ~ANNOUNCED]));
		}
		if (ABOUT.has(type)) {
			await file.write(at, Buffer.from('JUNK'));
			await file.blank(at + CHUNK_HEAD, length);
		}
		at += CHUNK_HEAD + length + (length % 2);
	}
}
