/** What the server takes of its disk. */
import { stat, statfs } from 'node:fs/promises';

/** Bytes of a file; 0 when there is none. */
async function sizeOf(file: string): Promise<number> {
	try {
		return (await stat(file)).size;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
		throw error;
	}
}

/** Bytes of a SQLite database with its log; 0 when there is none. */
export async function sqliteSize(file: string): Promise<number> {
	const sizes = await Promise.all([sizeOf(file), sizeOf(`${file}-wal`)]);
	return sizes[0] + sizes[1];
}

/** Bytes that are free on the disk of a folder. */
export async function freeSpace(folder: string): Promise<number> {
	const { bavail, bsize } = await statfs(folder);
	return bavail * bsize;
}
