/** The outbox in IndexedDB: a small database of its own, durable when a promise resolves. */
import type { ActId, RoomId } from '../protocol/ids.ts';
import type { Act } from '../protocol/up.ts';
import { becameAct } from '../sync/outbox/create-act.ts';
import { settled } from '../sync/outbox/settle.ts';
import type { Draft, OutboxRow, OutboxStore, Settlement } from '../sync/ports.ts';
import type { DamageReport } from './damage.ts';
import { DexieDraftFiles } from './dexie-draft-files.ts';
import { DexieFiles } from './dexie-files.ts';
import { OutboxRepair } from './outbox-repair.ts';
import type { OutboxDatabase, StoredAct } from './schema.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

export class DexieOutbox implements OutboxStore {
	private readonly db: OutboxDatabase;

	private readonly repair: OutboxRepair;

	/**
	 * @param db an open database; the outbox closes it in the end
	 * @param report called when something in it turns out to be damaged
	 */
	constructor(db: OutboxDatabase, report: DamageReport) {
		this.db = db;
		this.repair = new OutboxRepair(db, report);
	}

	/** The files that its messages wait for. */
	files(): DexieFiles {
		return new DexieFiles(this.db, this.repair);
	}

	/** The files that were picked for its drafts. */
	draftFiles(): DexieDraftFiles {
		return new DexieDraftFiles(this.db, this.repair);
	}

	async add(
		act: Act,
		lane: RoomId,
		at: number,
		replaces: ActId[] = [],
		picked: readonly string[] = []
	): Promise<OutboxRow> {
		const { acts, drafts, files, draftFiles } = this.db;
		const run = async (): Promise<OutboxRow> => {
			const there = await this.find(act.id);
			if (!there) await this.draftFiles().send(picked, at);
			if (replaces.length > 0) await acts.where('id').anyOf(replaces).delete();
			if (act.kind === 'message.post') {
				const draft = this.repair.draft(await drafts.get(act.room));
				if (draft && becameAct(draft.body, act)) await drafts.delete(act.room);
			}
			return there ?? this.append(act, lane, at);
		};
		const tables = picked.length > 0 ? [acts, drafts, files, draftFiles] : [acts, drafts];
		return guarded(() => this.db.transaction('rw', tables, run));
	}

	async all(): Promise<OutboxRow[]> {
		return (await this.repair.acts()).map(fromStored);
	}

	async rewrite(id: ActId, act: Act): Promise<boolean> {
		return this.change(async () => {
			const row = await this.find(id);
			if (!row) return false;
			await this.db.acts.put(toStored({ ...row, act: { ...act, id } }));
			return true;
		});
	}

	async renew(id: ActId, act: Act, at: number): Promise<boolean> {
		return this.change(async () => {
			const row = await this.find(id);
			if (row?.state !== 'refused') return false;
			await this.db.acts.delete(row.order);
			await this.append(act, row.lane, at);
			return true;
		});
	}

	async discard(id: ActId, untried = false): Promise<boolean> {
		return this.change(async () => {
			const row = await this.find(id);
			if (!row || (untried && row.tries > 0)) return false;
			await this.db.acts.delete(row.order);
			return true;
		});
	}

	async tried(ids: ActId[]): Promise<OutboxRow[]> {
		return this.change(async () => {
			const held = await this.findAll(ids);
			const rows = held.map((row) => ({ ...row, tries: row.tries + 1 }));
			await this.db.acts.bulkPut(rows.map(toStored));
			return rows.sort((a, b) => a.order - b.order);
		});
	}

	async settle(settlements: Settlement[]): Promise<void> {
		await this.change(async () => {
			const ids = settlements.map((settlement) => settlement.id);
			const rows = await this.findAll(ids);
			const byId = new Map(rows.map((row) => [row.id, row]));
			const gone: number[] = [];
			const kept: OutboxRow[] = [];
			for (const settlement of settlements) {
				const row = byId.get(settlement.id);
				if (!row) continue;
				const next = settled(row, settlement);
				if (next) kept.push(next);
				else gone.push(row.order);
			}
			if (gone.length > 0) await this.db.acts.bulkDelete(gone);
			if (kept.length > 0) await this.db.acts.bulkPut(kept.map(toStored));
		});
	}

	watch(changed: () => void): () => void {
		const ends = ['acts', 'drafts'].map((table) => watchTable(this.db.name, table, null, changed));
		return () => ends.forEach((end) => end());
	}

	async draft(room: RoomId): Promise<Draft | null> {
		return this.repair.draft(await guarded(() => this.db.drafts.get(room)));
	}

	async saveDraft(draft: Draft): Promise<void> {
		await guarded<unknown>(() =>
			draft.body === '' ? this.db.drafts.delete(draft.room) : this.db.drafts.put(draft)
		);
	}

	close(): void {
		this.db.close({ disableAutoOpen: true });
	}

	/** One readwrite transaction over the acts. */
	private change<T>(run: () => Promise<T>): Promise<T> {
		return guarded(() => this.db.transaction('rw', this.db.acts, run));
	}

	private async find(id: ActId): Promise<OutboxRow | undefined> {
		const row = await this.db.acts.where('id').equals(id).first();
		return row && fromStored(row);
	}

	private async findAll(ids: ActId[]): Promise<OutboxRow[]> {
		return (await this.db.acts.where('id').anyOf(ids).toArray()).map(fromStored);
	}

	private async append(act: Act, lane: RoomId, at: number): Promise<OutboxRow> {
		const row: Omit<OutboxRow, 'order'> = {
			id: act.id,
			lane,
			act,
			state: 'queued',
			refusal: null,
			at,
			tries: 0
		};
		// Dexie writes the key into what it is given.
		const order = await this.db.acts.add({ ...row });
		return { ...row, order };
	}
}

/** The key of the table has been called `n` since its first release, and a key cannot be renamed. */
const fromStored = ({ n, ...row }: StoredAct): OutboxRow => ({ ...row, order: n });
const toStored = ({ order, ...row }: OutboxRow): StoredAct => ({ ...row, n: order });
