/**
 * What a program wrote beside a film in Matroska and WebM (RFC 9559): tags, which may hold the place, attachments,
 * title, date and the name of the program. They become "Void", as long as before; positions of frames hold.
 */
import type { PatchFile } from './patch-file.ts';

/** Elements of one file that are looked at: ten hours of a sound in packets of 20 ms, in clusters of unknown length. */
const ELEMENTS_MAX = 2_000_000;
/** Elements of one file that are changed: programs write a dozen, and a Void for each they have removed. */
const CHANGES_MAX = 4_096;
/** Bytes that are read at once: the heads of many frames. */
const WINDOW = 16_384;
/** Bytes of the longest head: an id of four, a length of eight. */
const HEAD_MAX = 12;

/** Ids as RFC 9559, section 5.1, gives them. */
const INSIDE = new Set([0x18538067 /* Segment */, 0x1549a966 /* Info */]);
const ABOUT = new Set([
	0x1254c367 /* Tags */, 0x1941a469 /* Attachments */, 0x7ba9 /* Title */, 0x4461 /* DateUTC */,
	0x7384 /* SegmentFilename */, 0xbf /* CRC-32: of what is changed */
]);
const VOID = 0xec;
/** Must be there, and may be empty: MuxingApp, WritingApp. What was removed may be left in a Void. */
const EMPTIED = new Set([0x4d80, 0x5741, VOID]);

interface Element {
	id: number;
	/** bytes from the beginning of the file: the element, what is in it */
	at: number;
	body: number;
	/** bytes; null: unknown, as it is written while it is recorded */
	length: number | null;
}

/** How many bytes a number of variable length has, by its first one; 0: none (RFC 8794, section 4). */
const widthOf = (first: number): number => (first === 0 ? 0 : Math.clz32(first) - 23);

function numberAt(bytes: Buffer, from: number, width: number, first: number): number {
	let value = first;
	for (let n = 1; n < width; n++) value = value * 256 + bytes[from + n]!;
	return value;
}

/** @returns null where there is no element */
function elementIn(bytes: Buffer, at: number): Element | null {
	const idWidth = widthOf(bytes[0] ?? 0);
	const first = bytes[idWidth];
	if (idWidth < 1 || idWidth > 4 || first === undefined) return null;
	const width = widthOf(first);
	if (width === 0 || idWidth + width > bytes.length) return null;
	const mask = 2 ** (8 - width) - 1;
	const length = numberAt(bytes, idWidth, width, first & mask);
	const isUnknown = length === 2 ** (7 * width) - 1 || length > Number.MAX_SAFE_INTEGER;
	const id = numberAt(bytes, 0, idWidth, bytes[0]!);
	return { id, at, body: at + idWidth + width, length: isUnknown ? null : length };
}

/** Reads heads one after the other, many in one reading. */
function headReader(file: PatchFile): (at: number) => Promise<Buffer> {
	let start = 0;
	let window: Buffer = Buffer.alloc(0);
	return async (at) => {
		const isInside = at >= start && at + HEAD_MAX <= start + window.length;
		if (!isInside) {
			start = at;
			window = await file.read(at, WINDOW);
		}
		return window.subarray(at - start, at - start + HEAD_MAX);
	};
}

/** Makes an element one that says nothing, of the same length. */
async function voidOut(file: PatchFile, at: number, end: number): Promise<void> {
	const total = end - at;
	const width = total < 2 + 0x7f ? 1 : 8;
	const head = Buffer.alloc(1 + width);
	head[0] = VOID;
	if (width === 1) head[1] = 0x80 | (total - 2);
	else head.writeBigUInt64BE((1n << 56n) | BigInt(total - 9), 1);
	await file.write(at, head);
	await file.blank(at + head.length, total - head.length);
}

/** A film or a sound. Elements whose length is unknown are gone into; their parts have lengths again. */
export async function stripMatroska(file: PatchFile): Promise<void> {
	const headAt = headReader(file);
	let at = 0;
	let changes = 0;
	for (let count = 0; at < file.size && count < ELEMENTS_MAX; count++) {
		const element = elementIn(await headAt(at), at);
		if (!element) return;
		const { id, body, length } = element;
		const end = Math.min(file.size, length === null ? file.size : body + length);
		if (ABOUT.has(id) || EMPTIED.has(id)) {
			if (++changes > CHANGES_MAX) return;
			if (EMPTIED.has(id)) await file.blank(body, end - body);
			else if (end - at >= 2) await voidOut(file, at, end);
		}
		at = INSIDE.has(id) || (length === null && !ABOUT.has(id)) ? body : end;
	}
}
