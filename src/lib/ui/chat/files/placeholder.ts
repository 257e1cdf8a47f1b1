/** What stands where a picture will be: a blur of 30 bytes that came with its message. */
import { thumbHashToDataURL } from 'thumbhash';

const made = new Map<string, string | null>();

/** A data URL for a thumbhash in base64; null when it is none. */
export function placeholderOf(hash: string | undefined): string | null {
	if (hash === undefined) return null;
	const known = made.get(hash);
	if (known !== undefined) return known;
	let url: string | null = null;
	try {
		url = thumbHashToDataURL(Uint8Array.from(atob(hash), (char) => char.charCodeAt(0)));
	} catch {
		// A broken hash costs the blur and nothing else.
	}
	made.set(hash, url);
	return url;
}
