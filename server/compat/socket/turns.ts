/**
 * The one queue in which events of this API are made. A turn first reads all that its events need, then sends them at
 * once: so events come in the order in which things happened, however long reading takes. Nothing in a turn may wait
 * for a commit or for another turn.
 */
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { Clock } from '../../domain/ports.ts';

/** ms for reading in a turn: all others wait for it. */
const READING_MAX = 5_000;

/** Turns that may wait; what is taken beyond reads nothing, so that the queue shrinks as fast as those before it end. */
export const WAITING_MAX = 1_000;

/** ms after which another server may be there, or the queue shorter. */
const COME_BACK_AFTER = 2_000;

/** The server is being closed: nobody is sent anything any more. Whoever asks then is told to come back. */
export class TurnsClosedError extends RefusalError {
	constructor() {
		super(refuse('busy', { after: COME_BACK_AFTER }));
	}
}

function fail(error: unknown): never {
	throw error;
}

const isFull = (): Promise<never> =>
	Promise.reject(new RefusalError(refuse('busy', { after: COME_BACK_AFTER })));

export class Turns {
	#last: Promise<unknown> = Promise.resolve();
	#isClosed = false;
	#waiting = 0;
	readonly #clock: Pick<Clock, 'after'>;

	constructor(clock: Pick<Clock, 'after'>) {
		this.#clock = clock;
	}

	/**
	 * Takes a turn behind all that were taken before.
	 * @param read reads what is needed; answers what sends it
	 * @param giveUp is done in the turn instead, when that failed or took too long; else taking it rejects with that
	 * @returns what sending answered; rejects with what failed, with TurnsClosedError, or with the refusal "busy" when
	 * too many wait
	 */
	async take<A>(read: () => Promise<() => A>, giveUp: (error: unknown) => A = fail): Promise<A> {
		this.#refuseClosed();
		const reading = this.#waiting < WAITING_MAX ? read : isFull;
		this.#waiting++;
		const turn = this.#last.then(async () => {
			this.#waiting--;
			this.#refuseClosed();
			const send = await this.#inTime(reading()).catch((error: unknown) => () => giveUp(error));
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

	async #inTime<A>(reading: Promise<A>): Promise<A> {
		const late = Promise.withResolvers<never>();
		const stop = this.#clock.after(READING_MAX, () =>
			late.reject(new Error(`a turn has read for ${READING_MAX} ms`))
		);
		return Promise.race([reading, late.promise]).finally(stop);
	}

	#refuseClosed(): void {
		if (this.#isClosed) throw new TurnsClosedError();
	}
}
