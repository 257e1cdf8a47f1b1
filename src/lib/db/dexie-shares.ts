/** What was shared into the app, on this device: in a database of its own, since it may come before anybody has signed in. */
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { readShare } from './checked-notes.ts';
import type { Intake, Share, SharedFile } from './share-intake.ts';
import type { SharesDatabase } from './schema.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

/** Shares that wait on one device at most: whoever sends more has not chosen a place for those. */
export const WAITING_MAX = 20;

/** Makes an id. */
type MakeId = () => string;

/** Keeps shares. Every verb rejects with StoreError. */
export class DexieShares {
	private readonly db: SharesDatabase;

	/** @param db an open database; `close` closes it */
	constructor(db: SharesDatabase) {
		this.db = db;
	}

	/**
	 * Keeps what was shared; resolves with its id once it is durable, or with null when too many wait already.
	 * @param account whose device this is; null: nobody's
	 */
	async add(
		{ text, files, left }: Intake,
		account: PersonId | null,
		at: number,
		makeId: MakeId
	): Promise<string | null> {
		const cards = files.map(({ name, type, size }) => ({ id: makeId(), name, type, size }));
		const share: Share = { id: makeId(), at, account, room: null, text, files: cards, left };
		const { db } = this;
		return guarded(() =>
			db.transaction('rw', db.shares, db.bytes, async () => {
				if ((await db.shares.count()) >= WAITING_MAX) return null;
				await db.shares.add(share);
				// As plain bytes: a file that another app lent may be gone in a minute.
				await db.bytes.bulkAdd(
					files.map((file, n) => ({ id: cards[n]!.id, bytes: file.slice(0, file.size, file.type) }))
				);
				return share.id;
			})
		);
	}

	/** All shares, the oldest first. */
	async all(): Promise<Share[]> {
		const shares = await guarded(() => this.read());
		return shares.sort((a, b) => a.at - b.at);
	}

	/** A file as it was shared; null when it is gone. */
	async file({ id, name, type }: SharedFile): Promise<File | null> {
		const kept = await guarded(() => this.db.bytes.get(id));
		const bytes: unknown = kept?.bytes;
		return bytes instanceof Blob ? new File([bytes], name, { type }) : null;
	}

	/** What came while nobody was signed in is this account's from now on; all of it, or none. */
	async adopt(account: PersonId): Promise<void> {
		const { db } = this;
		await guarded(() =>
			db.transaction('rw', db.shares, async () => {
				const all = await this.read();
				const ownerless = all.filter((share) => share.account === null);
				if (ownerless.length === 0) return;
				await db.shares.bulkPut(ownerless.map((share) => ({ ...share, account })));
			})
		);
	}

	/** It is to be said there, by this account. */
	async place(id: string, room: RoomId, account: PersonId): Promise<void> {
		await guarded(() => this.db.shares.update(id, { room, account }));
	}

	/** Its words stand in the composer now, where they are kept as a draft. */
	async takeText(id: string): Promise<void> {
		await this.change([id], (share) => ({ ...share, text: '' }));
	}

	/** These files were sent or thrown away. */
	async removeFiles(ids: readonly string[]): Promise<void> {
		const gone = new Set(ids);
		const shares = await this.all();
		const touched = shares.filter(({ files }) => files.some(({ id }) => gone.has(id)));
		await this.change(
			touched.map(({ id }) => id),
			(share) => ({ ...share, files: share.files.filter(({ id }) => !gone.has(id)) })
		);
	}

	/** These files cannot go from where they were placed: they wait for a place anew, as a share of their own. */
	async release(ids: readonly string[], makeId: MakeId): Promise<void> {
		const wanted = new Set(ids);
		const { db } = this;
		await guarded(() =>
			db.transaction('rw', db.shares, async () => {
				for (const share of await this.read()) {
					const back = share.files.filter(({ id }) => wanted.has(id));
					if (share.room === null || back.length === 0) continue;
					const files = share.files.filter(({ id }) => !wanted.has(id));
					if (files.length === 0 && share.text === '') {
						await db.shares.put({ ...share, room: null });
						continue;
					}
					await db.shares.put({ ...share, files });
					await db.shares.add({
						...share,
						id: makeId(),
						room: null,
						text: '',
						files: back,
						left: []
					});
				}
			})
		);
	}

	/** Throws a share away. */
	async remove(id: string): Promise<void> {
		await this.change([id], (share) => ({ ...share, text: '', files: [] }));
	}

	/** Throws away all that came while the device was this account's. */
	async forget(account: PersonId): Promise<void> {
		const mine = (await this.all()).filter((share) => share.account === account);
		for (const { id } of mine) await this.remove(id);
	}

	/** Calls back after any change, made by whichever tab or the worker; the answer ends it. */
	watch(changed: () => void): () => void {
		return watchTable(this.db.name, 'shares', null, changed);
	}

	close(): void {
		this.db.close();
	}

	/** What can be read of the shares. */
	private async read(): Promise<Share[]> {
		return (await this.db.shares.toArray()).flatMap((share) => readShare(share) ?? []);
	}

	/** Changes shares; one that has nothing left to say goes, and so do bytes that no share names any more. */
	private async change(ids: readonly string[], make: (share: Share) => Share): Promise<void> {
		const { db } = this;
		await guarded(() =>
			db.transaction('rw', db.shares, db.bytes, async () => {
				for (const id of ids) {
					const before = readShare(await db.shares.get(id));
					if (!before) continue;
					const next = make(before);
					const kept = new Set(next.files.map((file) => file.id));
					const gone = before.files.map((file) => file.id).filter((file) => !kept.has(file));
					await db.bytes.bulkDelete(gone);
					if (next.text === '' && next.files.length === 0) await db.shares.delete(id);
					else await db.shares.put(next);
				}
			})
		);
	}
}
