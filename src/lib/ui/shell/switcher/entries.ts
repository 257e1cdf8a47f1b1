/** What the quick switcher leads to: conversations, friends, rooms to join, settings pages and commands. */
import type { Component } from 'svelte';
import type { Card } from '../../../protocol/change.ts';
import type { Contacts, DirectoryItem, RoomItem } from '../../../state/client/client-types.ts';
import { nameOf, roomNameOf } from '../../base/name-of.ts';

/** What choosing an entry does: open an address, open the conversation with somebody, or run something. */
export type Target = { href: string } | { person: Card } | { run: () => void };

export interface SwitcherEntry {
	/** unique among all entries */
	id: string;
	name: string;
	/** other words under which it is found */
	aliases: string[];
	/** what it is, where the name does not say so */
	hint?: string;
	/** a face or a room's letters, or an icon */
	sign: { of: string; name: string; src: string | undefined; square: boolean } | Component;
	unread?: number;
	/** keys of its shortcut */
	keys?: string[];
	target: Target;
}

function roomEntry(room: RoomItem): SwitcherEntry {
	const name = roomNameOf(room);
	const { direct } = room;
	return {
		id: room.id,
		name,
		// People are found by their user name, too.
		aliases: direct?.card ? [direct.card.name] : [],
		sign: {
			of: direct?.person ?? room.id,
			name,
			src: direct?.card?.avatar,
			square: !direct
		},
		unread: room.unread,
		target: { href: `/rooms/${room.id}` }
	};
}

function friendEntry(card: Card): SwitcherEntry {
	const name = nameOf(card);
	return {
		id: card.id,
		name,
		aliases: [card.name],
		hint: `@${card.name}`,
		sign: { of: card.id, name, src: card.avatar, square: false },
		target: { person: card }
	};
}

function listingEntry({ id, name }: DirectoryItem): SwitcherEntry {
	const sign = { of: id, name, src: undefined, square: true };
	return { id, name, aliases: [], sign, target: { href: `/rooms/${id}` } };
}

/** Conversations, the most recent first; the one on screen last, since one is there already. */
export function recentEntries(rooms: readonly RoomItem[], current: string | null): SwitcherEntry[] {
	const others = rooms.filter(({ id }) => id !== current);
	return [...others, ...rooms.filter(({ id }) => id === current)].map(roomEntry);
}

/** Friends without a conversation yet, and rooms that the person is not in. */
export function furtherEntries(
	rooms: readonly RoomItem[],
	contacts: Contacts | undefined,
	listings: readonly DirectoryItem[]
): SwitcherEntry[] {
	const mine = new Set(rooms.map(({ id }) => id));
	const met = new Set(rooms.map(({ direct }) => direct?.person));
	const friends = (contacts?.items ?? []).filter(
		({ state, person }) => state === 'friend' && !met.has(person)
	);
	return [
		...friends.map(({ card }) => friendEntry(card)),
		...listings.filter(({ id }) => !mine.has(id)).map(listingEntry)
	];
}
