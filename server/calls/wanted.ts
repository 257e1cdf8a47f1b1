/** Whom a call rings. */
import { wantsRing } from '../../src/lib/notify/rules.ts';
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Callee } from '../domain/call-act.ts';
import type { Wanted } from './desk.ts';
import type { CallDomain } from './ports.ts';

/** Members besides who calls up to which a room rings; in larger ones a line in the room has to do. */
const RINGS_UP_TO = 11;
/** Members that have to be known for that. */
const CALLEES_MAX = RINGS_UP_TO + 1;

/**
 * Everybody who is called. In a conversation of two the other one always is, if only in silence: who calls does not learn
 * what the other one has chosen.
 * @param callees members besides who calls, up to CALLEES_MAX
 * @param now ms
 */
function wantedIn(
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

/** Everybody whom a person calls in a room. @param now ms */
export async function wantedBy(
	domain: Pick<CallDomain, 'room' | 'callees'>,
	id: RoomId,
	caller: PersonId,
	now: number
): Promise<Wanted[]> {
	const room = await domain.room(id);
	if (!room) return [];
	const callees = await domain.callees(id, caller, CALLEES_MAX);
	return wantedIn({ direct: room.direct, private: room.passwordHash !== null }, callees, now);
}
