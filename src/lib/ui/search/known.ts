/** Whoever and whatever a search can be narrowed to, and whose cards are known. */
import type { Card, MessageRow } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { Contacts, RoomItem } from '../../state/client/client-types.ts';
import { roomNameOf } from '../base/name-of.ts';
import type { KnownNames } from './search-filter.ts';

type Cards = ReadonlyMap<PersonId, Card>;
export const NO_CARDS: Cards = new Map();

/** Both, the newer card of each person. */
export function withCards(known: Cards, more: Iterable<Card>): Cards {
	const all = new Map(known);
	for (const card of more) if (card.v >= (all.get(card.id)?.v ?? 0)) all.set(card.id, card);
	return all;
}

/** Who wrote these messages, each once. */
export const authorsOf = (rows: readonly MessageRow[]): PersonId[] => [
	...new Set(rows.map((row) => row.author))
];

/** Whoever can be chosen as an author: oneself, contacts, the other ones of conversations of two, and who was found. */
export function possibleAuthors(
	me: Card,
	contacts: Contacts | undefined,
	places: readonly RoomItem[],
	found: Cards
): Card[] {
	const items = contacts?.items ?? [];
	const known = withCards(new Map([[me.id, me]]), [
		...items.flatMap(({ card }) => card ?? []),
		...places.flatMap(({ direct }) => direct?.card ?? []),
		...found.values()
	]);
	return [...known.values()].filter((card) => !card.deleted);
}

/** The names that can be typed. */
export function knownNames(people: readonly Card[], places: readonly RoomItem[]): KnownNames {
	// A user name is one person's; what somebody displays must not stand for another's user name.
	const displayed = people.flatMap(({ id, display }) =>
		display ? [[display.toLowerCase(), id] as const] : []
	);
	const named = [...displayed, ...people.map(({ id, name }) => [name.toLowerCase(), id] as const)];
	return {
		people: new Map(named),
		rooms: new Map(places.map((room) => [roomNameOf(room).toLowerCase(), room.id]))
	};
}
