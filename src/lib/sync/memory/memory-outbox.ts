/** The outbox in memory: for tests, for the simulator, and for browsers that refuse storage. */
import type { ActId, RoomId } from '../../protocol/ids.ts';
import type { Act } from '../../protocol/up.ts';
import { becameAct } from '../outbox/create-act.ts';
import { settled } from '../outbox/settle.ts';
import {
	StoreError,
	type Draft,
	type OutboxRow,
	type OutboxStore,
	type Settlement
} from '../ports.ts';

/** What several handles (tabs, a worker) of one outbox share: the "database". */
export class MemoryOutboxData {
	nextOrder = 1;
	rows = new Map<ActId, OutboxRow>();
	drafts = new Map<RoomId, Draft>();
	readonly watchers = new Set<() => void>();
}

/**
 * One handle of an outbox in memory. Every verb takes effect as a whole, one microtask after the
 * call, in the order of the calls, like a transaction of a real database.
 */
export class MemoryOutboxStore implements OutboxStore {
	readonly data: MemoryOutboxData;
	private closed = false;
	private failure: StoreError['reason'] | null = null;

	/** @param data give the data of another handle to play a second tab of the same browser */
	constructor(data = new MemoryOutboxData()) {
		this.data = data;
	}

	/**
	 * From now on calls reject with this reason ("full" only those that write), until told `null`.
	 */
	fail(next: StoreError['reason'] | null): void {
		this.failure = next;
	}

	async add(
		act: Act,
		lane: RoomId,
		at: number,
		replaces: ActId[] = [],
		picked: readonly string[] = []
	): Promise<OutboxRow> {
		return this.write(() => {
			// Draft files are kept in databases only.
			if (picked.length > 0) throw new StoreError('gone');
			for (const id of replaces) this.data.rows.delete(id);
			const draft = act.kind === 'message.post' && this.data.drafts.get(act.room);
			if (draft && becameAct(draft.body, act)) this.data.drafts.delete(draft.room);
			const there = this.data.rows.get(act.id);
			return { ...(there ?? this.append(act, lane, at)) };
		});
	}

	async all(): Promise<OutboxRow[]> {
		await this.ready('read');
		return [...this.data.rows.values()]
			.sort((a, b) => a.order - b.order)
			.map((row) => ({ ...row }));
	}

	async rewrite(id: ActId, act: Act): Promise<boolean> {
		return this.write(() => {
			const row = this.data.rows.get(id);
			if (!row) return false;
			this.data.rows.set(id, { ...row, act: { ...act, id } });
			return true;
		});
	}

	async renew(id: ActId, act: Act, at: number): Promise<boolean> {
		return this.write(() => {
			const row = this.data.rows.get(id);
			if (row?.state !== 'refused') return false;
			this.data.rows.delete(id);
			this.append(act, row.lane, at);
			return true;
		});
	}

	async discard(id: ActId, untried = false): Promise<boolean> {
		return this.write(() => {
			if (untried && (this.data.rows.get(id)?.tries ?? 0) > 0) return false;
			return this.data.rows.delete(id);
		});
	}

	async tried(ids: ActId[]): Promise<OutboxRow[]> {
		return this.write(() => {
			const rows: OutboxRow[] = [];
			for (const id of ids) {
				const row = this.data.rows.get(id);
				if (!row) continue;
				const next = { ...row, tries: row.tries + 1 };
				this.data.rows.set(id, next);
				rows.push({ ...next });
			}
			return rows.sort((a, b) => a.order - b.order);
		});
	}

	async settle(settlements: Settlement[]): Promise<void> {
		return this.write(() => {
			for (const settlement of settlements) {
				const row = this.data.rows.get(settlement.id);
				if (!row) continue;
				const next = settled(row, settlement);
				if (next?.id !== row.id) this.data.rows.delete(row.id);
				if (next) this.data.rows.set(next.id, next);
			}
		});
	}

	watch(changed: () => void): () => void {
		this.data.watchers.add(changed);
		return () => this.data.watchers.delete(changed);
	}

	async draft(room: RoomId): Promise<Draft | null> {
		await this.ready('read');
		return this.data.drafts.get(room) ?? null;
	}

	async saveDraft(draft: Draft): Promise<void> {
		return this.write(() => {
			if (draft.body === '') this.data.drafts.delete(draft.room);
			else this.data.drafts.set(draft.room, { ...draft });
		});
	}

	close(): void {
		this.closed = true;
	}

	private append(act: Act, lane: RoomId, at: number): OutboxRow {
		const row: OutboxRow = {
			order: this.data.nextOrder++,
			id: act.id,
			lane,
			act,
			state: 'queued',
			refusal: null,
			at,
			tries: 0
		};
		this.data.rows.set(row.id, row);
		return row;
	}

	private async ready(use: 'read' | 'write'): Promise<void> {
		await Promise.resolve();
		if (this.closed) throw new StoreError('closed');
		if (this.failure === null || (this.failure === 'full' && use === 'read')) return;
		throw new StoreError(this.failure);
	}

	private async write<T>(run: () => T): Promise<T> {
		await this.ready('write');
		const answer = run();
		for (const changed of [...this.data.watchers]) queueMicrotask(changed);
		return answer;
	}
}
