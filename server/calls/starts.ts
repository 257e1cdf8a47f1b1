/** Starting calls: one after the other in a room, and not too often. */
import { isDirectId, otherOf, type PersonId, type RoomId } from '../../src/lib/protocol/ids.ts';
import type { Limiter } from '../domain/ports.ts';

export class Starts {
	/** rooms in which a call is being started, with what is under way there */
	readonly #underWay = new Map<RoomId, Promise<unknown>>();

	/** Starts when whoever was first in this room is done: the second one joins (V11). */
	async inTurn<A>(room: RoomId, start: () => Promise<A>): Promise<A> {
		const before = this.#underWay.get(room);
		const own = (async () => {
			// How it ended is told to who asked for it.
			await before?.catch(() => undefined);
			return start();
		})();
		this.#underWay.set(room, own);
		try {
			return await own;
		} finally {
			if (this.#underWay.get(room) === own) this.#underWay.delete(room);
		}
	}
}

/** Counts a start; rejects with RefusalError("too_many") when there were too many. */
export async function limitStarts(limiter: Limiter, person: PersonId, room: RoomId): Promise<void> {
	await limiter.take('call-start', person);
	await limiter.take('call-start-hour', person);
	if (isDirectId(room)) await limiter.take('call-unanswered', `${person}:${otherOf(room, person)}`);
}
