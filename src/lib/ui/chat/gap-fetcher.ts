/**
 * Decides what the reader misses most on this screen and is to be fetched: the message jumped to,
 * then the hole in view, then the messages that others in view answer.
 */
import type { HoleItem } from '../../state/client/client-types.ts';

/** Messages to be fetched: `after < seq < before`, beginning at `end`. */
export interface GapRequest {
	after: number;
	before: number;
	end: 'top' | 'bottom';
}

/** Ms after which an answered message that did not come makes room for the next one. */
export const GIVE_UP_AFTER = 3000;

/** One message and nothing around it. */
const only = (seq: number): GapRequest => ({ after: seq - 1, before: seq + 1, end: 'top' });

export class GapFetcher {
	readonly #tell: (wish: GapRequest | null) => void;
	readonly #again: () => void;
	#told = '';
	#quote: number | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;
	readonly #givenUp = new Set<number>();

	/**
	 * @param tell called when the wish changes
	 * @param again called when another look is worth while
	 */
	constructor(tell: (wish: GapRequest | null) => void, again: () => void) {
		this.#tell = tell;
		this.#again = again;
	}

	/**
	 * To be told of what is in view after every scroll and change.
	 * @param goal seq jumped to that is not on the device
	 * @param quotes seqs of answered messages that are not on the device
	 */
	see(
		goal: number | null,
		hole: { hole: HoleItem; end: 'top' | 'bottom' } | null,
		quotes: readonly number[]
	): void {
		const quote = quotes.find((seq) => !this.#givenUp.has(seq)) ?? null;
		const free = goal === null && hole === null;
		this.#watch(free ? quote : null);
		if (goal !== null) this.#wish(only(goal));
		else if (hole) this.#wish({ after: hole.hole.after, before: hole.hole.before, end: hole.end });
		else this.#wish(quote === null ? null : only(quote));
	}

	#wish(wish: GapRequest | null): void {
		const told = wish ? `${wish.after} ${wish.before} ${wish.end}` : '';
		if (told === this.#told) return;
		this.#told = told;
		this.#tell(wish);
	}

	#watch(quote: number | null): void {
		if (quote === this.#quote) return;
		this.stop();
		this.#quote = quote;
		if (quote === null) return;
		this.#timer = setTimeout(() => {
			this.#givenUp.add(quote);
			this.#quote = null;
			this.#again();
		}, GIVE_UP_AFTER);
	}

	/** To be called when the link has changed: a wish told without one is lost, and what did not come may come now. */
	retry(): void {
		this.#givenUp.clear();
		this.#told = '';
		this.#again();
	}

	stop(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}
}
