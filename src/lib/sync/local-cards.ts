/** Files that are still on this device, as the cards that the server will make of them. Pure. */
import type { FileCard } from '../protocol/change.ts';
import type { Act } from '../protocol/up.ts';
import type { LocalFile } from './ports-files.ts';

/** Images that this app shows; like the server's, which decides by the bytes. */
const IMAGES = /^image\/(jpeg|png|gif|webp|avif)$/u;
const FILMS = /^video\/(mp4|webm|quicktime)$/u;
const SOUNDS = /^audio\/(mpeg|mp4|x-m4a|wav|x-wav|ogg|webm|flac|x-flac)$/u;

/** What a file will be shown as, by what the browser takes it for. */
export function kindOfType(type: string): FileCard['kind'] {
	if (IMAGES.test(type)) return 'image';
	if (FILMS.test(type)) return 'video';
	return SOUNDS.test(type) ? 'audio' : 'file';
}

/** The card of a file on its way. */
export function localCard({ id, name, size, type, width, height }: LocalFile): FileCard {
	const sides = width === null || height === null ? {} : { width, height };
	const kind = kindOfType(type);
	// What this device cannot read as a picture is none here.
	const isShown = kind !== 'image' || width !== null;
	return { id, name, size, type, kind: isShown ? kind : 'file', ...sides };
}

/** The cards of an unsent message's files, in their order. */
export function localCards(act: Act, files: ReadonlyMap<string, LocalFile>): FileCard[] {
	if (act.kind !== 'message.post') return [];
	return (act.files ?? []).flatMap((id) => {
		const file = files.get(id);
		return file ? [localCard(file)] : [];
	});
}
