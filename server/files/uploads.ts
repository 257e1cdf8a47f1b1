/**
 * Files on their way in, from devices of the app (tus) and from forms of the compatible API. An upload belongs to
 * one person and one file id; only once it is whole and checked it is a file that a message can carry.
 */
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import type { StoredFile } from './file-ports.ts';
import { fileTypeOf } from './file-type.ts';
import { createQuota, requireDiskSpace, type Quota } from './quota.ts';
import { createPosters } from './poster.ts';
import { storeUpload, type FileClaims, type StorageContext } from './store-upload.ts';
import { TusUploads } from './tus-uploads.ts';
import { uploadName } from './upload-metadata.ts';

/** ms after which an upload that was not finished is removed. */
const EXPIRES_AFTER = 3 * 86_400_000;

export interface Uploads {
	/** Answers a tus request of this person. */
	handle(person: PersonId, request: IncomingMessage, response: ServerResponse): Promise<void>;
	/**
	 * Makes a file of what lies whole at a path on the same disk; the path is gone then. What begins like
	 * a picture and is none is kept as a file to be saved. Rejects with RefusalError, and leaves the path.
	 */
	adopt(person: PersonId, path: string, claims: FileClaims): Promise<StoredFile>;
	/** Gives a film of this person its poster, see poster.ts. Rejects with RefusalError. */
	addPoster(person: PersonId, film: string, picture: Buffer): Promise<void>;
	/** Removes uploads that were given up. */
	removeExpired(): Promise<void>;
}

interface UploadsOptions extends StorageContext {
	/** folder for what is under way */
	dir: string;
	/** turns anything thrown into a refusal, and logs unexpected errors */
	refusalFor: (error: unknown, doing: string) => Refusal;
	statusOf: (refusal: Refusal) => number;
	/** bytes that one person may keep here, and everybody together; null: any number */
	quota: { person: number; all: number | null };
}

export function createUploads(options: UploadsOptions): Uploads {
	const { table, clock } = options;
	const context = { ...options, quota: createQuota(options.quota, table, () => clock.now()) };
	const tus = new TusUploads(context, EXPIRES_AFTER);
	const posters = createPosters(context);

	return {
		handle: (person, request, response) => tus.handle(person, request, response),
		adopt: (person, path, claims) => adoptFile(context, person, path, claims),
		addPoster: (person, film, picture) => posters.add(person, film, picture),
		async removeExpired() {
			await tus.removeExpired();
			await posters.removeLeft();
			context.quota.forget(clock.now() - EXPIRES_AFTER);
		}
	};
}

async function adoptFile(
	context: StorageContext & { quota: Quota },
	person: PersonId,
	path: string,
	claims: FileClaims
): Promise<StoredFile> {
	const { bytes, quota } = context;
	const name = uploadName(person, claims.id);
	const { size } = await stat(path);
	// The compatible API promises a limit for pictures (compat-api, section 3).
	const isPicture = (await fileTypeOf(path)).kind === 'image';
	if (size > (isPicture ? LIMITS.imageBytes : LIMITS.fileBytes)) {
		throw new RefusalError(refuse('file_too_large'));
	}
	await requireDiskSpace(bytes, size);
	await quota.reserve(person, name, size);
	try {
		const stored = await storeUpload(context, path, person, claims);
		await rm(path, { force: true });
		return stored;
	} finally {
		quota.release(name);
	}
}
