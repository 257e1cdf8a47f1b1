/**
 * Knows when a key press belongs to an input method. Enter must never send or submit while
 * somebody composes Chinese, Japanese or Korean; browsers tell it in three ways:
 *
 * - Chrome and Firefox: `keydown` with isComposing true and key code 229, then `compositionend`.
 * - Safari: `compositionend` first, then `keydown` with isComposing false and key code 229.
 * - some Android keyboards and older Safari: `compositionend`, then a plain Enter at once.
 */

/** Ms after the end of a composition in which an Enter still belongs to it; people are slower. */
export const AFTER_COMPOSITION = 100;

/** The parts of a DOM event that are looked at. */
export interface ImeEvent {
	readonly type: string;
	readonly timeStamp: number;
	readonly key?: string;
	readonly keyCode?: number;
	readonly isComposing?: boolean;
}

/** Follows the composition events of a document. */
export class ImeWatch {
	#composing = false;
	#endedAt = -Infinity;

	/** Whether somebody is composing now. */
	get composing(): boolean {
		return this.#composing;
	}

	/**
	 * To be told of every compositionstart and compositionend, and of every focusin: a field that was
	 * taken away while somebody composed in it tells of no end.
	 */
	hear(event: ImeEvent): void {
		if (event.type === 'compositionstart') {
			this.#composing = true;
		} else if (event.type === 'compositionend') {
			this.#composing = false;
			this.#endedAt = event.timeStamp;
		} else if (event.type === 'focusin') {
			this.#composing = false;
		}
	}

	/** Whether this key press belongs to the input method and must do nothing else. */
	owns(event: ImeEvent): boolean {
		if (event.isComposing || event.keyCode === 229 || this.#composing) return true;
		return event.key === 'Enter' && event.timeStamp - this.#endedAt < AFTER_COMPOSITION;
	}
}

/** The watch of this window, shared by every field. */
export const ime = new ImeWatch();

/**
 * Starts the watch, and keeps an Enter of the input method from submitting the form it is in.
 * The answer ends it.
 */
export function watchIme(target: Document, watch: ImeWatch = ime): () => void {
	const hear = (event: Event): void => watch.hear(event);
	const guard = (event: KeyboardEvent): void => {
		if (event.key === 'Enter' && watch.owns(event) && event.target instanceof HTMLInputElement) {
			event.preventDefault();
		}
	};
	target.addEventListener('compositionstart', hear, true);
	target.addEventListener('compositionend', hear, true);
	target.addEventListener('focusin', hear, true);
	target.addEventListener('keydown', guard, true);
	return () => {
		target.removeEventListener('compositionstart', hear, true);
		target.removeEventListener('compositionend', hear, true);
		target.removeEventListener('focusin', hear, true);
		target.removeEventListener('keydown', guard, true);
	};
}
