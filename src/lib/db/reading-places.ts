/** Where in a conversation the reader was when they left it; kept at once, because a window may be going away. */
import * as v from 'valibot';
import { count } from '../protocol/scalars.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { keep, readKept } from './account-storage.ts';

/** The message at the upper edge of the screen. Readers at the end have no place: they follow what comes. */
export interface ReadingPlace {
	seq: number;
	/** px from the top of the list to its lower edge */
	bottom: number;
}

/** Conversations of which a place is kept; the oldest are forgotten. */
const PLACES_MAX = 100;
const NAME = 'places';
const Stored = v.array(v.tuple([v.string(), count, v.pipe(v.number(), v.finite())]));
type Kept = v.InferOutput<typeof Stored>;

function readAll(account: PersonId): Kept {
	try {
		return v.parse(Stored, JSON.parse(readKept(account, NAME) ?? '[]'));
	} catch (error) {
		// Somebody else wrote under this name.
		if (error instanceof SyntaxError || v.isValiError(error)) return [];
		throw error;
	}
}

/** Where the reader left a conversation; null: at its end, or it is not known. */
export function readingPlace(account: PersonId, room: RoomId): ReadingPlace | null {
	const found = readAll(account).find(([id]) => id === room);
	return found ? { seq: found[1], bottom: found[2] } : null;
}

/** Keeps where the reader is; null: at the end. */
export function keepReadingPlace(
	account: PersonId,
	room: RoomId,
	place: ReadingPlace | null
): void {
	const all = readAll(account);
	const others = all.filter(([id]) => id !== room);
	if (!place && others.length === all.length) return;
	if (place) others.push([room, place.seq, place.bottom]);
	const kept = others.slice(-PLACES_MAX);
	keep(account, NAME, kept.length === 0 ? null : JSON.stringify(kept));
}
