/** What a file is: told by its bytes, never by its name (UPLOAD-1). */
import { fileTypeFromFile } from 'file-type';
import type { FileCard } from '../../src/lib/protocol/change.ts';
import { MEDIA_TYPES } from '../../src/lib/protocol/media-types.ts';

const UNKNOWN = 'application/octet-stream';

/** The type of a file on this disk, and what it is shown as. */
export async function fileTypeOf(path: string): Promise<Pick<FileCard, 'type' | 'kind'>> {
	const found = await fileTypeFromFile(path);
	const type: string = found?.mime ?? UNKNOWN;
	return { type, kind: MEDIA_TYPES.get(type)?.kind ?? 'file' };
}
