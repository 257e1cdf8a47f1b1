/**
 * The calls that stand: who is in them, who is called, and what every event comes to. Pure but for its own memory: it does
 * nothing itself, it answers deeds. One call a room, one device a person. docs/decisions/0033-calls.md.
 */
import type { CallEnd } from '../../src/lib/protocol/call-note.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import type { MessageId, PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { RefusalCode } from '../../src/lib/protocol/refusal.ts';
import { Book, endOf } from './book.ts';
import type { Attendee, Call, Deed } from './call.ts';
import { lastLeft, passTime, RECOVER } from './desk-time.ts';

/** ms in which a second device of a person has answered at the same time as the first one, and lost. */
const SAME_TIME = 5_000;
/** ms of a call in which it can still come to nothing because there is no way between the two. */
const FAILS_WITHIN = 30_000;
/** Calls at once. */
const CALLS_MAX = 10_000;

/** Whom a call rings. */
export interface Wanted {
	person: PersonId;
	/** nothing rings there: they do not want it */
	isSilent: boolean;
}

/** A call that is to be begun. */
type NewCall = Pick<Call, 'id' | 'room' | 'direct' | 'video' | 'begun'> & {
	by: Attendee;
	rung: Wanted[];
};

/** A call that a server finds when it starts. `people`: who took part. */
export type FoundCall = Pick<
	Call,
	'id' | 'room' | 'direct' | 'video' | 'begun' | 'answered' | 'alive' | 'by'
> & { people: PersonId[]; rung: Wanted[] };

/** What joining came to. */
export type Joined = { refused: RefusalCode } | { deeds: Deed[] };

export class Desk {
	readonly #book = new Book();

	get(id: MessageId): Call | null {
		return this.#book.calls.get(id) ?? null;
	}

	/** One that has ended lately. */
	endedCall(id: MessageId): Call | null {
		return this.#book.ended.get(id) ?? null;
	}

	inRoom(room: RoomId): Call | null {
		return this.#book.byRoom.get(room) ?? null;
	}

	/** The call that a person is in. */
	of(person: PersonId): Call | null {
		return this.#book.callOf.get(person) ?? null;
	}

	all(): Iterable<Call> {
		return this.#book.calls.values();
	}

	isEmpty(): boolean {
		return this.#book.calls.size === 0;
	}

	isFull(): boolean {
		return this.#book.calls.size >= CALLS_MAX;
	}

	/** Calls that ring for a person. */
	ringing(person: PersonId, now: number): Call[] {
		return [...this.all()].filter(
			({ rung, seats, until }) =>
				// After a restart it rings again only when whoever called is back.
				seats.size > 0 && until !== null && now < until && rung.get(person)?.isSilent === false
		);
	}

	/** Whether a person is in another call. */
	isBusy = (person: PersonId, besides: MessageId): boolean => {
		const other = this.of(person);
		return other !== null && other.id !== besides;
	};

	/** The log has a new call. Nobody else is in one in this room. */
	begin({ by, rung, ...given }: NewCall, now: number): Deed[] {
		const moved = this.#book.leaveOthers(by.card.id, null, by.device, now);
		const isCalling = given.direct || rung.length > 0;
		const until = isCalling ? given.begun + LIMITS.ringFor : null;
		const call = this.#book.add({ ...given, by: by.card, answered: null, until });
		callFor(call, rung);
		this.#book.sit(call, by, now);
		return [...moved, ...ringAll(call), { do: 'tell', call }];
	}

	/** Nobody is in it, but people of it may come back. */
	recover({ people, rung, ...given }: FoundCall, now: number): void {
		const until = given.begun + LIMITS.ringFor;
		const isCalling = given.direct ? given.answered === null : rung.length > 0 && now < until;
		const call = this.#book.add({ ...given, until: isCalling ? until : null });
		call.recoverBy = now + RECOVER;
		call.alive = given.alive;
		for (const person of [given.by.id, ...people]) call.took.add(person);
		if (isCalling && now < until) callFor(call, rung);
	}

