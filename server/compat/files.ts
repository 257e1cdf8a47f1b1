/**
 * Files as the clients of this API know them: by an address that whoever knows it may fetch, and, in a
 * message, by a card (compat-api, sections 2 and 3). What a file is, its bytes have told.
 */
import type { FileCard } from '../../src/lib/protocol/change.ts';
import { MEDIA_TYPES, type MediaType } from '../../src/lib/protocol/media-types.ts';
import type { StoredFile } from '../files/file-ports.ts';
import type { FileReads, FilesById } from './ports.ts';

/** What a file card says. */
interface MessageCard {
	/** a path under /uploads/ */
	url: string;
	/** what the file was called */
	name: string;
	/** bytes */
	size: number;
	/** the text sent along */
	description: string;
}

/** What these clients are shown in place: what the app shows, and two types that it only saves. */
const IN_PLACE = new Map<string, MediaType>([
	...MEDIA_TYPES,
	['image/bmp', { kind: 'image', extension: 'bmp' }],
	['video/vnd.avi', { kind: 'video', extension: 'avi' }]
]);
/** Kind of a file -> folder of its address. */
const FOLDERS = { image: 'images', audio: 'audio', video: 'video' };
/** Extensions that say "shown in place": a file that is nothing of that sort does not get to keep them. */
const MEDIA_EXTENSIONS = new Set([
	...[...IN_PLACE.values()].map(({ extension }) => extension),
	'jpeg',
	'svg'
]);
const DOCUMENTS: Record<string, string> = {
	pdf: 'application/pdf',
	doc: 'application/msword',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	txt: 'text/plain; charset=utf-8',
	md: 'text/markdown; charset=utf-8'
};
const UNKNOWN_TYPE = 'application/octet-stream';
const UNKNOWN_EXTENSION = 'bin';
const ADDRESS = /^\/uploads\/([a-z]+)\/([0-9a-f]{32})\.[a-z0-9]+$/;

type Known = Pick<FileCard, 'name' | 'type'>;

/** Whether browsers show it where it is linked, instead of saving it. */
export const isShownInPlace = ({ type }: Known): boolean => IN_PLACE.has(type);

/** Its extension: bare, in lower case. Pictures are told by it, so only pictures have one of theirs. */
export function extensionOf({ name, type }: Known): string {
	const shown = IN_PLACE.get(type);
	if (shown) return shown.extension;
	const named = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? UNKNOWN_EXTENSION;
	return MEDIA_EXTENSIONS.has(named) ? UNKNOWN_EXTENSION : named;
}

/** The type by which it is served. */
export function servedType(file: Known): string {
	return isShownInPlace(file) ? file.type : (DOCUMENTS[extensionOf(file)] ?? UNKNOWN_TYPE);
}

/** The folder of its address. */
export function folderOf(file: Known): string {
	const shown = IN_PLACE.get(file.type);
	if (shown) return FOLDERS[shown.kind];
	return extensionOf(file) in DOCUMENTS ? 'documents' : 'files';
}

/** Its address on this server. */
export function urlOf(file: Known & Pick<StoredFile, 'stored'>): string {
	return `/uploads/${folderOf(file)}/${file.stored}.${extensionOf(file)}`;
}

/**
 * The file that a client names by its address: a path, or one with a host in front, which is left out
 * of account, because some clients put the server's there.
 */
export async function fileAt(
	url: string,
	reads: Pick<FileReads, 'fileStoredAs'>
): Promise<StoredFile | null> {
	const path = URL.canParse(url) ? new URL(url).pathname : url;
	const match = ADDRESS.exec(path);
	const file = match && (await reads.fileStoredAs(match[2]!));
	return file && urlOf(file) === path ? file : null;
}

/** Ids of the files that messages carry. */
export const filesOf = (rows: readonly { files?: FileCard[] | undefined }[]): string[] =>
	rows.flatMap(({ files = [] }) => files.map(({ id }) => id));

/** The card of a message that carries files; null when it carries none. @param known the files that there are */
export function cardOf(
	{ body, files = [] }: { body: string; files?: FileCard[] | undefined },
	known: FilesById
): { card: MessageCard; type: 'image' | 'file' } | null {
	const [first, ...others] = files.flatMap((file) => known.get(file.id) ?? []);
	if (!first) return null;
	// These clients know one file a message: the others can still be reached.
	const description = [body, ...others.map(urlOf)].filter((line) => line !== '').join('\n');
	const { name, size } = first;
	return {
		card: { url: urlOf(first), name, size, description },
		type: folderOf(first) === 'images' ? 'image' : 'file'
	};
}
