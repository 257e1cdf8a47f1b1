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

/** Bytes of a SQLite database with its log. */
async function databaseSize(file: string): Promise<number> {
	const sizes = await Promise.all([sizeOf(file), sizeOf(`${file}-wal`)]);
	return sizes[0] + sizes[1];
}

/** Bytes of the database, of the index for searching, and what is free in the folder of both. */
export async function diskSizes(dataDir: string, databaseFile: string, indexFile: string) {
	const { bavail, bsize } = await statfs(dataDir);
	return {
		database: await databaseSize(databaseFile),
		index: await databaseSize(indexFile),
		free: bavail * bsize
	};
}
