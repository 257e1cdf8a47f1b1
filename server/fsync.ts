/** Makes what was written to a file, or to a folder's list of names, survive a power cut. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** @param path of a file or a folder; rejects with what the system says when it cannot be opened or written out */
export async function syncPath(path: string): Promise<void> {
	const handle = await open(path, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** The same, where everything waits. */
export function syncPathNow(path: string): void {
	const handle = openSync(path, 'r');
	try {
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
}
