/**
 * Damage that reads of the outbox come upon. Nothing of it can be fetched again: what makes sense of a damaged
 * row is kept, what does not stays where it is and is passed over, and no row stands in the way of another.
 */
import { uuid7, type RoomId } from '../protocol/ids.ts';
import { filesOf } from '../sync/outbox/files-of-acts.ts';
import type { LocalFile } from '../sync/ports-files.ts';
import type { Draft } from '../sync/ports.ts';
import {
	isSoundAct,
	isSoundDraft,
	isSoundFile,
	mendedAct,
	mendedDraft,
	mendedFile
} from './checked-outbox.ts';
import type { DamageReport } from './damage.ts';
import type { OutboxDatabase, StoredAct, StoredDraftFile } from './schema.ts';
import { guarded, toStoreError } from './store-error.ts';

const newId = (): string => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** Repairs the outbox of one account. */
export class OutboxRepair {
	private readonly db: OutboxDatabase;
	private readonly report: DamageReport;
	/** keys of rows that were looked at */
	private readonly done = new Set<string>();

	constructor(db: OutboxDatabase, report: DamageReport) {
		this.db = db;
		this.report = report;
	}

	/** The acts that can be shown and sent, ascending order; what could be repaired is among them. */
	async acts(): Promise<StoredAct[]> {
		const read = () => guarded(() => this.db.acts.toArray());
		const rows = await read();
		const damaged = rows.filter((row) => !isSoundAct(row));
		if (damaged.length === 0) return rows;
		await this.repair(
			'acts',
			damaged,
			({ n }) => n,
			(row) => this.mendAct(row)
		);
		return (await read()).filter(isSoundAct);
	}

	/** The files that can be shown and sent. */
	async files(): Promise<LocalFile[]> {
		const { files } = this.db;
		return this.soundFiles(
			'files',
			() => files.toArray(),
			({ id }) => files.get(id)
		);
	}

	/** The files of a conversation's draft that can be shown and sent, in their order. */
	async draftFiles(room: RoomId): Promise<StoredDraftFile[]> {
		const { draftFiles } = this.db;
		return this.soundFiles(
			'draftFiles',
			() => draftFiles.where('room').equals(room).sortBy('n'),
			({ n }) => draftFiles.get(n)
		);
	}

	/**
	 * @param readAll reads what may be damaged
	 * @param readOne reads one of it anew
	 */
	private async soundFiles<F extends LocalFile>(
		table: 'files' | 'draftFiles',
		readAll: () => PromiseLike<F[]>,
		readOne: (file: F) => PromiseLike<F | undefined>
	): Promise<F[]> {
		const read = () => guarded(readAll);
		const files = await read();
		const damaged = files.filter((file) => !isSoundFile(file));
		if (damaged.length === 0) return files;
		await this.repair(
			table,
			damaged,
			({ id }) => id,
			async (file) => {
				const mended = await this.mendedFile(await readOne(file));
				if (mended) await this.db.table(table).put(mended);
			}
		);
		return (await read()).filter(isSoundFile);
	}

	/** What can be read of a draft. */
	draft(draft: Draft | undefined): Draft | null {
		if (!draft || isSoundDraft(draft)) return draft ?? null;
		this.report('drafts', 'is kept as far as it can be read');
		return mendedDraft(draft);
	}

	/** Mends those that were not looked at before, in one transaction. */
	private async repair<D>(
		table: string,
		damaged: D[],
		keyOf: (one: D) => unknown,
		mend: (one: D) => Promise<void>
	): Promise<void> {
		const open = damaged.filter((one) => {
			const name = `${table} ${JSON.stringify(keyOf(one))}`;
			return !this.done.has(name) && this.done.add(name);
		});
		if (open.length === 0) return;
		this.report(table, 'is kept as far as it can be read, and passed over otherwise');
		const { db } = this;
		try {
			await guarded(() =>
				db.transaction('rw', db.tables, async () => {
					for (const one of open) await mend(one);
				})
			);
		} catch (error) {
			if (toStoreError(error).reason !== 'full') throw error;
		}
	}

	private async mendAct({ n }: StoredAct): Promise<void> {
		const { acts, account } = this.db;
		const held = await acts.get(n);
		if (!held || isSoundAct(held)) return;
		const mended = mendedAct(held, account, newId);
		const same = mended && (await acts.where('id').equals(mended.id).first());
		// Of two rows with one id the other one stands.
		if (!mended || (same && same.n !== n)) return;
		if (Number.isSafeInteger(n) && n > 0) {
			const placed: StoredAct = { ...mended, n };
			await acts.put(placed);
			return;
		}
		await acts.delete(n);
		await acts.add(mended);
	}

	/** A damaged file as far as it can be read, with the key that it has; null: it stays as it is. */
	private async mendedFile(held: LocalFile | undefined): Promise<LocalFile | null> {
		if (!held || isSoundFile(held)) return null;
		const bytes: unknown = (await this.db.blobs.get(held.id))?.bytes;
		if (!(bytes instanceof Blob)) return null;
		const mended = mendedFile(held, bytes, await this.roomOf(held.id), Date.now());
		return mended && { ...held, ...mended };
	}

	/** Where the message is to be said that carries a file. */
	private async roomOf(file: string): Promise<RoomId | undefined> {
		const rows = (await this.db.acts.toArray()).filter(isSoundAct);
		return rows.find((row) => filesOf(row).includes(file))?.lane;
	}
}
