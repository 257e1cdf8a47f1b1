/** What this device can tell of a film or a sound before it is sent: size, length, and a picture of a film. */
import { LIMITS } from '../../../protocol/limits.ts';

/** ms in which a browser has to answer all questions; about what it cannot read it may never say. */
const WITHIN = 5_000;
/** Where the poster is taken: films often begin in black. Share of the whole, and ms at the most. */
const POSTER_SHARE = 0.1;
const POSTER_AT_MOST = 1_000;
/** px of the longer side of a poster: a bubble at two device pixels each. */
const POSTER_SIDE = 640;
/** Tried one after the other, until it is small enough. */
const QUALITIES = [0.8, 0.6, 0.4];
/** s; a film that was recorded in a browser says how long it is only once its end was looked for. */
const PAST_ANY_END = 1e7;

interface MediaFacts {
	/** px, of a film */
	width: number | null;
	height: number | null;
	/** ms */
	duration: number | null;
	/** JPEG of a film */
	poster: Blob | null;
}

const NOTHING: MediaFacts = { width: null, height: null, duration: null, poster: null };

/** A film or a sound that is being read, and when there is no more time for it. */
interface Read<M extends HTMLMediaElement = HTMLMediaElement> {
	media: M;
	late: AbortSignal;
}

/** Resolves with whether it came to pass in time. */
function happens({ media, late }: Read, event: string, begin?: () => void): Promise<boolean> {
	return new Promise<boolean>((resolve) => {
		const stop = new AbortController();
		const { signal } = stop;
		const end = (did: boolean): void => {
			stop.abort();
			resolve(did);
		};
		media.addEventListener(event, () => end(true), { signal });
		media.addEventListener('error', () => end(false), { signal });
		late.addEventListener('abort', () => end(false), { signal });
		if (late.aborted) end(false);
		else begin?.();
	});
}

/** ms; null: it has no end, or none that can be found. */
async function durationOf(read: Read): Promise<number | null> {
	const { media } = read;
	if (media.duration === Infinity) {
		await happens(read, 'durationchange', () => (media.currentTime = PAST_ANY_END));
		// Else its end would be taken for the picture that is looked for next.
		if (media.seeking) await happens(read, 'seeked');
	}
	const ms = Math.round(media.duration * 1000);
	return Number.isSafeInteger(ms) && ms > 0 ? ms : null;
}

function drawn(film: HTMLVideoElement): HTMLCanvasElement {
	const { videoWidth, videoHeight } = film;
	const scale = Math.min(1, POSTER_SIDE / Math.max(videoWidth, videoHeight));
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(videoWidth * scale));
	canvas.height = Math.max(1, Math.round(videoHeight * scale));
	canvas.getContext('2d')?.drawImage(film, 0, 0, canvas.width, canvas.height);
	return canvas;
}

/** @param duration of the film, ms */
async function posterOf(
	read: Read<HTMLVideoElement>,
	duration: number | null
): Promise<Blob | null> {
	const at = Math.min((duration ?? 0) * POSTER_SHARE, POSTER_AT_MOST) / 1000;
	if (!(await happens(read, 'seeked', () => (read.media.currentTime = at)))) return null;
	const canvas = drawn(read.media);
	for (const quality of QUALITIES) {
		const jpeg = await new Promise<Blob | null>((resolve) =>
			canvas.toBlob(resolve, 'image/jpeg', quality)
		);
		if (jpeg?.type === 'image/jpeg' && jpeg.size <= LIMITS.posterBytes) return jpeg;
	}
	return null;
}

async function factsOf(read: Read, url: string): Promise<MediaFacts> {
	const { media, late } = read;
	media.preload = 'auto';
	media.muted = true;
	if (!(await happens(read, 'loadedmetadata', () => (media.src = url)))) return NOTHING;
	const duration = await durationOf(read);
	// Sound in the clothes of a film has no picture.
	if (!(media instanceof HTMLVideoElement) || media.videoWidth === 0 || media.videoHeight === 0) {
		return { ...NOTHING, duration };
	}
	const { videoWidth: width, videoHeight: height } = media;
	return { width, height, duration, poster: await posterOf({ media, late }, duration) };
}

/**
 * Reads a film or a sound, as far as this browser can: what it cannot tell is null. Ends within some seconds.
 * @param url of the bytes, which may be revoked afterwards
 */
export async function mediaFacts(kind: 'video' | 'audio', url: string): Promise<MediaFacts> {
	const media = document.createElement(kind);
	try {
		return await factsOf({ media, late: AbortSignal.timeout(WITHIN) }, url);
	} finally {
		// Lets go of the decoder, of which phones have few.
		media.removeAttribute('src');
		media.load();
	}
}
