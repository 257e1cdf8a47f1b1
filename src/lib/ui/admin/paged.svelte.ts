/** A list that the server hands out in parts, as it is on an admin page. */
import type { SessionFault } from '$lib/state/session/session-types.ts';
import type { Asked } from '$lib/state/session/account.ts';

/** A part of a list; `next`: where the one after it begins, null at the end. */
interface Part<T> {
	items: T[];
	next: string | null;
}

export class Paged<T> {
	readonly #ask: (after: string) => Promise<Asked<Part<T>>>;
	/** counts what was begun: what an older question brings is dropped */
	#round = 0;
	#next = $state<string | null>(null);
	/** null: nothing has come yet */
	items = $state.raw<T[] | null>(null);
	fault = $state.raw<SessionFault | null>(null);
	busy = $state(false);

	/** @param ask for the part that begins there; empty: for the first */
	constructor(ask: (after: string) => Promise<Asked<Part<T>>>) {
		this.#ask = ask;
	}

	get hasMore(): boolean {
		return this.#next !== null;
	}

	/** Asks anew, from the beginning; what is shown stays until the answer is there. */
	reload = (): Promise<void> => this.#load('', []);

	/** Asks for the part that follows. */
	more = async (): Promise<void> => {
		if (this.#next !== null) await this.#load(this.#next, this.items ?? []);
	};

	async #load(after: string, before: T[]): Promise<void> {
		const round = ++this.#round;
		this.busy = true;
		const asked = await this.#ask(after);
		if (round !== this.#round) return;
		this.busy = false;
		this.fault = 'fault' in asked ? asked.fault : null;
		if ('fault' in asked) return;
		this.items = [...before, ...asked.answer.items];
		this.#next = asked.answer.next;
	}
}
