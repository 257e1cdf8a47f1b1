/** What becomes of acts about calls, and of a call whose room or person goes. Pure. */
import type { CallEnd, CallNote } from '../../src/lib/protocol/call-note.ts';
import { isDirectId } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { entryRefusal } from './access.ts';
import type { StandingCall } from './call-act.ts';
import { accept, refuse, silenced, unchanged, type Of } from './decision.ts';
import type { Effect } from './effect.ts';
import type { Decision, Facts } from './store-port.ts';

/** What only a conversation of two can come to: elsewhere nobody is called by name. */
const OF_TWO: ReadonlySet<CallEnd> = new Set(['missed', 'declined', 'cancelled', 'failed']);

/** One call a room: who starts a second one joins the first (V11). */
export function begin(act: Of<'call.begin'>, facts: Facts): Decision {
	const barred = entryRefusal(facts.room, facts.membership);
	if (barred) return refuse(barred);
	const silent = silenced(facts);
	if (silent) return silent;
	if (facts.calls.length > 0) return refuse('call_taken');
	const note: CallNote = act.video ? { video: true } : {};
	return accept(act.room, { do: 'call.insert', room: act.room, note });
}

/** The people of a call: those who were noted stay, whoever is new comes after them. */
function together(before: string[] = [], after: string[] = []): Pick<CallNote, 'people'> {
	const people = [...new Set([...before, ...after])].slice(0, LIMITS.callPeople);
	return people.length > 0 ? { people } : {};
}

/** Joining changes the message while the call goes on; of one that has ended nothing changes any more. */
export function note(act: Of<'call.note'>, { calls, message, head }: Facts): Decision {
	const call = calls.find(({ id }) => id === act.message);
	if (!call) return unchanged(act.room, message?.rev ?? head);
	const { answered } = call.note;
	const first = act.answered === undefined ? undefined : Math.max(act.answered, call.at);
	const time = answered ?? first;
	const next: CallNote = {
		...call.note,
		...(time === undefined ? {} : { answered: time }),
		...together(call.note.people, act.people)
	};
	if (JSON.stringify(next) === JSON.stringify(call.note)) return unchanged(act.room, head);
	return accept(act.room, { do: 'call.update', room: act.room, message: call.id, note: next });
}

/** A call ends once, however many say so. */
export function end(act: Of<'call.end'>, { calls, message, head }: Facts): Decision {
	const call = calls.find(({ id }) => id === act.message);
	if (!call) return unchanged(act.room, message?.rev ?? head);
	const wanted = !isDirectId(act.room) && OF_TWO.has(act.end) ? 'done' : act.end;
	return accept(act.room, ended(call, wanted, act.ended, act.people));
}

/** @param at ms; a clock that was set back makes no call end before it began */
function ended(call: StandingCall, how: CallEnd, at: number, people?: string[]): Effect {
	const { id, room } = call;
	const note: CallNote = {
		...call.note,
		...together(call.note.people, people),
		ended: Math.max(at, call.at, call.note.answered ?? 0),
		end: how
	};
	return { do: 'call.update', room, message: id, note };
}

/**
 * The ends of calls that cannot go on: their room goes, or somebody without whom there is nobody to speak with.
 * @param now ms
 */
export function endings(calls: readonly StandingCall[], now: number): Effect[] {
	return calls.map((call) => {
		const isUnanswered = call.note.answered === undefined && isDirectId(call.room);
		return ended(call, isUnanswered ? 'cancelled' : 'done', now);
	});
}
