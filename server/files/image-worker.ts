/**
 * A process of its own for one picture, because decoders are where hostile pictures do harm: it may be
 * killed at any moment, and what it takes of memory is not the server's. Says one line of JSON.
 * Arguments: input, where to write the picture, where to write the small one.
 */
import { writeFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';

/** Pixels that are decoded at all, and frames of a moving picture (U2). */
const PIXELS_MAX = 50_000_000;
const FRAMES_MAX = 500;
/** px of the longer side of the small picture: a bubble at two device pixels each. */
const SMALL = 800;
/** px of the longer side from which a thumbhash is made: the most it takes. */
const HASHED = 100;

sharp.cache(false);
sharp.concurrency(1);

/** Formats that can be written anew, without what the camera wrote. Others stay as they are. */
const REWRITE = {
	jpeg: (image: Sharp) => image.jpeg({ quality: 90, mozjpeg: true }),
	png: (image: Sharp) => image.png(),
	webp: (image: Sharp) => image.webp({ quality: 90 })
} as const;

async function work(input: string, output: string, small: string): Promise<object> {
	const options = { limitInputPixels: PIXELS_MAX, failOn: 'error' } as const;
	const head = await sharp(input, options).metadata();
	const { format, pages = 1, width = 0, height = 0 } = head;
	const frame = head.pageHeight ?? height;
	if (width * frame > PIXELS_MAX || pages > FRAMES_MAX || width * frame * pages > 4 * PIXELS_MAX) {
		return { refused: 'image_too_large' };
	}
	const isMoving = pages > 1;
	const rewrite = (REWRITE as Partial<Record<string, (image: Sharp) => Sharp>>)[format ?? ''];
	let size = { width, height: frame };
	if (rewrite && !isMoving) {
		const written = await rewrite(sharp(input, options).rotate()).toFile(output);
		size = { width: written.width, height: written.height };
	} else if (format === 'webp') {
		await sharp(input, { ...options, animated: true })
			.webp({ quality: 90 })
			.toFile(output);
	}
	const first = () => sharp(input, { ...options, pages: 1 }).rotate();
	const fit = { fit: 'inside', withoutEnlargement: true } as const;
	await first().resize(SMALL, SMALL, fit).webp({ quality: 78 }).toFile(small);
	const { data, info } = await first()
		.resize(HASHED, HASHED, fit)
		.ensureAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	const hash = Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
	const rewritten = (rewrite !== undefined && !isMoving) || format === 'webp';
	return { ...size, hash, rewritten };
}

const [input = '', output = '', small = '', answer = ''] = process.argv.slice(2);
work(input, output, small)
	.catch((fault: unknown) => ({
		refused: /pixel limit/.test(String(fault)) ? 'image_too_large' : 'picture_invalid'
	}))
	.then((said) => writeFile(answer, JSON.stringify(said)))
	.catch(() => process.exit(1));
