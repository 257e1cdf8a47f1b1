/** Files before and after what tells about them was taken out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripMetadata } from '../../server/files/metadata/strip-metadata.ts';

/** What must not be left. */
export const SECRET = 'SecretCamera';
export const PLACE = '+52.5200+013.4050/';

/** A file of this type once its metadata was stripped. */
export async function stripped(bytes: Uint8Array, type: string): Promise<Buffer> {
	const folder = mkdtempSync(join(tmpdir(), 'roost-strip-'));
	try {
		const path = join(folder, 'file');
		writeFileSync(path, bytes);
		await stripMetadata(path, type);
		return readFileSync(path);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** A box of ISO 14496-12, with these parts in it. */
export function box(type: string, ...parts: (Buffer | string)[]): Buffer {
	const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
	const head = Buffer.alloc(8);
	head.writeUInt32BE(body.length + 8);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, body]);
}
