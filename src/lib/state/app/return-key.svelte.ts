/** What the Return key does in the field of a message; remembered on this device. */
import { MediaQuery } from 'svelte/reactivity';
import { RememberedChoice } from '../../remembered-choice.svelte.ts';

export const RETURN_KEYS = ['auto', 'send', 'break'] as const;
type ReturnKey = (typeof RETURN_KEYS)[number];

class ReturnKeyChoice {
	readonly #choice = new RememberedChoice<ReturnKey>('roost:return-key', RETURN_KEYS);
	/** A screen that is touched has a keyboard on it, with no Shift to hold down. */
	readonly #touch = new MediaQuery('(hover: none) and (pointer: coarse)');

	/** Begins to follow other tabs; to be called once, in a window. The answer ends it. */
	start(): () => void {
		return this.#choice.start();
	}

	get choice(): ReturnKey {
		return this.#choice.current;
	}

	/** Whether Return sends; else it breaks the line, and Ctrl or Cmd with it sends. */
	get sends(): boolean {
		return this.choice === 'auto' ? !this.#touch.current : this.choice === 'send';
	}

	set(choice: ReturnKey): void {
		this.#choice.set(choice);
	}
}

export const returnKey = new ReturnKeyChoice();
