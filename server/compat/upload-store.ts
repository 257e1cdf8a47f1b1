/**
 * Files that are handed in: their bytes on disk under random names, what they are called in the
 * database. What a file is, its content says, never its name (compat-api, section 3).
 */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileTypeFromBuffer } from 'file-type';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Clock } from '../domain/ports.ts';
import { ApiError } from './errors.ts';
import type { CompatWrites, Upload, UploadKind } from './ports.ts';

const MB = 1_048_576;
/** Bytes of a picture, and of anything else. */
export const UPLOAD_LIMITS = { picture: 10 * MB, other: 50 * MB, avatar: 5 * MB } as const;
/** Bytes from its beginning by which a file is known. */
const SAMPLE = 4_100;
/** Characters of an original name that are kept. */
const NAME_MAX = 255;

/** Types that browsers may show in place, as file-type names them; everything else is a download. */
const IN_PLACE: Record<string, UploadKind> = {
	'image/jpeg': 'images',
	'image/png': 'images',
	'image/gif': 'images',
	'image/bmp': 'images',
	'image/webp': 'images',
	'audio/mpeg': 'audio',
	'audio/wav': 'audio',
	'audio/ogg': 'audio',
	'audio/ogg; codecs=opus': 'audio',
	'video/mp4': 'video',
	'video/vnd.avi': 'video',
	'video/quicktime': 'video',
	'video/webm': 'video'
};
/** Extensions that say "shown in place": a file that is none of these does not get to keep them. */
const MEDIA = new Set(
	'jpg jpeg png gif bmp webp svg mp3 wav ogg mp4 avi mov webm m4a m4v'.split(' ')
);
const DOCUMENTS: Record<string, string> = {
	pdf: 'application/pdf',
	doc: 'application/msword',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	txt: 'text/plain; charset=utf-8',
	md: 'text/markdown; charset=utf-8'
};
const UNKNOWN_TYPE = 'application/octet-stream';
const UNKNOWN_EXTENSION = 'bin';

/** What a file is. */
interface Nature {
	kind: UploadKind;
	type: string;
	/** without dot, lower case */
	extension: string;
}

/** Whether browsers show it where it is linked, instead of saving it. */
export const isShownInPlace = ({ type }: Pick<Upload, 'type'>): boolean => type in IN_PLACE;

/** Extension of a stored file, bare and in lower case. */
export const extensionOf = ({ name }: Pick<Upload, 'name'>): string =>
	name.slice(name.lastIndexOf('.') + 1);

/** What it was called, without the folders that some browsers put in front, and without controls. */
export function tidyFileName(name: string | undefined): string {
	const last = (name ?? '').split(/[/\\]/).at(-1)!;
	const clean = last
		.toWellFormed()
		.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
		.trim();
	return [...clean].slice(0, NAME_MAX).join('') || 'file';
}

async function natureOf(sample: Uint8Array, original: string): Promise<Nature> {
	const found = await fileTypeFromBuffer(sample);
	const kind = found && IN_PLACE[found.mime];
	if (found && kind) return { kind, type: found.mime, extension: found.ext };
	const named = /\.([a-z0-9]{1,8})$/i.exec(original)?.[1]?.toLowerCase() ?? UNKNOWN_EXTENSION;
	const extension = MEDIA.has(named) ? UNKNOWN_EXTENSION : named;
	const type = DOCUMENTS[extension];
	return type
		? { kind: 'documents', type, extension }
		: { kind: 'files', type: UNKNOWN_TYPE, extension };
}

export interface UploadStore {
	/**
	 * Writes a file away as it comes in. Rejects with ApiError when it is too large or empty; then
	 * nothing of it is kept.
	 */
	put(person: PersonId, original: string | undefined, bytes: Readable): Promise<Upload>;
	/** Bytes of a stored file. */
	read(upload: Upload): Promise<Buffer>;
	remove(upload: Upload): Promise<void>;
	/** Folder in which files of a kind lie. */
	folder(kind: UploadKind): string;
}

/** Counts what passes, keeps its beginning, and stops keeping what is too much, but reads it to its end. */
function gauge(): {
	stream: Transform;
	size: () => number;
	nature: (original: string) => Promise<Nature>;
} {
	let size = 0;
	let head: Buffer = Buffer.alloc(0);
	const stream = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			if (head.length < SAMPLE) head = Buffer.concat([head, chunk.subarray(0, SAMPLE)]);
			size += chunk.length;
			// The sender is told when all is said: many clients do not listen before.
			done(null, size > UPLOAD_LIMITS.other ? undefined : chunk);
		}
	});
	return { stream, size: () => size, nature: (original) => natureOf(head, original) };
}

export function createUploadStore(dir: string, store: CompatWrites, clock: Clock): UploadStore {
	const folder = (kind: UploadKind | 'incoming') => join(dir, kind);
	const clean = rm(folder('incoming'), { recursive: true, force: true });

	async function keep(person: PersonId, raw: string | undefined, bytes: Readable, path: string) {
		const original = tidyFileName(raw);
		const { stream, size, nature } = gauge();
		await pipeline(bytes, stream, createWriteStream(path, { flags: 'wx', flush: true }));
		const { kind, type, extension } = await nature(original);
		const most = kind === 'images' ? UPLOAD_LIMITS.picture : UPLOAD_LIMITS.other;
		if (size() === 0) throw new ApiError(400, 'The file is empty.');
		if (size() > most) throw new ApiError(413, `The file is too large: at most ${most / MB} MB.`);
		const name = `${randomBytes(16).toString('hex')}.${extension}`;
		const upload = { name, kind, person, original, type, size: size(), at: clock.now() };
		await mkdir(folder(kind), { recursive: true });
		await rename(path, join(folder(kind), name));
		store.addUpload(upload);
		return upload;
	}

	return {
		folder,
		async put(person, original, bytes) {
			await clean;
			await mkdir(folder('incoming'), { recursive: true });
			const path = join(folder('incoming'), randomBytes(16).toString('hex'));
			try {
				return await keep(person, original, bytes, path);
			} catch (fault) {
				await rm(path, { force: true });
				if ((fault as NodeJS.ErrnoException).code !== 'ENOSPC') throw fault;
				throw new RefusalError(refuse('storage_full', { after: 10_000 }));
			}
		},
		read: ({ kind, name }) => readFile(join(folder(kind), name)),
		async remove({ kind, name }) {
			store.removeUpload(name);
			await rm(join(folder(kind), name), { force: true });
		}
	};
}
