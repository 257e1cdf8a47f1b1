/**
 * Profile pictures: whatever comes in is decoded, cropped to a square, and written anew, so that
 * nothing of the original file goes on: no camera data, no place, no hidden script.
 */
import sharp from 'sharp';
import type { Pictures } from '../domain/ports.ts';
import { createSlots } from '../slots.ts';

/** px of a side; screens show at most 128, at two device pixels each. */
const SIDE = 256;
/** Pixels of a picture that is decoded at all: the size is read from its head first (U2). */
const PIXELS_MAX = 50_000_000;
/** Seconds after which a picture is given up. */
const SECONDS = 5;
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif']);
const SLOTS = 1;
const LINE = 16;
const COME_BACK = 2_000;

/** Makes profile pictures, one at a time. */
export function createPictures(): Pictures {
	const turns = createSlots(SLOTS, LINE, COME_BACK);

	async function square(bytes: Uint8Array) {
		const open = () => sharp(bytes, { limitInputPixels: PIXELS_MAX, failOn: 'error', pages: 1 });
		try {
			const { format, width = 0, height = 0 } = await open().metadata();
			if (!FORMATS.has(format ?? '') || width * height > PIXELS_MAX) return null;
			const written = await open()
				.timeout({ seconds: SECONDS })
				.rotate()
				.resize(SIDE, SIDE, { fit: 'cover' })
				.webp({ quality: 82 })
				.toBuffer();
			return { type: 'image/webp', bytes: written };
		} catch {
			// sharp rejects only for what is no picture, or too large a one: that is the answer.
			return null;
		}
	}

	return { square: (bytes) => turns.run(() => square(bytes)) };
}
