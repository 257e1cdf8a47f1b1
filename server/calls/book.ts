/** Who is in which call, and the small steps from which events are made. Pure but for its own memory. */
import type { CallEnd } from '../../src/lib/protocol/call-note.ts';
import type { Unring } from '../../src/lib/protocol/calls.ts';
import type { MessageId, PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Attendee, Call, Deed, Seat } from './call.ts';

/** ms between two changes of the log because somebody joined, and how many there are of one call. */
const NOTE_EVERY = 10_000;
const NOTES_MAX = 20;
/** Ended calls that are remembered for those who still ask. */
const ENDED_KEPT = 1_000;

const WHY: Record<CallEnd, Unring['why']> = {
	missed: 'missed',
	declined: 'declined',
	cancelled: 'cancelled',
	done: 'over',
	failed: 'over',
	lost: 'over'
};

/** What a call begins with. */
type CallBeginning = Pick<
	Call,
	'id' | 'room' | 'direct' | 'video' | 'begun' | 'answered' | 'by' | 'until'
>;

export class Book {
	readonly calls = new Map<MessageId, Call>();
	readonly byRoom = new Map<RoomId, Call>();
	/** person -> the call that they are in */
	readonly callOf = new Map<PersonId, Call>();
	readonly ended = new Map<MessageId, Call>();

	add(given: CallBeginning): Call {
		const call: Call = {
			...given,
			...{ seats: new Map(), rung: new Map(), took: new Set(), out: new Set(), failed: new Set() },
			...{ recoverBy: null, alive: given.begun, left: new Map() },
			...{ notes: 0, noteAt: null, lastNote: 0, ended: null }
		};
		this.calls.set(call.id, call);
		this.byRoom.set(call.room, call);
		return call;
	}

	sit(call: Call, who: Attendee, now: number): void {
		const person = who.card.id;
		const since = call.seats.get(person)?.since ?? now;
		call.seats.set(person, { ...who, since, away: null, alive: now, named: 0 });
		call.took.add(person);
		call.left.delete(person);
		call.out.delete(person);
		call.alive = now;
		this.callOf.set(person, call);
	}

	/** A device says again that it is in the call. */
	back(call: Call, seat: Seat): Deed[] {
		if (seat.away === null) return [];
		seat.away = null;
		return [{ do: 'tell', call }];
	}

	/** Who joins another call is not in this one any more. */
	leaveOthers(person: PersonId, besides: Call | null, device: string, now: number): Deed[] {
		const other = this.callOf.get(person);
		const seat = other?.seats.get(person);
		if (!other || !seat || other === besides) return [];
		const out: Deed = { do: 'out', call: other, person, device: seat.device, why: 'moved' };
		return [...(seat.device === device ? [] : [out]), ...this.unseat(other, seat, now, now)];
	}

	/** The log is told who takes part: at once, or gathered with what others do. */
	note(call: Call, isFirst: boolean, now: number): Deed[] {
		if (!isFirst && now < call.lastNote + NOTE_EVERY) {
			call.noteAt ??= call.lastNote + NOTE_EVERY;
			return [];
		}
		call.noteAt = null;
		if (call.answered === null || call.notes >= NOTES_MAX) return [];
		call.notes += 1;
		call.lastNote = now;
		return [{ do: 'note', call }];
	}

	/** Somebody is not called any more. @param device the one that said so; null: none did */
	unring(call: Call, person: PersonId, why: Unring['why'], device: string | null): Deed[] {
		const rung = call.rung.get(person);
		if (!rung) return [];
		call.rung.delete(person);
		// Whoever calls one person waits for the end of the time all the same.
		if (call.rung.size === 0 && !call.direct) call.until = null;
		return rung.isSilent ? [] : [{ do: 'unring', call, person, why, device }];
	}

	/** Nobody is called any more. */
	unringAll(call: Call, why: Unring['why']): Deed[] {
		return [...call.rung.keys()].flatMap((person) => this.unring(call, person, why, null));
	}

	/** Somebody may not be in it any more. */
	remove(call: Call, person: PersonId, now: number): Deed[] {
		const deeds = this.unring(call, person, 'over', null);
		const seat = call.seats.get(person);
		if (!seat) return deeds.length > 0 ? [...deeds, { do: 'tell', call }] : [];
		const out: Deed = { do: 'out', call, person, device: seat.device, why: 'removed' };
		return [...deeds, out, ...this.unseat(call, seat, now, now)];
	}

	/** @param at when they were in it last */
	unseat(call: Call, { card }: Seat, at: number, now: number): Deed[] {
		call.seats.delete(card.id);
		call.left.set(card.id, at);
		this.callOf.delete(card.id);
		const left = call.seats.size;
		if (call.direct && call.answered !== null && left < 2) return this.end(call, 'done', at);
		if (left > 0) return [{ do: 'tell', call }];
		return this.end(call, endOf(call), call.direct ? now : at);
	}

	end(call: Call, end: CallEnd, at: number): Deed[] {
		const deeds = this.unringAll(call, WHY[end]);
		call.ended = { at: Math.max(at, call.begun, call.answered ?? 0), end };
		for (const person of call.seats.keys()) this.callOf.delete(person);
		this.calls.delete(call.id);
		this.byRoom.delete(call.room);
		this.ended.set(call.id, call);
		if (this.ended.size > ENDED_KEPT) this.ended.delete(this.ended.keys().next().value!);
		return [...deeds, { do: 'end', call, ...call.ended }, { do: 'tell', call }];
	}
}

/** How a call ends that nobody is in any more. */
export function endOf(call: Call): CallEnd {
	return call.direct && call.answered === null ? 'cancelled' : 'done';
}
