/** Names for files and folders that every system takes, and that do nothing but name. */
import type { FileCard } from '../protocol/change.ts';
import { graphemes } from '../protocol/graphemes.ts';

/** Code points that are kept; a path has to fit into 260 characters on some systems. */
const NAME_MAX = 80;
/** Bytes in UTF-8: file systems take 255, with what stands before and after it. */
const BYTES_MAX = 180;
const EXTENSION_MAX = 12;
/** What some system takes for more than a name, and what changes how the rest is read. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Devices of Windows. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/iu;

/**
 * What a browser or a system runs or renders as a page from a disk, where no server says what it is. PDF is not among
 * them: its readers show it and nothing else.
 */
const ACTIVE =
	/\.(?:[xsdp]?html?|xht|svgz?|xml|xslt?|xul|rdf|mht(?:ml)?|ht[act]|[cm]?js|jse|vb[es]|ws[cfh]|swf|url|webloc)$/iu;
/** Extensions of what is shown in place, the usual one first. */
const MEDIA: Readonly<Record<string, readonly string[]>> = {
	'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
	'image/png': ['png'],
	'image/gif': ['gif'],
	'image/webp': ['webp'],
	'image/avif': ['avif'],
	'image/bmp': ['bmp'],
	'image/heic': ['heic'],
	'image/heif': ['heif'],
	'image/tiff': ['tiff', 'tif'],
	'video/mp4': ['mp4', 'm4v'],
	'video/webm': ['webm'],
	'video/ogg': ['ogv', 'ogg'],
	'video/quicktime': ['mov'],
	'video/x-matroska': ['mkv'],
	'audio/mpeg': ['mp3'],
	'audio/mp4': ['m4a', 'mp4'],
	'audio/x-m4a': ['m4a'],
	'audio/aac': ['aac'],
	'audio/ogg': ['ogg', 'oga', 'opus'],
	'audio/opus': ['opus'],
	'audio/webm': ['webm', 'weba'],
	'audio/wav': ['wav'],
	'audio/x-wav': ['wav'],
	'audio/flac': ['flac']
};

const utf8 = new TextEncoder();

/** The beginning of a text within both limits; no sign is cut apart. */
function cut(text: string): string {
	let [kept, points, bytes] = ['', 0, 0];
	for (const sign of graphemes(text)) {
		points += [...sign].length;
		bytes += utf8.encode(sign).length;
		if (points > NAME_MAX || bytes > BYTES_MAX) break;
		kept += sign;
	}
	return kept;
}

/** A name in a form that can be a file's or a folder's. @param otherwise for one of which nothing is left */
export function safeName(name: string, otherwise: string): string {
	const clean = name.normalize('NFC').replace(FORBIDDEN, '_').trim();
	const dot = clean.lastIndexOf('.');
	const hasExtension = dot > 0 && clean.length - dot - 1 <= EXTENSION_MAX;
	const extension = hasExtension ? clean.slice(dot) : '';
	const stem = cut(hasExtension ? clean.slice(0, dot) : clean);
	// A name must neither be hidden nor lead upwards, nor end in what Windows takes away.
	const inner = stem.replace(/^[.\s]+|[.\s]+$/gu, '');
	const whole = inner === '' ? otherwise : RESERVED.test(inner) ? `${inner}_` : inner;
	return whole + extension.replace(/[.\s]+$/u, '');
}

/** The folder of a conversation: its name, and of its id what makes it the only one. */
export const folderOf = (name: string, id: string): string =>
	`${safeName(name, 'conversation')}-${id.slice(-8)}`;

/** A file's name that makes a browser do no more with it than with what it was sent as. */
function harmlessName({ name, type, kind }: Pick<FileCard, 'name' | 'type' | 'kind'>): string {
	const safe = safeName(name, 'file');
	if (kind === 'file') return ACTIVE.test(safe) ? `${safe}.txt` : safe;
	const [essence = ''] = type.toLowerCase().split(';');
	const known = MEDIA[essence.trim()] ?? ['bin'];
	const extension = safe.slice(safe.lastIndexOf('.') + 1).toLowerCase();
	return known.includes(extension) ? safe : `${safe}.${known[0]}`;
}

/**
 * The place of a file of a message within the folder of its conversation: unique by the message's place. Its name is not
 * always the one that it was sent under: opened from a disk, nothing in it may run as a page.
 */
export const pathOfFile = (
	seq: number,
	n: number,
	file: Pick<FileCard, 'name' | 'type' | 'kind'>
): string => `files/${seq}${n > 0 ? `.${n + 1}` : ''}-${harmlessName(file)}`;
