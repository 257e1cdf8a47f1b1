/** Camera data in TIFF, and the place in raw pictures built like it. */
import type { PatchFile } from './patch-file.ts';

/** Bytes of a value of each type (TIFF 6.0, section 2). */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
/** Lists of fields that are about nothing but the camera and the place. */
const [EXIF, PLACE, INTEROPERABILITY] = [0x8769, 0x8825, 0xa005];
/** Lists of fields of further pictures in the file. */
const PICTURE_LISTS = new Set([0x014a]);
/** Description, maker, model, software, date, artist, host, XMP, IPTC, Photoshop, maker notes, names, serial numbers. */
const ABOUT = new Set([
	0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x013c, 0x02bc, 0x83bb, 0x8649, 0x8298, 0x9286,
	0x927c, 0xa430, 0xa431, 0xc62f, 0xc614, 0xc634, 0xc68b, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f
]);
/** Type of a value that is text; decoders complain of one that begins with its end. */
const TEXT = 2;
const LISTS_MAX = 64;
const FIELDS_MAX = 1_000;

/** A TIFF, without place, names and the maker's notes. */
export const stripTiff = (file: PatchFile): Promise<void> =>
	strip(file, new Set([EXIF, PLACE, INTEROPERABILITY]), ABOUT);

/** A raw picture, without the place. The rest stays: without the camera's notes nobody can develop it. */
export const stripRaw = (file: PatchFile): Promise<void> =>
	strip(file, new Set([PLACE]), new Set());

async function blankValue(
	file: PatchFile,
	at: number,
	length: number,
	isText: boolean
): Promise<void> {
	const inside = Math.max(0, Math.min(length, file.size - at));
	if (!isText || inside === 0) return file.blank(at, length);
	await file.write(at, Buffer.alloc(inside - 1, ' '));
	await file.blank(at + inside - 1, 1);
}

/**
 * Walks the lists of fields.
 * @param blankLists fields that lead to a list which is blanked
 * @param blankFields fields whose values are blanked
 */
async function strip(
	file: PatchFile,
	blankLists: ReadonlySet<number>,
	blankFields: ReadonlySet<number>
): Promise<void> {
	const head = await file.read(0, 8);
	const little = head.toString('latin1', 0, 2) === 'II';
	const short = (bytes: Buffer, at: number) =>
		little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
	const long = (bytes: Buffer, at: number) =>
		little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
	if (head.length < 8) return;
	const lists: { at: number; blank: boolean }[] = [{ at: long(head, 4), blank: false }];
	const seen = new Set<number>();
	for (const { at, blank } of lists) {
		if (at === 0 || seen.has(at) || seen.size >= LISTS_MAX) continue;
		seen.add(at);
		const counted = await file.read(at, 2);
		if (counted.length < 2) continue;
		const count = Math.min(short(counted, 0), FIELDS_MAX);
		const fields = await file.read(at + 2, count * 12 + 4);
		for (let from = 0; from + 12 <= Math.min(fields.length, count * 12); from += 12) {
			const tag = short(fields, from);
			const length = (SIZES[short(fields, from + 2)] ?? 1) * long(fields, from + 4);
			const value = at + 2 + from + 8;
			const where = length > 4 ? long(fields, from + 8) : value;
			if (blankLists.has(tag)) lists.push({ at: long(fields, from + 8), blank: true });
			else if (PICTURE_LISTS.has(tag)) {
				const inside = await file.read(where, Math.min(length, 4 * LISTS_MAX));
				for (let n = 0; n + 4 <= inside.length; n += 4) {
					lists.push({ at: long(inside, n), blank: false });
				}
			} else if (blank || blankFields.has(tag)) {
				await blankValue(file, where, length, short(fields, from + 2) === TEXT);
			}
		}
		if (blank) await file.blank(at + 2, count * 12);
		else if (fields.length === count * 12 + 4) {
			lists.push({ at: long(fields, count * 12), blank: false });
		}
	}
}
