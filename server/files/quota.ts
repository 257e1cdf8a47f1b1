/** How much people may keep here. What is under way is reserved first, so that no race exceeds it (UPLOAD-5). */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { ByteStore, FileTable } from './file-ports.ts';

/** ms after which to ask again when the disk is full. */
const AFTER_FULL = 60_000;

export interface Quota {
	/** Reserves room for an upload. Rejects with RefusalError("quota_exceeded"). */
	reserve(person: PersonId, upload: string, size: number): Promise<void>;
	/** Uploads of this person that are under way. */
	underWay(person: PersonId): number;
	/** The upload has become a file, or was given up. */
	release(upload: string): void;
	/** Forgets what was reserved before this time (ms): those uploads are gone. */
	forget(before: number): void;
}

/** @param limits bytes of one person, and of everybody (null: any number) */
export function createQuota(
	limits: { person: number; all: number | null },
	table: Pick<FileTable, 'usage'>,
	now: () => number
): Quota {
	const reserved = new Map<string, { person: PersonId; size: number; at: number }>();

	return {
		async reserve(person, upload, size) {
			// Counted before anything is waited for, so that uploads that begin together see each other.
			reserved.set(upload, { person, size, at: now() });
			const { own, all } = await table.usage(person);
			let [mine, everybodys] = [own, all];
			for (const other of reserved.values()) {
				everybodys += other.size;
				if (other.person === person) mine += other.size;
			}
			if (mine > limits.person || (limits.all !== null && everybodys > limits.all)) {
				reserved.delete(upload);
				throw new RefusalError(refuse('quota_exceeded'));
			}
		},
		underWay(person) {
			let count = 0;
			for (const other of reserved.values()) if (other.person === person) count += 1;
			return count;
		},
		release: (upload) => void reserved.delete(upload),
		forget(before) {
			for (const [upload, { at }] of reserved) if (at < before) reserved.delete(upload);
		}
	};
}

/** Rejects with RefusalError "storage_full" when there is no room for so many bytes more. */
export async function requireDiskSpace(bytes: ByteStore, size: number): Promise<void> {
	if (!(await bytes.hasRoom(size))) {
		throw new RefusalError(refuse('storage_full', { after: AFTER_FULL }));
	}
}
