/** The message that is answered by what is written, as it stands now: it may be changed or taken back meanwhile. */
import type { MessageId } from '$lib/protocol/ids.ts';
import type { MessageItem, Quote } from '$lib/state/client/client-types.ts';
import { readOnce } from '../base/read-once.ts';

interface Parts {
	/** the message where it is on screen; read again whenever the conversation changes */
	itemOf: (id: MessageId) => MessageItem | null;
	/** the message where it is not */
	quote: (id: MessageId) => Promise<Quote>;
}

function quoteOf({ id, seq, deleted, card, mine, body, files }: MessageItem): Quote {
	return deleted
		? { id, seq, state: 'recalled', author: null, mine, body: '', files: [] }
		: { id, seq, state: 'held', author: card, mine, body, files };
}

export class Answering {
	#id = $state<MessageId | null>(null);
	#quote = $state.raw<Quote | null>(null);

	/** To be made inside a component. */
	constructor({ itemOf, quote }: Parts) {
		$effect.pre(() => {
			const id = this.#id;
			if (id === null) return;
			const item = itemOf(id);
			if (!item) {
				return readOnce(
					() => quote(id),
					(found) => (this.#quote = found)
				);
			}
			this.#quote = quoteOf(item);
		});
	}

	/** null: nothing is answered */
	get quote(): Quote | null {
		return this.#quote;
	}

	/** The message is answered by what is written next; null: none is. */
	set(id: MessageId | null): void {
		this.#id = id;
		if (this.#quote?.id !== id) this.#quote = null;
	}
}
