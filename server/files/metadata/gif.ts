/** Comments and XMP in GIF: their blocks stay, with nothing in them. */
import type { PatchFile } from './patch-file.ts';

const SCREEN = 13;
const [EXTENSION, IMAGE] = [0x21, 0x2c];
const [COMMENT, APPLICATION] = [0xfe, 0xff];
/** What makes a picture move again and again. */
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/** Bytes of the colours that a packed field announces. */
const colours = (packed: number) => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);

export async function stripGif(file: PatchFile): Promise<void> {
	const bytes = await file.read(0, file.size);
	/** Steps over blocks of data, and blanks them if asked to. @returns where they end */
	const over = (from: number, blank: boolean): number => {
		let at = from;
		while (at < bytes.length && bytes[at] !== 0) {
			const next = at + 1 + bytes[at]!;
			if (blank) bytes.fill(0x20, at + 1, next);
			at = next;
		}
		return at + 1;
	};
	let at = SCREEN + colours(bytes[10] ?? 0);
	while (at < bytes.length) {
		if (bytes[at] === EXTENSION) {
			const label = bytes[at + 1];
			const name = bytes.toString('latin1', at + 3, at + 14);
			const isLoop = label === APPLICATION && LOOPS.has(name);
			at = over(at + 2, label === COMMENT || (label === APPLICATION && !isLoop));
		} else if (bytes[at] === IMAGE) {
			at = over(at + 11 + colours(bytes[at + 9] ?? 0), false);
		} else {
			break;
		}
	}
	bytes.fill(0, Math.min(at + 1, bytes.length));
	await file.write(0, bytes);
}
