/** Bytes on the local disk. */
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncPath } from '../fsync.ts';
import type { ByteStore } from './file-ports.ts';

/** Share of the disk that is left to the database, so that text goes on when files no longer do (UPLOAD-6). */
const LEFT_FOR_TEXT = 0.05;

/**
 * Whether the disk of a folder has room for so many bytes more, with enough left for everybody's text.
 * @param dir made when missing
 */
export async function hasRoomOn(dir: string, bytes: number): Promise<boolean> {
	await mkdir(dir, { recursive: true });
	const { bavail, bsize, blocks } = await statfs(dir);
	return bavail * bsize - bytes > blocks * bsize * LEFT_FOR_TEXT;
}

/** @param dir folder of its own; made when missing */
export function diskStore(dir: string): ByteStore {
	// Spread over 256 folders, because some file systems are slow with very many files in one.
	const pathOf = (name: string) => join(dir, name.slice(0, 2), name);

	return {
		async take(name, path) {
			const to = pathOf(name);
			await mkdir(dirname(to), { recursive: true });
			await syncPath(path);
			await rename(path, to);
			await syncPath(dirname(to));
		},
		async open(name, range) {
			const path = pathOf(name);
			const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
				if (error.code === 'ENOENT') return null;
				throw error;
			});
			// Shorter than the table says (RESTORE-3): that part of it is as missing as the whole would be.
			if (!found || (range && range.start >= found.size)) return null;
			return createReadStream(path, range ?? {});
		},
		async remove(name) {
			await rm(pathOf(name), { force: true });
		},
		hasRoom: (bytes) => hasRoomOn(dir, bytes),
		close: () => undefined
	};
}
