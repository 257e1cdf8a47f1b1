/** Files that are still on this device, as the cards that the server will make of them. Pure. */
import type { FileCard } from '../protocol/change.ts';
import { LIMITS } from '../protocol/limits.ts';
import { MEDIA_TYPES } from '../protocol/media-types.ts';
import type { Act } from '../protocol/up.ts';
import type { LocalFile } from '../sync/ports-files.ts';

/** Names by which browsers call types -> as the server tells them by the bytes. */
const BROWSER_NAMES: Record<string, string> = {
	'audio/x-wav': 'audio/wav',
	'audio/x-flac': 'audio/flac'
};

/** What a file will be shown as, by what the browser takes it for. */
export function kindOfType(type: string): FileCard['kind'] {
	return MEDIA_TYPES.get(BROWSER_NAMES[type] ?? type)?.kind ?? 'file';
}

/** Pixels of a picture above which it is sent as a file. */
const PIXELS_MAX: Record<string, number> = {
	'image/avif': LIMITS.avifPixels,
	'image/gif': LIMITS.gifPixels
};

/**
 * What a file will be shown as, by all that this device knows of it: a picture that it cannot read, or that
 * is larger than the server decodes, goes as a file.
 */
export function shownAs({
	type,
	size,
	width,
	height
}: Pick<LocalFile, 'type' | 'size' | 'width' | 'height'>): FileCard['kind'] {
	const kind = kindOfType(type);
	if (kind !== 'image') return kind;
	if (width === null || height === null) return 'file';
	return size <= LIMITS.imageBytes && width * height <= (PIXELS_MAX[type] ?? LIMITS.imagePixels)
		? kind
		: 'file';
}

/** The card of a file on its way. */
function localCard(file: LocalFile): FileCard {
	const { id, name, size, type, width, height, duration } = file;
	const sides = width === null || height === null ? {} : { width, height };
	const length = duration ? { duration } : {};
	return { id, name, size, type, kind: shownAs(file), ...sides, ...length };
}

/** The cards of an unsent message's files, in their order. */
export function localCards(act: Act, files: ReadonlyMap<string, LocalFile>): FileCard[] {
	if (act.kind !== 'message.post') return [];
	return (act.files ?? []).flatMap((id) => {
		const file = files.get(id);
		return file ? [localCard(file)] : [];
	});
}
