/** Takes a file from a form: onto the disk as it comes, then it becomes a file like any other. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Uploads } from '../files/uploads.ts';
import type { StoredFile } from '../files/file-ports.ts';
import { ApiError } from './errors.ts';

/** Bytes of a picture that is to become a profile picture. */
export const AVATAR_MAX = 5 * 1024 * 1024;

export interface FormUploads {
	/** Rejects with ApiError or RefusalError; then nothing of it is kept. */
	take(person: PersonId, name: string | undefined, bytes: Readable): Promise<StoredFile>;
}

/** Counts what passes, and keeps no more than is allowed, but reads it to its end: many clients do not listen before. */
function gauge(): { stream: Transform; size: () => number } {
	let size = 0;
	const stream = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			size += chunk.length;
			done(null, size > LIMITS.fileBytes ? undefined : chunk);
		}
	});
	return { stream, size: () => size };
}

/**
 * @param dir folder for what is under way, on the disk of the files
 * @param newId makes the id of a file
 */
export function createFormUploads(dir: string, intake: Uploads, newId: () => string): FormUploads {
	// Whatever was under way when the server ended is nobody's any more.
	const clean = rm(dir, { recursive: true, force: true });

	async function keep(person: PersonId, name: string | undefined, bytes: Readable, path: string) {
		const { stream, size } = gauge();
		await pipeline(bytes, stream, createWriteStream(path, { flags: 'wx' }));
		if (size() === 0) throw new ApiError(400, 'The file is empty.');
		if (size() > LIMITS.fileBytes) throw new RefusalError(refuse('file_too_large'));
		return intake.adopt(person, path, { id: newId(), name: name ?? '' });
	}

	return {
		async take(person, name, bytes) {
			await clean;
			await mkdir(dir, { recursive: true });
			const path = join(dir, randomBytes(16).toString('hex'));
			try {
				return await keep(person, name, bytes, path);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
				throw new RefusalError(refuse('storage_full', { after: 10_000 }));
			} finally {
				await rm(path, { force: true });
			}
		}
	};
}
