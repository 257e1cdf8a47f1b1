/** The texts that one tab has written or shown: by them it knows what somebody else has written. */
import { textsOf } from '../../../protocol/draft-texts.ts';

/** Texts that are remembered: as many as are handed over and kept in some minutes of writing. */
const TEXTS_MAX = 500;

export class OwnTexts {
	/** whether each was typed here */
	readonly #texts = new Map<string, boolean>();

	/** @param isTyped whether it was typed here, or only taken over from elsewhere */
	add(body: string, isTyped: boolean): void {
		for (const text of [body, ...textsOf(body)]) {
			this.#texts.set(text, isTyped || this.#texts.get(text) === true);
		}
		for (const text of this.#texts.keys()) {
			if (this.#texts.size <= TEXTS_MAX) break;
			this.#texts.delete(text);
		}
	}

	/** Whether it was typed here. */
	readonly hasTyped = (text: string): boolean => this.#texts.get(text) === true;

	/** Whether it has stood in the field here, wherever it came from. */
	readonly hasShown = (text: string): boolean => this.#texts.has(text);
}
