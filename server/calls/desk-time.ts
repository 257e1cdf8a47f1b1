/** What becomes of a call by itself, with time. Pure but for the call and the book that it stands in. */
import { endOf, type Book } from './book.ts';
import type { Call, Deed } from './call.ts';

/** ms after which a device that the server has lost is out, and at most if others still get something from it. */
export const AWAY = 60_000;
export const AWAY_NAMED = 600_000;
/** ms for which a call of which the server has lost everybody, or that it finds when it starts, may be taken up again. */
export const RECOVER = 90_000;
/** ms without a word from a device after which it is treated as away; it says that it is there every 30 s. */
export const SILENT = 90_000;
/** What is due in a call, in this order, until it has ended. */
export function passTime(book: Book, call: Call, now: number): Deed[] {
	const steps = [stopRinging, recovered, missSilent, dropAway, noteInTime];
	return steps.flatMap((step) => (call.ended ? [] : step(book, call, now)));
}

function stopRinging(book: Book, call: Call, now: number): Deed[] {
	if (call.until === null || now < call.until) return [];
	const isMissed = call.direct && call.answered === null && call.seats.size > 0;
	if (isMissed) return book.end(call, 'missed', call.until);
	const deeds = book.unringAll(call, 'missed');
	if (deeds.length === 0) return [];
	return [...deeds, { do: 'tell', call }];
}

/** The time is over in which people of the call could come back after the server was away. */
function recovered(book: Book, call: Call, now: number): Deed[] {
	if (call.recoverBy === null || now < call.recoverBy) return [];
	const needed = call.direct && call.answered !== null ? 2 : 1;
	if (call.seats.size >= needed) {
		call.recoverBy = null;
		return [];
	}
	if (call.left.size > 0) return book.end(call, endOf(call), lastLeft(call));
	// It was interrupted while it rang, and nobody came back to answer.
	if (call.direct && call.answered === null && call.until !== null && now >= call.until) {
		return book.end(call, 'missed', call.until);
	}
	return book.end(call, 'lost', call.alive);
}

/** A device may be connected and no longer in the call: it says by itself that it is. */
function missSilent(book: Book, call: Call, now: number): Deed[] {
	const silent = [...call.seats.values()].filter(
		({ away, alive }) => away === null && now - alive >= SILENT
	);
	for (const seat of silent) seat.away = now;
	return silent.length > 0 ? [{ do: 'tell', call }] : [];
}

/** Devices that were away too long are out. If all are, the server may be what is away from them: they have longer. */
function dropAway(book: Book, call: Call, now: number): Deed[] {
	const seats = [...call.seats.values()];
	const patience = seats.every(({ away }) => away !== null) ? RECOVER : AWAY;
	const gone = seats.find(({ away, named }) => {
		if (away === null) return false;
		return now >= Math.min(Math.max(away, named) + patience, away + AWAY_NAMED);
	});
	if (!gone) return [];
	const deeds = book.unseat(call, gone, Math.max(gone.away!, gone.named), now);
	return call.ended ? deeds : [...deeds, ...dropAway(book, call, now)];
}

function noteInTime(book: Book, call: Call, now: number): Deed[] {
	return call.noteAt !== null && now >= call.noteAt ? book.note(call, false, now) : [];
}

/** When the last one left of those who left while the server was away: it vouches for no more than ten minutes. */
export function lastLeft({ left, alive }: Call): number {
	return Math.min(Math.max(...left.values()), alive + AWAY_NAMED);
}
