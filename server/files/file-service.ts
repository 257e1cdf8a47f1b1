/** The file side of the server, put together. */
import { join } from 'node:path';
import { RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { diskStore } from './disk-store.ts';
import type { Images } from '../images/images.ts';
import { createUploads, type Uploads } from './uploads.ts';
import { createJournal } from './journal.ts';
import type { ByteStore, FileTable, S3Place, StoredFile } from './file-ports.ts';
import { openS3Store } from './s3-store.ts';

/** ms after which a file that no message carries is removed. */
const ORPHAN_AFTER = 86_400_000;

export interface Files {
	uploads: Uploads;
	table: FileTable;
	bytes: ByteStore;
	/**
	 * Removes a file, unless a message carries it; answers whether it is gone. A store that is away keeps
	 * nobody waiting for that: its bytes then go with a later sweep.
	 */
	remove(id: string): Promise<boolean>;
	/** Removes what no message carries any more, uploads that were given up, and bytes that no row came to know. */
	sweep(): Promise<void>;
}

interface Parts {
	dataDir: string;
	/** whether other servers use the folder, too */
	isShared: boolean;
	bytes: ByteStore;
	table: FileTable;
	images: Images;
	clock: Clock;
	quota: { person: number; all: number | null };
	refusalFor: (error: unknown, doing: string) => Refusal;
	statusOf: (refusal: Refusal) => number;
}

/** Opens the place where bytes live. Rejects with ByteStoreError when it cannot be used. */
export async function openByteStore(
	{ dataDir, s3 }: { dataDir: string; s3: S3Place | null },
	log: Log
): Promise<ByteStore> {
	return s3 ? openS3Store(s3, dataDir, log) : diskStore(join(dataDir, 'files'));
}

const bytesOf = ({ stored, thumb }: StoredFile): string[] => (thumb ? [stored, thumb] : [stored]);

export function createFiles(parts: Parts): Files {
	const { dataDir, table, clock, bytes } = parts;
	const journal = createJournal(join(dataDir, 'moving'), parts.isShared);
	const uploads = createUploads({ ...parts, dir: join(dataDir, 'incoming'), journal });

	function removeWhole(file: StoredFile): Promise<boolean> {
		return journal.during(bytesOf(file), async () => {
			// The row goes first: a row without bytes is a broken picture, bytes without a row are only room.
			if (!(await table.remove(file.id))) return false;
			for (const name of bytesOf(file)) await bytes.remove(name);
			return true;
		});
	}

	async function removeOrphans(): Promise<void> {
		const orphans = await table.orphans(clock.now() - ORPHAN_AFTER);
		for (const file of orphans) await removeWhole(file);
	}

	async function removeStrays(): Promise<void> {
		for (const name of await journal.left()) {
			if (!(await table.holds(name))) await bytes.remove(name);
			await journal.forget(name);
		}
	}

	return {
		uploads,
		table,
		bytes,
		async remove(id) {
			const file = await table.find(id);
			if (!file) return true;
			try {
				return await removeWhole(file);
			} catch (error) {
				// The store has said so in the log, and the journal keeps the names.
				if (error instanceof RefusalError && !(await table.find(id))) return true;
				throw error;
			}
		},
		async sweep() {
			// What needs only this disk comes first: the store may be out of reach.
			await uploads.removeExpired();
			await removeStrays();
			await removeOrphans();
		}
	};
}
