/** What a file is: told by its bytes, never by its name (U1). */
import { fileTypeFromFile } from 'file-type';
import type { FileCard } from '../../src/lib/protocol/change.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';

/**
 * Types that browsers show or play in place and that can hold no script. Everything else, SVG and HTML
 * above all, is a download.
 */
const SHOWN: Record<string, FileCard['kind']> = {
	'image/jpeg': 'image',
	'image/png': 'image',
	'image/gif': 'image',
	'image/webp': 'image',
	'image/avif': 'image',
	'video/mp4': 'video',
	'video/webm': 'video',
	'video/quicktime': 'video',
	'audio/mpeg': 'audio',
	'audio/mp4': 'audio',
	'audio/x-m4a': 'audio',
	'audio/wav': 'audio',
	'audio/ogg': 'audio',
	'audio/ogg; codecs=opus': 'audio',
	'audio/webm': 'audio',
	'audio/flac': 'audio'
};
const UNKNOWN = 'application/octet-stream';

/** The type of a file on this disk, and what it is shown as. */
export async function natureOf(path: string): Promise<Pick<FileCard, 'type' | 'kind'>> {
	const found = await fileTypeFromFile(path);
	if (!found) return { type: UNKNOWN, kind: 'file' };
	const kind = SHOWN[found.mime];
	return kind ? { type: found.mime, kind } : { type: found.mime, kind: 'file' };
}

/** Whether a browser may show it where it is linked. */
export const isShown = (type: string): boolean => type in SHOWN;

/** What a file was called, without folders, controls and marks that turn text around. */
export function tidyFileName(name: string): string {
	const last = name.split(/[/\\]/).at(-1)!;
	const clean = last
		.toWellFormed()
		.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
		.trim();
	return [...clean].slice(0, LIMITS.fileNameMax).join('') || 'file';
}
