/** Tells how calls stand, once a second a room at most; what comes between is in the next one. */
import type { CallState } from '../../src/lib/protocol/calls.ts';
import type { Clock } from '../domain/ports.ts';
import type { Call } from './call.ts';

/** ms between two tellings of a room. */
const TELL_EVERY = 1_000;

export class Teller {
	readonly #clock: Clock;
	readonly #send: (call: Call) => void;
	/** room -> when it may be told again, and whether there is something to tell then */
	readonly #rooms = new Map<CallState['room'], { again: Call | null }>();

	constructor(clock: Clock, send: (call: Call) => void) {
		this.#clock = clock;
		this.#send = send;
	}

	tell(call: Call): void {
		const waiting = this.#rooms.get(call.room);
		// Who hangs up is not kept waiting: a call ends once.
		if (waiting && !call.ended) {
			waiting.again = call;
			return;
		}
		if (waiting?.again === call) waiting.again = null;
		this.#send(call);
		if (!waiting) this.#pause(call.room);
	}

	#pause(room: string): void {
		const waiting: { again: Call | null } = { again: null };
		this.#rooms.set(room, waiting);
		this.#clock.after(TELL_EVERY, () => {
			this.#rooms.delete(room);
			if (waiting.again) this.tell(waiting.again);
		});
	}
}
