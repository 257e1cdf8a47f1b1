/**
 * The one queue in which events of this API are made. A turn first reads all that its events need, then sends them at
 * once: so events come in the order in which things happened, however long reading takes. Nothing in a turn may wait
 * for a commit or for another turn.
 */
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';

/** ms after which another server may be there. */
const AFTER_CLOSING = 2_000;

/** The server is being closed: nobody is sent anything any more. Whoever asks then is told to come back. */
export class TurnsClosedError extends RefusalError {
	constructor() {
		super(refuse('busy', { after: AFTER_CLOSING }));
	}
}

export class Turns {
	#last: Promise<unknown> = Promise.resolve();
	#isClosed = false;

	/**
	 * Takes a turn behind all that were taken before.
	 * @param read reads what is needed; answers what sends it
	 * @returns what sending answered; rejects with what failed, or with TurnsClosedError
	 */
	async take<A>(read: () => Promise<() => A>): Promise<A> {
		this.#refuseClosed();
		const turn = this.#last.then(async () => {
			this.#refuseClosed();
			const send = await read();
			return send();
		});
		// Whoever took a turn that fails is told; the next one is none of its business.
		this.#last = turn.catch(() => undefined);
		return turn;
	}

	/** Resolves when all turns taken up to now are over, well or not. */
	async passed(): Promise<void> {
		await this.#last;
	}

	/** Refuses turns from now on, those that wait included; resolves when the one that runs is over. */
	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#last;
	}

	#refuseClosed(): void {
		if (this.#isClosed) throw new TurnsClosedError();
	}
}
