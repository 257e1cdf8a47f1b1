/**
 * The child process that decodes one picture; images.ts starts it and may kill it at any moment.
 * Arguments: `rewrite INPUT OUTPUT SMALL ANSWER` (paths; the answer is JSON), or `square` (from
 * standard input to standard output; ends with 1 for what is not a picture).
 */
import { open, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { LIMITS } from '../../src/lib/protocol/limits.ts';

/** Pixels that are decoded at all, and frames of a moving picture (UPLOAD-2). */
const PIXELS_MAX = LIMITS.imagePixels;
/**
 * Pixels up to which a JPEG or WebP is written anew within the child's memory, turned and progressive (12 MP of
 * a phone and a little). Larger ones keep their pixels as they came: only what was written beside them goes.
 */
const REWRITE_MAX = 12_600_000;
/** px of a side to which a larger WebP is brought down that has to be turned. */
const TURNED_SIDE = 3_500;
const FRAMES_MAX = 500;
/** px of the longer side of the small picture: a bubble at two device pixels each. */
const SMALL = 800;
/** px of the longer side from which a thumbhash is made: the most it takes. */
const HASHED = 100;
/** px of a side of a profile picture; screens show at most 128, at two device pixels each. */
const AVATAR_SIDE = 256;
/** Bytes of a PNG in which its number of frames must stand: behind colours and profile, before the pixels. */
const PNG_HEAD = 1_048_576;
const AVATAR_FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif']);

const OPTIONS = { limitInputPixels: PIXELS_MAX, failOn: 'error', sequentialRead: true } as const;
const FIT = { fit: 'inside', withoutEnlargement: true } as const;

sharp.cache(false);
sharp.concurrency(1);

/** Formats that can be written anew, without what the camera wrote. Others stay as they are. */
const REWRITE = {
	jpeg: (image: Sharp) => image.jpeg({ quality: 90, mozjpeg: true }),
	png: (image: Sharp) => image.png(),
	webp: (image: Sharp) => image.webp({ quality: 90 })
} as const;

async function thumbHash(picture: Sharp): Promise<string> {
	const { data, info } = await picture
		.resize(HASHED, HASHED, FIT)
		.ensureAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}

/** Frames of a PNG: its chunk acTL says how many, before the first pixel; 1 without it. */
async function pngFrames(path: string): Promise<number> {
	const handle = await open(path, 'r');
	try {
		const head = Buffer.alloc(PNG_HEAD);
		const { bytesRead } = await handle.read(head, 0, PNG_HEAD, 0);
		const at = head.subarray(0, bytesRead).indexOf('acTL');
		const pixels = head.subarray(0, bytesRead).indexOf('IDAT');
		const isMoving = at !== -1 && at + 8 <= bytesRead && (pixels === -1 || at < pixels);
		return isMoving ? head.readUInt32BE(at + 4) : 1;
	} finally {
		await handle.close();
	}
}

/** What a picture is, as far as its head tells. */
interface Head {
	format: string;
	/** px of one frame, as they lie in the file */
	width: number;
	height: number;
	frames: number;
	/** whether it lies on its side, or upside down */
	turned: boolean;
}

async function headOf(input: string): Promise<Head> {
	const head = await sharp(input, OPTIONS).metadata();
	const { format = '', width = 0, height = 0, pages = 1 } = head;
	const frames = format === 'png' ? await pngFrames(input) : pages;
	const turned = (head.orientation ?? 1) > 1;
	return { format, width, height: head.pageHeight ?? height, frames, turned };
}

/** Writes the picture anew where that is possible. @returns px of what was written; null: the original is to be kept */
async function writeAnew(
	{ format, width, height, frames, turned }: Head,
	input: string,
	output: string
): Promise<{ width: number; height: number } | null> {
	const write = (REWRITE as Partial<Record<string, (image: Sharp) => Sharp>>)[format];
	const isLarge = format !== 'png' && width * height > REWRITE_MAX;
	if (!write || (isLarge && (frames > 1 || format === 'jpeg' || !turned))) return null;
	if (frames === 1) {
		const upright = sharp(input, OPTIONS).rotate();
		const fit = isLarge ? upright.resize(TURNED_SIDE, TURNED_SIDE, FIT) : upright;
		return write(fit).toFile(output);
	}
	if (format !== 'webp') return null;
	await write(sharp(input, { ...OPTIONS, animated: true })).toFile(output);
	return { width, height };
}

async function rewrite(input: string, output: string, small: string): Promise<object> {
	const head = await headOf(input);
	const { width, height, frames, turned } = head;
	const pixels = width * height;
	if (pixels > PIXELS_MAX || frames > FRAMES_MAX || pixels * frames > 4 * PIXELS_MAX) {
		return { refused: 'image_too_large' };
	}
	const written = await writeAnew(head, input, output);
	const first = () => sharp(input, { ...OPTIONS, pages: 1 }).rotate();
	const shown = await first().resize(SMALL, SMALL, FIT).webp({ quality: 78 }).toFile(small);
	// A JPEG that is kept still says which side is up; its small picture lies as it is shown.
	const onSide = turned && shown.width < shown.height !== width < height;
	const size = written ?? (onSide ? { width: height, height: width } : { width, height });
	const hash = await thumbHash(sharp(small));
	return { width: size.width, height: size.height, hash, rewritten: written !== null };
}

async function rewriteAndReport([input = '', output = '', small = '', answer = '']: string[]) {
	const result = await rewrite(input, output, small).catch((error: unknown) => ({
		refused: /pixel limit/.test(String(error)) ? 'image_too_large' : 'picture_invalid'
	}));
	await writeFile(answer, JSON.stringify(result));
}

/** Everything but the pixels is left behind: no camera data, no place, no hidden script. */
async function square(): Promise<void> {
	const bytes = await buffer(process.stdin);
	const open = () => sharp(bytes, { ...OPTIONS, pages: 1 });
	const { format, width = 0, height = 0 } = await open().metadata();
	if (!AVATAR_FORMATS.has(format ?? '') || width * height > PIXELS_MAX) {
		throw new Error('not a picture that is taken');
	}
	const resized = open().rotate().resize(AVATAR_SIDE, AVATAR_SIDE, { fit: 'cover' });
	process.stdout.write(await resized.webp({ quality: 82 }).toBuffer());
}

const [task, ...paths] = process.argv.slice(2);
await (task === 'square' ? square() : rewriteAndReport(paths)).catch(() => {
	process.exitCode = 1;
});
