/** Whom a call rings. Pure. */
import { wantsRing } from '../../src/lib/notify/rules.ts';
import type { Callee } from '../domain/call-act.ts';
import type { Wanted } from './desk.ts';

/** Members besides who calls up to which a room rings; in larger ones a line in the room has to do. */
const RINGS_UP_TO = 11;
/** Members that have to be known for that. */
export const CALLEES_MAX = RINGS_UP_TO + 1;

/**
 * Everybody who is called. In a conversation of two the other one always is, if only in silence: who calls does not learn
 * what the other one has chosen.
 * @param callees members besides who calls, up to CALLEES_MAX
 * @param now ms
 */
export function wantedIn(
	room: { direct: boolean; private: boolean },
	callees: Callee[],
	now: number
): Wanted[] {
	if (!room.direct && (!room.private || callees.length > RINGS_UP_TO)) return [];
	const wanted = callees.map((callee) => ({
		person: callee.person,
		isSilent: callee.isBlocked || !wantsRing(callee, room, now)
	}));
	return room.direct ? wanted : wanted.filter(({ isSilent }) => !isSilent);
}
