/** Files on their way, in the outbox's database: as durable as the acts that wait for them. */
import type { FileQueue, LocalFile } from '../sync/ports-files.ts';
import type { OutboxDatabase } from './schema.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

export class DexieFiles implements FileQueue {
	private readonly db: OutboxDatabase;

	/** @param db an open database; whoever opened it closes it */
	constructor(db: OutboxDatabase) {
		this.db = db;
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
		const files = await guarded(() => this.db.files.toArray());
		return files.sort((a, b) => a.at - b.at);
	}

	async bytes(id: string): Promise<Blob | null> {
		return guarded(async () => (await this.db.blobs.get(id))?.bytes ?? null);
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
