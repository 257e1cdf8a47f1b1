/** The part of the facts that is about calls. */
import type { StandingCall } from '../../../domain/call-act.ts';
import type { AnyAct } from '../../../domain/store-port.ts';
import { callOf } from '../rows.ts';
import type { Steps } from '../steps.ts';
import type { FactContext } from './fact-context.ts';
import type { CallRecord } from './statements.ts';

/** A call as decisions need it. */
export const standingCall = ({ id, room, author, at, note }: CallRecord): StandingCall => ({
	id,
	room,
	author,
	at,
	note: callOf(note) ?? {}
});

/** Calls that have not ended: of the room that an act about a call is in, or those that end with what the act does. */
export function* callsFor(
	{ statements }: FactContext,
	act: AnyAct,
	actor: string
): Steps<StandingCall[]> {
	switch (act.kind) {
		case 'call.begin':
		case 'call.note':
		case 'call.end':
		case 'room.delete':
		case 'admin.room-delete':
			return (yield* statements.calls.inRoom.all(act.room)).map(standingCall);
		case 'account.delete':
			return (yield* statements.calls.without.all(actor, actor)).map(standingCall);
		case 'room.leave': {
			const ending = yield* statements.calls.without.all(actor, actor);
			return ending.filter(({ room }) => room === act.room).map(standingCall);
		}
		default:
			return [];
	}
}
