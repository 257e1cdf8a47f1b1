/** Boxes, of which MP4, QuickTime, HEIC and AVIF are made (ISO 14496-12). */
import type { PatchFile } from './patch-file.ts';

/** Boxes of one file that are looked at: a long film in pieces has some thousands. */
const BOXES_MAX = 50_000;
/** Boxes that were looked at so far, of each file that is being cleaned. */
const looked = new WeakMap<PatchFile, number>();

export interface Box {
	type: string;
	/** bytes from the beginning of the file: the box, what is in it, and its end */
	at: number;
	body: number;
	end: number;
}

/** The boxes between two places. Ends where one makes no sense, and when enough of this file were looked at. */
export async function* boxesIn(file: PatchFile, from: number, to: number): AsyncGenerator<Box> {
	for (let at = from; at + 8 <= to;) {
		const count = looked.get(file) ?? 0;
		if (count >= BOXES_MAX) return;
		looked.set(file, count + 1);
		const head = await file.read(at, 16);
		if (head.length < 8) return;
		let length = head.readUInt32BE(0);
		let body = at + 8;
		if (length === 1 && head.length === 16) {
			length = Number(head.readBigUInt64BE(8));
			body = at + 16;
		} else if (length === 0) length = to - at;
		if (length < body - at) return;
		yield { type: head.toString('latin1', 4, 8), at, body, end: Math.min(to, at + length) };
		at += length;
	}
}
