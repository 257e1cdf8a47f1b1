/** The outbox in IndexedDB: a small database of its own, durable when a promise resolves. */
import type { ActId, RoomId } from '../protocol/ids.ts';
import type { Act } from '../protocol/up.ts';
import { becameAct } from '../sync/compose.ts';
import { settled } from '../sync/memory-outbox.ts';
import type { Draft, OutboxRow, OutboxStore, Settlement } from '../sync/ports.ts';
import { DexieFiles } from './dexie-files.ts';
import type { OutboxDatabase } from './schema.ts';
import { guarded } from './store-error.ts';
import { watchTable } from './watch.ts';

export class DexieOutbox implements OutboxStore {
	private readonly db: OutboxDatabase;

	/** @param db an open database; the outbox closes it in the end */
	constructor(db: OutboxDatabase) {
		this.db = db;
	}

	/** The files that its messages wait for. */
	files(): DexieFiles {
		return new DexieFiles(this.db);
	}

	async add(act: Act, lane: RoomId, at: number, replaces: ActId[] = []): Promise<OutboxRow> {
		const { acts, drafts } = this.db;
		const run = async (): Promise<OutboxRow> => {
			if (replaces.length > 0) await acts.where('id').anyOf(replaces).delete();
			if (act.kind === 'message.post') {
				const draft = await drafts.get(act.room);
				if (draft && becameAct(draft.body, act)) await drafts.delete(act.room);
			}
			return (await this.find(act.id)) ?? this.append(act, lane, at);
		};
		return guarded(() => this.db.transaction('rw', [acts, drafts], run));
	}

	async all(): Promise<OutboxRow[]> {
		return guarded(() => this.db.acts.toArray());
	}

	async rewrite(id: ActId, act: Act): Promise<boolean> {
		return this.change(async () => {
			const row = await this.find(id);
			if (!row) return false;
			await this.db.acts.put({ ...row, act: { ...act, id } });
			return true;
		});
	}

	async renew(id: ActId, act: Act, at: number): Promise<boolean> {
		return this.change(async () => {
			const row = await this.find(id);
			if (row?.state !== 'refused') return false;
			await this.db.acts.delete(row.n);
			await this.append(act, row.lane, at);
			return true;
		});
	}

	async discard(id: ActId, untried = false): Promise<boolean> {
		return this.change(async () => {
			const row = await this.find(id);
			if (!row || (untried && row.tries > 0)) return false;
			await this.db.acts.delete(row.n);
			return true;
		});
	}

	async tried(ids: ActId[]): Promise<OutboxRow[]> {
		return this.change(async () => {
			const held = await this.db.acts.where('id').anyOf(ids).toArray();
			const rows = held.map((row) => ({ ...row, tries: row.tries + 1 }));
			await this.db.acts.bulkPut(rows);
			return rows.sort((a, b) => a.n - b.n);
		});
	}

	async settle(settlements: Settlement[]): Promise<void> {
		await this.change(async () => {
			const ids = settlements.map((settlement) => settlement.id);
			const rows = await this.db.acts.where('id').anyOf(ids).toArray();
			const byId = new Map(rows.map((row) => [row.id, row]));
			const gone: number[] = [];
			const kept: OutboxRow[] = [];
			for (const settlement of settlements) {
				const row = byId.get(settlement.id);
				if (!row) continue;
				const next = settled(row, settlement);
				if (next) kept.push(next);
				else gone.push(row.n);
			}
			if (gone.length > 0) await this.db.acts.bulkDelete(gone);
			if (kept.length > 0) await this.db.acts.bulkPut(kept);
		});
	}

	watch(changed: () => void): () => void {
		const ends = ['acts', 'drafts'].map((table) => watchTable(this.db.name, table, null, changed));
		return () => ends.forEach((end) => end());
	}

	async draft(room: RoomId): Promise<Draft | null> {
		return guarded(async () => (await this.db.drafts.get(room)) ?? null);
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

	private find(id: ActId): Promise<OutboxRow | undefined> {
		return this.db.acts.where('id').equals(id).first();
	}

	private async append(act: Act, lane: RoomId, at: number): Promise<OutboxRow> {
		const row: Omit<OutboxRow, 'n'> = {
			id: act.id,
			lane,
			act,
			state: 'queued',
			refusal: null,
			at,
			tries: 0
		};
		const n = await this.db.acts.add(row);
		return { ...row, n };
	}
}
