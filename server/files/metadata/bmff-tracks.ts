/**
 * Tracks of a film (ISO 14496-12) that tell about it: the place second by second, the movement of the camera, as
 * GoPro ("gpmd"), Apple ("mebx"), Android ("camm") and DJI write them. Their samples are blanked where they lie.
 */
import { boxesIn, type Box } from './boxes.ts';
import type { PatchFile } from './patch-file.ts';

/** Bytes of a table of samples that are read: a million samples, which is hours of any such track. */
const TABLE_MAX = 4_000_000;
/** What plays: all tracks that are none of these, and no texts, are data for programs. */
const PLAYED = new Set(['vide', 'soun', 'auxv', 'pict', 'subp', 'clcp', 'tmcd', 'hint']);
const TEXTS = new Set(['text', 'sbtl', 'subt']);
/** DJI writes the place into subtitles; the track says whose it is. So it does for its pictures. */
const MAKER = /dji/iu;

/** The first box of a kind inside another one, by the kinds on the way; null when there is none. */
async function find(file: PatchFile, outer: Box, way: readonly string[]): Promise<Box | null> {
	const [type, ...rest] = way;
	if (type === undefined) return outer;
	for await (const box of boxesIn(file, outer.body, outer.end)) {
		if (box.type === type) return find(file, box, rest);
	}
	return null;
}

/** Whether a track is no picture, sound or text, or a maker's own text. */
export async function isDataTrack(file: PatchFile, trak: Box): Promise<boolean> {
	const handler = await find(file, trak, ['mdia', 'hdlr']);
	if (!handler) return false;
	const body = await file.read(handler.body, Math.min(256, handler.end - handler.body));
	const type = body.toString('latin1', 8, 12);
	if (TEXTS.has(type)) return MAKER.test(body.toString('latin1', 24));
	return !PLAYED.has(type);
}

/** Bytes of the entries of a table, and how many there are by its own word and by its length. */
interface Table {
	bytes: Buffer;
	count: number;
}

/** @param head bytes before the first entry; the last four of them say how many there are */
async function readTable(file: PatchFile, box: Box, head: 8 | 12, entry: number): Promise<Table> {
	const table = await file.read(box.body, Math.min(box.end - box.body, TABLE_MAX));
	const said = table.length >= head ? table.readUInt32BE(head - 4) : 0;
	const bytes = table.subarray(head);
	return { bytes, count: Math.min(said, Math.floor(bytes.length / entry)) };
}

/** How many bytes the next so many samples have, from the first sample on. */
type Sizes = (samples: number) => number;

/** All samples are of one size. */
function oneSize(each: number, count: number): Sizes {
	let left = count;
	return (samples) => {
		const taken = Math.min(samples, left);
		left -= taken;
		return taken * each;
	};
}

/** Each sample has a size of its own ("stsz": 32 bits; "stz2": 4, 8 or 16). */
function ownSizes({ bytes, count }: Table, bits: number): Sizes {
	const sizeOf = (n: number): number => {
		if (bits === 4) return n % 2 === 0 ? bytes[n >> 1]! >> 4 : bytes[n >> 1]! & 15;
		return bytes.readUIntBE((n * bits) / 8, bits / 8);
	};
	let next = 0;
	return (samples) => {
		const end = Math.min(next + samples, count);
		let sum = 0;
		for (; next < end; next++) sum += sizeOf(next);
		return sum;
	};
}

async function readSizes(file: PatchFile, box: Box): Promise<Sizes | null> {
	const head = await file.read(box.body + 4, 8);
	if (head.length < 8) return null;
	const said = head.readUInt32BE(0);
	if (box.type === 'stsz' && said > 0) return oneSize(said, head.readUInt32BE(4));
	const bits = box.type === 'stsz' ? 32 : said & 0xff;
	if (![4, 8, 16, 32].includes(bits)) return null;
	return ownSizes(await readTable(file, box, 12, bits / 8), bits);
}

/** How many samples the chunks hold ("stsc"): asked for one chunk after the other, counted from 1. */
function perChunk({ bytes, count }: Table): (chunk: number) => number {
	let run = -1;
	return (chunk) => {
		while (run + 1 < count && bytes.readUInt32BE((run + 1) * 12) <= chunk) run++;
		return run < 0 ? 0 : bytes.readUInt32BE(run * 12 + 4);
	};
}

/** What may still be done to one file, whatever its tables say. */
export interface Budget {
	/** bytes: samples of one file do not overlap */
	bytes: number;
	/** data tracks; cameras write three */
	tracks: number;
}

/** For the whole of a file of this size (bytes). */
export const budgetOf = (size: number): Budget => ({ bytes: size, tracks: 32 });

/** Overwrites the samples of a track, wherever in the file they lie, as far as the budget goes. */
export async function blankSamples(file: PatchFile, trak: Box, budget: Budget): Promise<void> {
	if (budget.tracks-- <= 0) return;
	const stbl = await find(file, trak, ['mdia', 'minf', 'stbl']);
	if (!stbl) return;
	const inside = new Map<string, Box>();
	for await (const box of boxesIn(file, stbl.body, stbl.end)) inside.set(box.type, box);
	const [stsz, stsc] = [inside.get('stsz') ?? inside.get('stz2'), inside.get('stsc')];
	const offsets = inside.get('stco') ?? inside.get('co64');
	const sizes = stsz && (await readSizes(file, stsz));
	if (!sizes || !stsc || !offsets) return;
	const width = offsets.type === 'co64' ? 8 : 4;
	const { bytes, count } = await readTable(file, offsets, 8, width);
	const samplesOf = perChunk(await readTable(file, stsc, 8, 12));
	for (let chunk = 0; chunk < count && budget.bytes > 0; chunk++) {
		const at =
			width === 4 ? bytes.readUInt32BE(chunk * 4) : Number(bytes.readBigUInt64BE(chunk * 8));
		const length = Math.min(sizes(samplesOf(chunk + 1)), budget.bytes);
		await file.blank(at, length);
		// A chunk without bytes is work, too.
		budget.bytes -= Math.max(length, 1);
	}
}
