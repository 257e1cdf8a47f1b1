/** A list that the server hands out in parts, as it is on an admin page. */
import { askAdmin, type AdminApi, type Refused } from '$lib/state/session/admin.ts';
import type { Asked } from '$lib/state/session/account.ts';
import type { SessionFault } from '$lib/state/session/session-types.ts';
import { askParts, joined, type Part } from './parts.ts';

export class Paged<T extends { id: string }> {
	readonly #ask: (after: string) => Promise<Asked<Part<T>>>;
	/** counts what was begun: what an older question brings is dropped */
	#round = 0;
	/** of what is shown; plain, so that an effect that asks anew does not depend on what comes */
	#count = 0;
	#next = $state<string | null>(null);
	/** null: nothing has come yet */
	items = $state.raw<T[] | null>(null);
	fault = $state.raw<SessionFault | null>(null);
	busy = $state(false);

	private constructor(ask: (after: string) => Promise<Asked<Part<T>>>) {
		this.#ask = ask;
	}

	/**
	 * Makes one that shows nothing yet.
	 * @param ask for the part that begins there; empty: for the first
	 * @param itemsIn what of an answer is shown
	 */
	static of<T extends { id: string }, A extends { next: string | null }>(
		ask: (api: AdminApi, after: string) => Promise<A | Refused>,
		itemsIn: (answer: A) => T[]
	): Paged<T> {
		return new Paged(async (after) => {
			const asked = await askAdmin<A>((api) => ask(api, after));
			if ('fault' in asked) return asked;
			return { answer: { items: itemsIn(asked.answer), next: asked.answer.next } };
		});
	}

	get hasMore(): boolean {
		return this.#next !== null;
	}

	/** Another list is wanted: shows nothing of this one any more, nor of what is on its way. */
	clear(): void {
		this.#round++;
		this.#show(null, null);
		this.fault = null;
		this.busy = false;
	}

	/** Asks anew for as many as are shown, which stay until the answer is there. */
	reload = (): Promise<void> => this.#load(() => askParts(this.#ask, this.#count));

	/** Asks for the part that follows. */
	more = async (): Promise<void> => {
		const [before, from] = [this.items ?? [], this.#next];
		if (from === null) return;
		await this.#load(async () => {
			const asked = await this.#ask(from);
			if ('fault' in asked) return asked;
			const { items, next } = asked.answer;
			return { answer: { items: joined(before, items), next } };
		});
	};

	async #load(ask: () => Promise<Asked<Part<T>>>): Promise<void> {
		const round = ++this.#round;
		this.busy = true;
		const asked = await ask();
		if (round !== this.#round) return;
		this.busy = false;
		this.fault = 'fault' in asked ? asked.fault : null;
		if ('answer' in asked) this.#show(asked.answer.items, asked.answer.next);
	}

	#show(items: T[] | null, next: string | null): void {
		this.#count = items?.length ?? 0;
		this.items = items;
		this.#next = next;
	}
}
