/** The list of people behind an @ in one text field. */
import type { Card } from '../../../protocol/change.ts';
import { ime } from '../../base/ime.ts';
import { insertText } from '../../base/insert-text.ts';
import { completion, mentionable, mentionQuery, type MentionQuery } from './mention-query.ts';

export class Completion {
	readonly #people: () => readonly Card[];
	#query = $state.raw<MentionQuery | null>(null);
	#chosen = $state(0);
	/** the @ at which the list was closed: it stays closed while that name is written */
	#closedAt: number | null = null;

	constructor(people: () => readonly Card[]) {
		this.#people = people;
	}

	/** Who fits; empty: no list is shown. */
	readonly found = $derived.by(() =>
		this.#query ? mentionable(this.#people(), this.#query.text) : []
	);

	get chosen(): number {
		return Math.min(this.#chosen, this.found.length - 1);
	}

	/** Looks at what is being written; to be called after every change and move of the cursor. */
	update(field: HTMLTextAreaElement): void {
		// Half a word of an input method is no name yet, and its keys are its own.
		const isCaret = field.selectionStart === field.selectionEnd;
		const query =
			ime.composing || !isCaret ? null : mentionQuery(field.value, field.selectionStart);
		if (query?.at !== this.#query?.at) this.#chosen = 0;
		if (query?.at !== this.#closedAt) this.#closedAt = null;
		this.#query = query && query.at === this.#closedAt ? null : query;
	}

	close(): void {
		this.#closedAt = this.#query?.at ?? null;
		this.#query = null;
	}

	/** What a key does while the list is open: null: nothing, else the name that was chosen or true. */
	key(event: KeyboardEvent): Card | boolean {
		const count = this.found.length;
		if (count === 0) return false;
		switch (event.key) {
			case 'ArrowDown':
				this.#chosen = (this.chosen + 1) % count;
				return true;
			case 'ArrowUp':
				this.#chosen = (this.chosen - 1 + count) % count;
				return true;
			case 'Escape':
				this.close();
				return true;
			case 'Tab':
			case 'Enter':
				return event.shiftKey ? false : this.found[this.chosen]!;
			default:
				return false;
		}
	}

	/** Writes the name of this person in the place of what was written of it. */
	complete(field: HTMLTextAreaElement, card: Card): void {
		const query = this.#query;
		this.#query = null;
		if (!query) return;
		const { from, to, text } = completion(field.value, query, field.selectionStart, card.name);
		insertText(field, from, to, text);
	}
}
