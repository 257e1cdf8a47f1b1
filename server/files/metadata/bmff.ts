/**
 * Camera data in files made of boxes (ISO 14496-12): MP4 and QuickTime films, HEIC, AVIF. Boxes that only
 * tell about the film become "free", as long as before, with nothing in them; the offsets of frames hold.
 */
import type { PatchFile } from './patch-file.ts';
import { stripItems } from './bmff-items.ts';
import { blankSamples, budgetOf, isDataTrack, type Budget } from './bmff-tracks.ts';
import { boxesIn, type Box } from './boxes.ts';

/** At the top, what a film is made of. Anything else there is a maker's own. */
const TOP = new Set(
	'ftyp styp moov moof mdat mfra sidx ssix prft pdin emsg free skip wide pnot meta'.split(' ')
);
const INSIDE = new Set(['moov', 'trak', 'mdia', 'moof', 'traf']);
/** Within a film or a track: texts, place, maker, model; "meta" holds Apple's. */
const ABOUT = new Set(['udta', 'meta', 'uuid', 'XMP_', 'loci', '\xa9xyz']);
const FREE = Buffer.from('free');
/** Boxes within boxes that are gone into; a film has four of those above. */
const DEPTH_MAX = 8;

async function free(file: PatchFile, { at, body, end }: Box): Promise<void> {
	await file.write(at + 4, FREE);
	await file.blank(body, end - body);
}

async function stripInside(file: PatchFile, outer: Box, budget: Budget, depth = 0): Promise<void> {
	if (depth > DEPTH_MAX) return;
	for await (const box of boxesIn(file, outer.body, outer.end)) {
		if (ABOUT.has(box.type)) await free(file, box);
		else if (box.type === 'trak' && (await isDataTrack(file, box))) {
			await blankSamples(file, box, budget);
			await free(file, box);
		} else if (INSIDE.has(box.type)) await stripInside(file, box, budget, depth + 1);
	}
}

/** A film, without place, maker and model. */
export async function stripFilm(file: PatchFile): Promise<void> {
	const budget = budgetOf(file.size);
	for await (const box of boxesIn(file, 0, file.size)) {
		if (!TOP.has(box.type) || box.type === 'meta') await free(file, box);
		else if (INSIDE.has(box.type)) await stripInside(file, box, budget);
		else if (box.type === 'free' || box.type === 'skip') {
			await file.blank(box.body, box.end - box.body);
		}
	}
}

/** Where a sound was recorded; its title and who plays it stay. */
const PLACE = new Set(['loci', '\xa9xyz']);
const AROUND_PLACE = new Set(['moov', 'trak', 'udta']);

/** A sound, without its place. */
export async function stripSound(file: PatchFile): Promise<void> {
	await stripPlace(file, { body: 0, end: file.size }, 0);
}

async function stripPlace(
	file: PatchFile,
	{ body, end }: Pick<Box, 'body' | 'end'>,
	depth: number
): Promise<void> {
	if (depth > DEPTH_MAX) return;
	for await (const box of boxesIn(file, body, end)) {
		if (PLACE.has(box.type)) await free(file, box);
		else if (AROUND_PLACE.has(box.type)) await stripPlace(file, box, depth + 1);
	}
}

/** A still or moving picture (HEIC, AVIF), without Exif and XMP. */
export async function stripHeif(file: PatchFile): Promise<void> {
	const budget = budgetOf(file.size);
	for await (const box of boxesIn(file, 0, file.size)) {
		if (box.type === 'meta') await stripItems(file, box);
		else if (!TOP.has(box.type)) await free(file, box);
		else if (INSIDE.has(box.type)) await stripInside(file, box, budget);
	}
}
