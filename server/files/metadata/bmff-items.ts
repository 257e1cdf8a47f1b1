/** Items of HEIC and AVIF (ISO 23008-12): those that hold Exif or XMP are blanked where they lie. */
import { boxesIn, type Box } from './boxes.ts';
import type { PatchFile } from './patch-file.ts';

/** Bytes of a table that are read; none in use comes near. */
const TABLE_MAX = 1_000_000;
const ABOUT = new Set(['Exif', 'mime', 'uri ']);
/** Where an item's bytes are counted from: the file, or the box "idat". */
const [IN_FILE, IN_IDAT] = [0, 1];

/** Ids of the items that only tell about a picture. */
async function itemsAbout(file: PatchFile, iinf: Box): Promise<Set<number>> {
	const found = new Set<number>();
	const version = (await file.read(iinf.body, 1))[0];
	const from = iinf.body + 4 + (version === 0 ? 2 : 4);
	for await (const box of boxesIn(file, from, iinf.end)) {
		const entry = await file.read(box.body, Math.min(14, box.end - box.body));
		if (box.type !== 'infe' || entry.length < 12 || entry[0]! < 2) continue;
		const wide = entry[0] === 3;
		const type = entry.toString('latin1', wide ? 10 : 8, wide ? 14 : 12);
		if (ABOUT.has(type)) found.add(wide ? entry.readUInt32BE(4) : entry.readUInt16BE(4));
	}
	return found;
}

/** Reads numbers of given widths one after the other; 0 beyond the end. */
function reader(bytes: Buffer) {
	let at = 0;
	return (width: number): number => {
		let value = 0;
		for (let n = 0; n < width; n++) value = value * 256 + (bytes[at++] ?? 0);
		return value;
	};
}

interface Extent {
	item: number;
	method: number;
	at: number;
	length: number;
}

/** Where the items lie (the box "iloc"). */
function extentsIn(bytes: Buffer): Extent[] {
	const next = reader(bytes);
	const version = next(1);
	next(3);
	const [sizes, more] = [next(1), next(1)];
	const widths = { offset: sizes >> 4, length: sizes & 15, base: more >> 4, index: more & 15 };
	const items = next(version < 2 ? 2 : 4);
	const found: Extent[] = [];
	for (let n = 0; n < items && found.length < bytes.length; n++) {
		const item = next(version < 2 ? 2 : 4);
		const method = version === 0 ? IN_FILE : next(2) & 15;
		next(2);
		const base = next(widths.base);
		const count = next(2);
		for (let part = 0; part < count && found.length < bytes.length; part++) {
			if (version > 0) next(widths.index);
			found.push({ item, method, at: base + next(widths.offset), length: next(widths.length) });
		}
	}
	return found;
}

/** @param meta the box at the top of the file that lists the items */
export async function stripItems(file: PatchFile, meta: Box): Promise<void> {
	const inside = new Map<string, Box>();
	for await (const box of boxesIn(file, meta.body + 4, meta.end)) inside.set(box.type, box);
	const [iinf, iloc, idat] = ['iinf', 'iloc', 'idat'].map((type) => inside.get(type));
	if (!iinf || !iloc) return;
	const about = await itemsAbout(file, iinf);
	const table = await file.read(iloc.body, Math.min(iloc.end - iloc.body, TABLE_MAX));
	for (const { item, method, at, length } of extentsIn(table)) {
		if (!about.has(item)) continue;
		if (method === IN_FILE) await file.blank(at, length || file.size - at);
		else if (method === IN_IDAT && idat) await file.blank(idat.body + at, length);
	}
}
