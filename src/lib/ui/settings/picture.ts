/** Making an avatar of a picture, on the device: nothing but the pixels leaves it. */
import { LIMITS } from '../../protocol/limits.ts';
import { cornerOf, sideOf, type Crop } from './crop.ts';

/** px of an avatar's side: twice of what the largest one on screen needs. */
const SIDE = 256;
/** Tried one after the other until the picture is small enough. */
const QUALITIES = [0.9, 0.8, 0.65, 0.5, 0.35] as const;

/** The browser cannot read this file as a picture, or cannot write one. */
export class PictureError extends Error {
	constructor(cause?: unknown) {
		super('not a picture that this browser can use', { cause });
		this.name = 'PictureError';
	}
}

/** Reads a picture, turned the right way up. Rejects with PictureError. */
export async function readPicture(file: Blob): Promise<ImageBitmap> {
	try {
		return await createImageBitmap(file, { imageOrientation: 'from-image' });
	} catch (error) {
		throw new PictureError(error);
	}
}

/** Draws the square into a canvas of this many px. */
export function drawCrop(
	canvas: HTMLCanvasElement,
	picture: ImageBitmap,
	crop: Crop,
	px: number
): void {
	canvas.width = canvas.height = px;
	const context = canvas.getContext('2d');
	if (!context) throw new PictureError();
	context.imageSmoothingQuality = 'high';
	const { left, top } = cornerOf(crop);
	const side = sideOf(crop);
	context.drawImage(picture, left, top, side, side, 0, 0, px, px);
}

const encode = (canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> =>
	new Promise((resolve) => canvas.toBlob(resolve, type, quality));

async function base64(blob: Blob): Promise<string> {
	const bytes = new Uint8Array(await blob.arrayBuffer());
	let binary = '';
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary);
}

/**
 * The square as base64 of a WebP, or of a JPEG where the browser writes no WebP. Drawing it anew
 * leaves behind what cameras put into their files: place, time, model. Rejects with PictureError.
 */
export async function makeAvatar(picture: ImageBitmap, crop: Crop): Promise<string> {
	const canvas = document.createElement('canvas');
	drawCrop(canvas, picture, crop, SIDE);
	for (const quality of QUALITIES) {
		const webp = await encode(canvas, 'image/webp', quality);
		// A browser that does not know the type writes a PNG instead.
		const blob = webp?.type === 'image/webp' ? webp : await encode(canvas, 'image/jpeg', quality);
		if (blob && blob.size <= LIMITS.avatarBytes) return base64(blob);
	}
	throw new PictureError();
}
