/** Files that lie beside what is brought in. Nothing outside their folder is opened, whatever a path says. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { SourceFile } from './source.ts';

/**
 * A file by its path below a folder; null: it is not there, or not below it.
 * @param path with "/" between its parts
 */
export async function localFile(folder: string, path: string): Promise<SourceFile | null> {
	if (path === '' || path.includes('\0')) return null;
	const [root, real] = await Promise.all([found(folder), found(join(folder, ...path.split('/')))]);
	if (root === null || real?.startsWith(root + sep) !== true) return null;
	const about = await stat(real);
	if (!about.isFile()) return null;
	const { size, mtimeMs } = about;
	return { size, mark: `${real}-${size}-${mtimeMs}`, open: async () => createReadStream(real) };
}

/** Where a path leads in the end; null: nowhere. */
async function found(path: string): Promise<string | null> {
	try {
		return await realpath(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP')
			return null;
		throw error;
	}
}
