/** How much people may keep here. What is under way is reserved first, so that no race exceeds it (U5). */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { FileTable } from './ports.ts';

export interface Quota {
	/** Reserves room for an upload. Rejects with RefusalError("quota_exceeded"). */
	reserve(person: PersonId, upload: string, size: number): void;
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
		reserve(person, upload, size) {
			reserved.delete(upload);
			const { own, all } = table.usage(person);
			let [mine, everybodys] = [own + size, all + size];
			for (const other of reserved.values()) {
				everybodys += other.size;
				if (other.person === person) mine += other.size;
			}
			if (mine > limits.person || (limits.all !== null && everybodys > limits.all)) {
				throw new RefusalError(refuse('quota_exceeded'));
			}
			reserved.set(upload, { person, size, at: now() });
		},
		release: (upload) => void reserved.delete(upload),
		forget(before) {
			for (const [upload, { at }] of reserved) if (at < before) reserved.delete(upload);
		}
	};
}
