/** Files on their way, for what is shown of unsent messages. */
import { filesOf } from '../sync/outbox/files-of-acts.ts';
import type { FileQueue, LocalFile } from '../sync/ports-files.ts';
import type { OutboxRow } from '../sync/ports.ts';

/** The files of these acts and others, by id. They are kept before their message, so reading them after it finds them. */
export async function readFiles(
	queue: Pick<FileQueue, 'all'>,
	unsent: OutboxRow[]
): Promise<Map<string, LocalFile>> {
	if (unsent.every((row) => filesOf(row).length === 0)) return new Map();
	return new Map((await queue.all()).map((file) => [file.id, file]));
}
