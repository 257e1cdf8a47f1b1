/** A file that is changed in place: nothing in it moves, so no offset inside it has to be mended. */
import { open } from 'node:fs/promises';

/** Bytes that are written at once when a long part is blanked. */
const ZEROS = Buffer.alloc(65_536);

export interface PatchFile {
	/** bytes */
	readonly size: number;
	/** So many bytes from there on; fewer where the file ends. */
	read(at: number, length: number): Promise<Buffer>;
	write(at: number, bytes: Uint8Array): Promise<void>;
	/** Overwrites a part with zeros; what lies outside the file is left out. */
	blank(at: number, length: number): Promise<void>;
}

/** Opens a file, lets `change` work on it, and closes it once that has ended. */
export async function patchFile(
	path: string,
	change: (file: PatchFile) => Promise<void>
): Promise<void> {
	const handle = await open(path, 'r+');
	try {
		const { size } = await handle.stat();
		await change({
			size,
			async read(at, length) {
				const wanted = Math.max(0, Math.min(length, size - at));
				const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, at);
				return buffer.subarray(0, bytesRead);
			},
			async write(at, bytes) {
				if (at >= 0 && at + bytes.length <= size) await handle.write(bytes, 0, bytes.length, at);
			},
			async blank(at, length) {
				const end = Math.min(size, at + length);
				for (let from = Math.max(0, at); from < end; from += ZEROS.length) {
					await handle.write(ZEROS, 0, Math.min(ZEROS.length, end - from), from);
				}
			}
		});
	} finally {
		await handle.close();
	}
}
