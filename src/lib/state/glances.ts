/** What is never stored: who is online, who is typing, and what is looked at. */
import type { Card } from '../protocol/change.ts';
import type { Presence } from '../protocol/down.ts';
import { otherOf, type PersonId, type RoomId } from '../protocol/ids.ts';
import { cell, live, type Complain, type Live } from '../db/live.ts';
import type { Hub } from '../sync/hub.ts';
import { browserClock } from '../net/browser.ts';
import type { WhoIsOnline } from './client-types.ts';

/** ms after the last key press until one no longer counts as typing. */
const TYPING_ENDS = 5_000;

export interface Glances {
	presence(room: RoomId): Live<ReadonlySet<PersonId> | null>;
	/** When the other one of a direct conversation was online last; null = unknown. */
	lastSeen(room: RoomId): Live<number | null>;
	friendsOnline(): Live<WhoIsOnline | null>;
	lookAtFriends(on: boolean): void;
	typing(room: RoomId): Live<Card[]>;
	look(room: RoomId | null): void;
	setTyping(room: RoomId | null): void;
	end(): void;
}

interface GlanceParts {
	hub: Hub;
	me: PersonId;
	cards(people: PersonId[]): Promise<Map<PersonId, Card>>;
	isLive(): boolean;
	complain: Complain;
}

/** What is known after a note; a difference says nothing to a tab that missed what it differs from. */
function afterNote(
	known: WhoIsOnline | null,
	{ full, on, off, seen }: Presence
): WhoIsOnline | null {
	if (!full && !known) return null;
	const online = new Set(full ? on : [...(known?.online ?? []), ...on]);
	for (const person of off) online.delete(person);
	const before = full ? [] : [...(known?.seen ?? [])];
	return { online, seen: new Map([...before, ...Object.entries(seen ?? {})]) };
}

/** Follows presence and typing of the room looked at; nothing is known while there is no live link. */
export function createGlances({ hub, me, cards, isLive, complain }: GlanceParts): Glances {
	const online = cell<({ room: RoomId } & WhoIsOnline) | null>(null);
	const friends = cell<WhoIsOnline | null>(null);
	const typists = cell<{ room: RoomId; people: PersonId[] } | null>(null);
	let looking: RoomId | null = null;
	/** how many parts of the screen show who of the friends is online */
	let friendLists = 0;
	let typing: RoomId | null = null;
	let cancelTyping = () => {};

	const ends = [
		hub.onPresence((note) => {
			const { room } = note;
			if (room === me) friends.set(afterNote(friends.get(), note));
			if (room !== looking) return;
			const known = online.get();
			const next = afterNote(known?.room === room ? known : null, note);
			online.set(next && { room, ...next });
		}),
		hub.onTyping(({ room, people }) => {
			if (room === looking) typists.set({ room, people: people.filter((person) => person !== me) });
		}),
		hub.onStatus(() => {
			if (isLive()) return;
			online.set(null);
			friends.set(null);
			typists.set(null);
		})
	];

	function setTyping(room: RoomId | null): void {
		cancelTyping();
		cancelTyping = room ? browserClock.after(TYPING_ENDS, () => setTyping(null)) : () => {};
		if (room === typing) return;
		typing = room;
		hub.typing(room);
	}

	return {
		presence: (room) => ({
			subscribe: (run) =>
				online.subscribe((known) => run(known?.room === room ? known.online : null))
		}),
		lastSeen: (room) => ({
			subscribe: (run) =>
				online.subscribe((known) =>
					run(known?.room === room ? (known.seen.get(otherOf(room, me)) ?? null) : null)
				)
		}),
		friendsOnline: () => friends,
		lookAtFriends(on) {
			const before = friendLists > 0;
			friendLists += on ? 1 : -1;
			if (before === friendLists > 0) return;
			if (!on) friends.set(null);
			hub.look(looking, on);
		},
		typing: (room) =>
			live(
				async () => {
					const known = typists.get();
					if (known?.room !== room) return [];
					const found = await cards(known.people);
					return known.people.flatMap((person) => found.get(person) ?? []);
				},
				[typists.watch],
				complain
			),
		look(room) {
			if (room !== looking) {
				online.set(null);
				typists.set(null);
			}
			looking = room;
			hub.look(room, friendLists > 0);
		},
		setTyping,
		end() {
			cancelTyping();
			for (const end of ends) end();
		}
	};
}
