/**
 * Makes a stored file of an upload that is whole: its type is told by its bytes, metadata is stripped, pictures are
 * written anew, and its row is added only after its bytes are durable.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import type { Clock } from '../domain/ports.ts';
import type { Images } from '../images/images.ts';
import { tidyFileName } from './file-name.ts';
import type { ByteStore, FileTable, StoredFile } from './file-ports.ts';
import { fileTypeOf } from './file-type.ts';
import type { Journal } from './journal.ts';
import { stripMetadata } from './metadata/strip-metadata.ts';
import type { UploadMetadata } from './upload-metadata.ts';

/** What a finished upload is stored with. */
export interface StorageContext {
	bytes: ByteStore;
	table: FileTable;
	images: Images;
	journal: Journal;
	clock: Clock;
}

/** What a device says about a file whose bytes are here. */
export type FileClaims = Pick<UploadMetadata, 'id' | 'name' | 'width' | 'height' | 'duration'>;

type DescribedFile = Omit<StoredFile, 'size' | 'kind' | 'stored' | 'thumb'>;

/** Copies of an upload that are made beside it: without metadata, and small. */
const cleanCopy = (path: string) => `${path}.out`;
export const smallCopy = (path: string) => `${path}.small`;

/** A name under which bytes lie. */
export const randomName = (): string => randomBytes(16).toString('hex');

/**
 * Stores what lies whole at a path as a file of this person. The path stays as it is, so that a failed try can
 * be repeated. A picture that cannot be decoded, or is too large for it, is kept as a file to be saved.
 * @returns the file as the table has it
 */
export async function storeUpload(
	context: StorageContext,
	path: string,
	person: PersonId,
	claims: FileClaims
): Promise<StoredFile> {
	const { type, kind } = await fileTypeOf(path);
	const file = { id: claims.id, person, name: tidyFileName(claims.name), type };
	try {
		if (kind !== 'image') {
			return await storeUnchanged(context, path, { ...file, ...mediaClaims(kind, claims), kind });
		}
		const picture = await storePicture(context, path, file);
		return picture ?? (await storeUnchanged(context, path, { ...file, kind: 'file' }));
	} finally {
		await removeCopies(path);
	}
}

/**
 * Stores what a server has kept before, as it was: a picture is not written anew, because that would make another one of
 * it each time. What it is is told by its bytes here, too.
 * @returns the file as the table has it
 */
export async function storeKept(
	context: StorageContext,
	path: string,
	person: PersonId,
	claims: FileClaims & Pick<StoredFile, 'kind' | 'type'>
): Promise<StoredFile> {
	const { type, kind } = await fileTypeOf(path);
	const isPicture = kind === 'image' && claims.kind === 'image' && claims.type === type;
	const file = { id: claims.id, person, name: tidyFileName(claims.name), type };
	if (isPicture) return storeKeptPicture(context, path, file);
	if (kind !== 'image') return storeUpload(context, path, person, claims);
	// It could not be shown as a picture where it comes from.
	try {
		return await storeUnchanged(context, path, { ...file, kind: 'file' });
	} finally {
		await removeCopies(path);
	}
}

async function storeKeptPicture(
	context: StorageContext,
	path: string,
	file: DescribedFile
): Promise<StoredFile> {
	try {
		const picture = await storePicture(context, path, file, true);
		return picture ?? (await storeUnchanged(context, path, { ...file, kind: 'file' }));
	} finally {
		await removeCopies(path);
	}
}

/** What only the device could tell of a film or a sound. */
function mediaClaims(
	kind: StoredFile['kind'],
	{ width, height, duration }: FileClaims
): Pick<StoredFile, 'width' | 'height' | 'duration'> {
	if (kind !== 'video' && kind !== 'audio') return {};
	const sides = kind === 'video' && width && height ? { width, height } : {};
	return { ...sides, ...(duration ? { duration } : {}) };
}

/** Stores a file with the picture in it as it is; only its metadata is stripped. */
async function storeUnchanged(
	context: StorageContext,
	path: string,
	file: DescribedFile & Pick<StoredFile, 'kind'>
): Promise<StoredFile> {
	const { size } = await stat(path);
	await copyWithoutMetadata(path, file.type);
	const stored = randomName();
	const source = { name: stored, path: cleanCopy(path) };
	return commit(context, { ...file, size, stored, thumb: null }, [source]);
}

/**
 * Stores a picture and its thumbnail; null when it cannot be made into one.
 * @param asItIs without its metadata, but not written anew
 */
async function storePicture(
	context: StorageContext,
	path: string,
	file: DescribedFile,
	asItIs = false
): Promise<StoredFile | null> {
	if ((await stat(path)).size > LIMITS.imageBytes) return null;
	const result = await context.images.rewrite(path);
	if ('refused' in result) return null;
	const { width, height, hash, rewritten } = result;
	if (!rewritten || asItIs) await copyWithoutMetadata(path, file.type);
	const { size } = await stat(cleanCopy(path));
	const [stored, thumb] = [randomName(), randomName()];
	const picture = { ...file, kind: 'image' as const, size, width, height, hash, stored, thumb };
	return commit(context, picture, [
		{ name: thumb, path: smallCopy(path) },
		{ name: stored, path: cleanCopy(path) }
	]);
}

/** Makes a copy, so that the upload is still what it was when the next try begins. */
async function copyWithoutMetadata(path: string, type: string): Promise<void> {
	await copyFile(path, cleanCopy(path), constants.COPYFILE_FICLONE);
	await stripMetadata(cleanCopy(path), type);
}

/** Takes bytes into their store, and then adds the row that knows of them (UPLOAD-12). */
async function commit(
	{ bytes, table, journal, clock }: StorageContext,
	file: StoredFile,
	sources: { name: string; path: string }[]
): Promise<StoredFile> {
	const names = sources.map(({ name }) => name);
	return journal.during(names, async () => {
		for (const { name, path } of sources) await bytes.take(name, path);
		await table.add(file, clock.now());
		return file;
	});
}

/** Removes what may be left beside an upload when the process ended while it was stored. */
export async function removeCopies(path: string): Promise<void> {
	for (const copy of [cleanCopy(path), smallCopy(path)]) await rm(copy, { force: true });
}
