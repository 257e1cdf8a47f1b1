/** Files of drafts, in the outbox's database: a message that takes them along only moves their rows. */
import type { RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { DraftFiles, LocalFile } from '../sync/ports-files.ts';
import { StoreError } from '../sync/ports.ts';
import type { OutboxRepair } from './outbox-repair.ts';
import type { OutboxDatabase, StoredDraftFile } from './schema.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

const fromStored = ({ n: _place, ...file }: StoredDraftFile): LocalFile => file;

export class DexieDraftFiles implements DraftFiles {
	private readonly db: OutboxDatabase;
	private readonly repair: OutboxRepair;

	/** @param db an open database; whoever opened it closes it */
	constructor(db: OutboxDatabase, repair: OutboxRepair) {
		this.db = db;
		this.repair = repair;
	}

	async add(file: LocalFile, bytes: Blob): Promise<boolean> {
		const { draftFiles, blobs } = this.db;
		return guarded(() =>
			this.db.transaction('rw', draftFiles, blobs, async () => {
				const count = await draftFiles.where('room').equals(file.room).count();
				if (count >= LIMITS.filesMax) return false;
				// Dexie writes the key into what it is given.
				await draftFiles.add({ ...file });
				await blobs.put({ id: file.id, bytes });
				return true;
			})
		);
	}

	async of(room: RoomId): Promise<LocalFile[]> {
		return (await this.repair.draftFiles(room)).map(fromStored);
	}

	async bytes(id: string): Promise<Blob | null> {
		const bytes: unknown = (await guarded(() => this.db.blobs.get(id)))?.bytes;
		return bytes instanceof Blob ? bytes : null;
	}

	/** In a transaction over both tables: makes them files on their way; rejects with "gone" when one is not there. */
	async send(ids: readonly string[], at: number): Promise<void> {
		const { draftFiles, files } = this.db;
		for (const id of ids) {
			const stored = await draftFiles.where('id').equals(id).first();
			if (!stored) throw new StoreError('gone');
			await draftFiles.delete(stored.n);
			// Their age as files on their way: what nobody wants for an hour is given up.
			await files.put({ ...fromStored(stored), at });
		}
	}

	async remove(ids: readonly string[]): Promise<void> {
		const { draftFiles, blobs } = this.db;
		await guarded(() =>
			this.db.transaction('rw', draftFiles, blobs, async () => {
				// One that was sent meanwhile needs its bytes.
				const stored = await draftFiles.where('id').anyOf(ids).toArray();
				await draftFiles.bulkDelete(stored.map(({ n }) => n));
				await blobs.bulkDelete(stored.map(({ id }) => id));
			})
		);
	}

	async rooms(): Promise<RoomId[]> {
		// Not `uniqueKeys`: WebKit refuses a cursor that skips what is equal where there is nothing at all.
		const rooms = await guarded(() => this.db.draftFiles.orderBy('room').keys());
		return [...new Set(rooms.map(String))];
	}

	/** How many there are of all conversations. */
	async count(): Promise<number> {
		return guarded(() => this.db.draftFiles.count());
	}

	watch(changed: () => void): () => void {
		return watchTable(this.db.name, 'draftFiles', null, changed);
	}
}
