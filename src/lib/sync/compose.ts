/** A person's act gets its id and its time. */
import { uuid7, type RoomId } from '../protocol/ids.ts';
import type { Act } from '../protocol/up.ts';
import type { Clock, Random } from './ports.ts';

/** An act as screens write it. */
export type ActDraft = Act extends infer A ? (A extends Act ? Omit<A, 'id' | 'at'> : never) : never;

/** Makes an act of a draft. Its id decides that it has one effect, however often it is sent (promise 2). */
export function compose(draft: ActDraft, clock: Clock, random: Random): Act {
	const at = Math.max(0, Math.floor(clock.now()));
	return { ...draft, id: uuid7(at, random.bytes(10)), at } as Act;
}

/** Acts of one lane are sent one after the other: those of one room. */
export function laneOf(act: Act): RoomId {
	return act.room;
}
