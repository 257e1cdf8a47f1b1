/** The file side of the server, put together. */
import { join } from 'node:path';
import type { Refusal } from '../../src/lib/protocol/refusal.ts';
import type { Clock } from '../domain/ports.ts';
import { diskStore } from './disk.ts';
import { createImages, type Images } from './images.ts';
import { createIntake, type Intake } from './intake.ts';
import type { ByteStore, FileTable } from './ports.ts';

/** ms after which a file that no message carries is removed. */
const ORPHAN_AFTER = 86_400_000;

export interface Files {
	intake: Intake;
	table: FileTable;
	bytes: ByteStore;
	images: Images;
	/** Removes what no message carries any more, and uploads that were given up. */
	sweep(): Promise<void>;
}

interface Parts {
	dataDir: string;
	table: FileTable;
	clock: Clock;
	quota: { person: number; all: number | null };
	refusalFor: (fault: unknown, doing: string) => Refusal;
	statusOf: (refusal: Refusal) => number;
}

export function createFiles(parts: Parts): Files {
	const { dataDir, table, clock } = parts;
	const bytes = diskStore(join(dataDir, 'files'));
	const images = createImages();
	const intake = createIntake({ ...parts, dir: join(dataDir, 'incoming'), bytes, images });
	return {
		...{ intake, table, bytes, images },
		async sweep() {
			for (const file of table.orphans(clock.now() - ORPHAN_AFTER)) {
				// The row goes first: a row without bytes is a broken picture, bytes without a row are only room.
				table.remove(file.id);
				for (const name of [file.stored, file.thumb]) if (name) await bytes.remove(name);
			}
			await intake.clear();
		}
	};
}
