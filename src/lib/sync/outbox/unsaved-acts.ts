/**
 * Acts of this tab that the outbox has not kept yet. Screens may show them at once, as being kept: writing
 * takes longer than a frame. What is shown of them is never taken for durable (promise 16).
 */
import type { ActId } from '../../protocol/ids.ts';
import { listeners } from '../listeners.ts';
import type { OutboxRow } from '../ports.ts';

/** An act on its way into the outbox. */
interface UnsavedAct {
	row: OutboxRow;
	/** it is durable, but readings of the outbox that began before do not have it */
	isSaved: boolean;
}

/** Saved acts that are remembered: a screen has read the outbox again long before so many more were written. */
const SAVED_MAX = 64;

export class UnsavedActs {
	readonly #acts = new Map<ActId, { row: OutboxRow; savedAt: number | null }>();
	readonly #changes = listeners<[]>();
	#saves = 0;

	/** Acts saved so far. A reading of the outbox that begins now has them all, or they have gone from it since. */
	get saves(): number {
		return this.#saves;
	}

	/** Calls back after every change, before anything else is waited for; the answer ends it. */
	readonly watch = this.#changes.add;

	/**
	 * Lists an act while it is written. Resolves and rejects as `write` does; after a rejection it is listed no more.
	 * @param row as the outbox will have it; its order counts for nothing
	 */
	async during<T>(row: OutboxRow, write: () => Promise<T>): Promise<T> {
		const act = { row, savedAt: null as number | null };
		this.#acts.set(row.id, act);
		this.#changes.tell();
		try {
			const answer = await write();
			act.savedAt = ++this.#saves;
			this.#forgetOld();
			return answer;
		} catch (error) {
			this.#acts.delete(row.id);
			throw error;
		} finally {
			this.#changes.tell();
		}
	}

	/** What a reading does not have that began after so many saves, in the order in which it was done. */
	since(saves: number): UnsavedAct[] {
		return [...this.#acts.values()]
			.filter(({ savedAt }) => savedAt === null || savedAt > saves)
			.map(({ row, savedAt }) => ({ row, isSaved: savedAt !== null }));
	}

	#forgetOld(): void {
		for (const [id, { savedAt }] of this.#acts) {
			if (savedAt !== null && savedAt <= this.#saves - SAVED_MAX) this.#acts.delete(id);
		}
	}
}
