/** Files on their way, in the outbox's database: as durable as the acts that wait for them. */
import type { FileQueue, LocalFile } from '../sync/ports-files.ts';
import type { OutboxRepair } from './outbox-repair.ts';
import type { OutboxDatabase } from './schema.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

export class DexieFiles implements FileQueue {
	private readonly db: OutboxDatabase;

	private readonly repair: OutboxRepair;

	/** @param db an open database; whoever opened it closes it */
	constructor(db: OutboxDatabase, repair: OutboxRepair) {
		this.db = db;
		this.repair = repair;
	}

	async add(file: LocalFile, bytes: Blob): Promise<void> {
		const { db } = this;
		await guarded(() =>
			db.transaction('rw', db.files, db.blobs, async () => {
				await db.files.put(file);
				await db.blobs.put({ id: file.id, bytes });
			})
		);
	}

	async all(): Promise<LocalFile[]> {
		const files = await this.repair.files();
		return files.sort((a, b) => a.at - b.at);
	}

	async bytes(id: string): Promise<Blob | null> {
		const bytes: unknown = (await guarded(() => this.db.blobs.get(id)))?.bytes;
		return bytes instanceof Blob ? bytes : null;
	}

	async change(id: string, change: Partial<Omit<LocalFile, 'id'>>): Promise<void> {
		await guarded(() => this.db.files.update(id, change));
	}

	async remove(ids: string[]): Promise<void> {
		const { db } = this;
		await guarded(() =>
			db.transaction('rw', db.files, db.blobs, async () => {
				await db.files.bulkDelete(ids);
				await db.blobs.bulkDelete(ids);
			})
		);
	}

	watch(changed: () => void): () => void {
		return watchTable(this.db.name, 'files', null, changed);
	}
}
