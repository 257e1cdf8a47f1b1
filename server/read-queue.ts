/**
 * Large reads come one after the other, and between any two everybody else is heard. Of each person only few are
 * under way, until their answers were taken; only so many wait (promise 17, LOAD-4).
 */
import type { PersonId } from '../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../src/lib/protocol/refusal.ts';

/** Reads of one person at once: two pulls, a refresh and a piece of history of one device. */
const UNDER_WAY_MAX = 4;
/** Reads that wait, of one person (who may have twenty devices) and of all. */
const WAITING_OF_PERSON = 40;
const WAITING_OF_ALL = 256;
/** ms after which somebody who found the queue full comes back: spread, so that not all come at once. */
const COME_BACK = 2_000;
const COME_BACK_SPREAD = 6_000;

interface Reader {
	underWay: number;
	waiting: (() => void)[];
}

/** The queue of large reads. */
export class ReadQueue {
	readonly #readers = new Map<PersonId, Reader>();
	/** reads that may begin */
	readonly #ready: (() => void)[] = [];
	readonly #nextTurn: (turn: () => void) => unknown;
	readonly #random: () => number;
	#waitingOfAll = 0;
	#isScheduled = false;

	/**
	 * @param nextTurn calls back when everybody else was heard
	 * @param random a number from 0 to 1
	 */
	constructor(
		nextTurn: (turn: () => void) => unknown = setImmediate,
		random: () => number = Math.random
	) {
		this.#nextTurn = nextTurn;
		this.#random = random;
	}

	/**
	 * Resolves when it is this read's turn, with what ends it: to be called once the answer was taken.
	 * Rejects with RefusalError("busy") when too many wait.
	 */
	async enter(person: PersonId): Promise<() => void> {
		this.#refuseWhenFull(person);
		const reader = this.#readerOf(person);
		this.#waitingOfAll += 1;
		await new Promise<void>((resolve) => {
			reader.waiting.push(resolve);
			this.#advance(person, reader);
		});
		let isEnded = false;
		return () => {
			if (isEnded) return;
			isEnded = true;
			reader.underWay -= 1;
			this.#advance(person, reader);
		};
	}

	#refuseWhenFull(person: PersonId): void {
		const waiting = this.#readers.get(person)?.waiting.length ?? 0;
		if (this.#waitingOfAll < WAITING_OF_ALL && waiting < WAITING_OF_PERSON) return;
		const after = Math.round(COME_BACK + COME_BACK_SPREAD * this.#random());
		throw new RefusalError(refuse('busy', { after }));
	}

	#readerOf(person: PersonId): Reader {
		const known = this.#readers.get(person);
		if (known) return known;
		const made = { underWay: 0, waiting: [] };
		this.#readers.set(person, made);
		return made;
	}

	#advance(person: PersonId, reader: Reader): void {
		while (reader.underWay < UNDER_WAY_MAX && reader.waiting.length > 0) {
			reader.underWay += 1;
			this.#ready.push(reader.waiting.shift()!);
		}
		if (reader.underWay === 0) this.#readers.delete(person);
		this.#schedule();
	}

	#schedule(): void {
		if (this.#isScheduled || this.#ready.length === 0) return;
		this.#isScheduled = true;
		this.#nextTurn(() => {
			this.#isScheduled = false;
			this.#waitingOfAll -= 1;
			this.#ready.shift()?.();
			this.#schedule();
		});
	}
}