	/** @param again the device was in it, and had lost the server */
	join(call: Call, who: Attendee, again: boolean, now: number): Joined {
		const person = who.card.id;
		// Signals go by the device: two people with one would get each other's.
		if (isOfAnother(call, who)) return { refused: 'call_taken' };
		const seat = call.seats.get(person);
		if (seat?.device === who.device) {
			Object.assign(seat, who, { alive: now });
			return { deeds: this.#book.back(call, seat) };
		}
		if (seat && seat.away === null && (again || now - seat.since < SAME_TIME)) {
			return { refused: 'call_taken' };
		}
		if (!seat && call.seats.size >= LIMITS.callPeople) return { refused: 'call_full' };
		const deeds = this.#book.leaveOthers(person, call, who.device, now);
		if (seat) deeds.push({ do: 'out', call, person, device: seat.device, why: 'moved' });
		const isNew = !call.took.has(person);
		this.#book.sit(call, who, now);
		return {
			deeds: [...deeds, ...this.#answer(call, who, isNew, now), { do: 'tell', call }]
		};
	}

	/** @param at when, if it was some time ago */
	leave(call: Call, person: PersonId, device: string, at: number, now: number): Deed[] {
		const seat = call.seats.get(person);
		const when = Math.min(Math.max(at, call.begun), now);
		if (seat?.device === device) return this.#book.unseat(call, seat, when, now);
		if (seat || call.recoverBy === null || !call.took.has(person)) return [];
		// They left while the server was away.
		call.left.set(person, when);
		const isAlone = call.direct && call.answered !== null && call.seats.size > 0;
		if (isAlone) return this.#book.end(call, 'done', when);
		const isEmpty = call.seats.size === 0 && [...call.took].every((one) => call.left.has(one));
		return isEmpty ? this.#book.end(call, endOf(call), lastLeft(call)) : [];
	}

	/** "Not now", for all devices of the person. Whoever is in the call declines nothing (V3). */
	decline(call: Call, person: PersonId, device: string | null, now: number): Deed[] {
		if (!call.rung.has(person)) return [];
		const deeds = this.#book.unring(call, person, 'declined', device);
		if (call.direct) return [...deeds, ...this.#book.end(call, 'declined', now)];
		return [...deeds, { do: 'tell', call }];
	}

	/** A device of somebody who is called has begun to ring. */
	rings(call: Call, person: PersonId): Deed[] {
		const rung = call.rung.get(person);
		if (!rung || rung.rings || rung.isSilent) return [];
		rung.rings = true;
		return [{ do: 'tell', call }];
	}

	/** A device is in the call, and gets something from others. @param heard their devices */
	alive(call: Call, person: PersonId, device: string, heard: string[], now: number): Deed[] {
		const own = call.seats.get(person);
		if (own?.device !== device) return [];
		call.alive = own.alive = now;
		for (const seat of call.seats.values()) {
			if (seat !== own && heard.includes(seat.device)) seat.named = now;
		}
		return this.#book.back(call, own);
	}

	/** No way to the other one was found. */
	failed(call: Call, person: PersonId, device: string, other: string, now: number): Deed[] {
		const seats = [...call.seats.values()];
		const isOwn = call.seats.get(person)?.device === device;
		const isEarly = call.answered !== null && now - call.answered <= FAILS_WITHIN;
		if (!call.direct || !isOwn || !isEarly || !seats.some((seat) => seat.device === other))
			return [];
		call.failed.add(device);
		const areBoth = seats.length === 2 && seats.every((seat) => call.failed.has(seat.device));
		return areBoth ? this.#book.end(call, 'failed', now) : [];
	}

	/** A device has no socket any more: nobody is told to hang up. */
	lost(person: PersonId, device: string, now: number): Deed[] {
		const call = this.of(person);
		const seat = call?.seats.get(person);
		if (!call || seat?.device !== device || seat.away !== null) return [];
		seat.away = now;
		return [{ do: 'tell', call }];
	}

	/** Somebody may not be in the room any more, nor know of its calls. */
	out(person: PersonId, room: RoomId, now: number): Deed[] {
		for (const call of this.#book.ended.values()) if (call.room === room) call.out.add(person);
		const call = this.inRoom(room);
		if (!call) return [];
		call.out.add(person);
		return this.#book.remove(call, person, now);
	}

	/** Somebody may hear, but not speak: they are in no call. */
	muted(person: PersonId, room: RoomId, now: number): Deed[] {
		const call = this.inRoom(room);
		return call?.seats.has(person) ? this.#book.remove(call, person, now) : [];
	}

	/** There is a block between the two of a conversation. Nothing of it is to be heard of later. */
	apart(call: Call, now: number): Deed[] {
		return this.#book.end(call, call.answered === null ? 'declined' : 'done', now);
	}

	sessionOver(session: string, now: number): Deed[] {
		return [...this.#book.callOf].flatMap(([person, call]) =>
			call.seats.get(person)?.session === session ? this.#book.remove(call, person, now) : []
		);
	}

	/** The log says that it has ended. */
	endedInLog(id: MessageId, end: CallEnd, at: number): Deed[] {
		const call = this.get(id);
		return call ? this.#book.end(call, end, at) : [];
	}

	/** What comes by itself with time. To be called every second or so. */
	tick(now: number): Deed[] {
		return [...this.all()].flatMap((call) => passTime(this.#book, call, now));
	}

	/** Somebody has joined: it does not ring there any more, and is answered if nobody was there before. */
	#answer(call: Call, { card, device }: Attendee, isNew: boolean, now: number): Deed[] {
		const deeds = this.#book.unring(call, card.id, 'answered', device);
		const isFirst = call.answered === null && card.id !== call.by.id;
		if (isFirst) {
			call.answered = now;
			if (call.direct) call.until = null;
		} else if (call.recoverBy !== null && call.until !== null && now < call.until) {
			// Whoever calls is back after the server was away, and still calls.
			deeds.push(...ringAll(call));
		}
		return isNew || isFirst ? [...deeds, ...this.#book.note(call, isFirst, now)] : deeds;
	}
}

function callFor(call: Call, rung: Wanted[]): void {
	for (const { person, isSilent } of rung) call.rung.set(person, { rings: false, isSilent });
}

/** Whether somebody else in the call has named this device as theirs. */
function isOfAnother(call: Call, { card, device }: Attendee): boolean {
	return [...call.seats.values()].some(
		(seat) => seat.device === device && seat.card.id !== card.id
	);
}

function ringAll(call: Call): Deed[] {
	return [...call.rung]
		.filter(([, { isSilent }]) => !isSilent)
		.map(([person]) => ({ do: 'ring', call, person }));
}
