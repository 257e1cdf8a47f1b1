/** What this device can tell of a film before it is sent. */

/** ms in which a browser has to find out; a film that it cannot read may never say. */
const WITHIN = 4_000;

/**
 * How large a film is shown, in px; null when this browser cannot read it. Only its head is read.
 * @param url of the bytes, which may be revoked afterwards
 */
export function filmSize(url: string): Promise<{ width: number; height: number } | null> {
	const film = document.createElement('video');
	return new Promise<{ width: number; height: number } | null>((resolve) => {
		const late = setTimeout(() => resolve(null), WITHIN);
		film.addEventListener('loadedmetadata', () => {
			clearTimeout(late);
			const { videoWidth: width, videoHeight: height } = film;
			// Sound in the clothes of a film has no picture.
			resolve(width > 0 && height > 0 ? { width, height } : null);
		});
		film.addEventListener('error', () => {
			clearTimeout(late);
			resolve(null);
		});
		film.preload = 'metadata';
		film.muted = true;
		film.src = url;
	}).finally(() => {
		// Lets go of the decoder, of which phones have few.
		film.removeAttribute('src');
		film.load();
	});
}
