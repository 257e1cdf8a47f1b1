/** What is never stored: who is online, who is typing, and which room is looked at. */
import type { Card } from '../protocol/change.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { cell, live, type Complain, type Live } from '../db/live.ts';
import type { Hub } from '../sync/hub.ts';
import { browserClock } from '../net/browser.ts';

/** ms after the last key press until one no longer counts as typing. */
const TYPING_ENDS = 5_000;

export interface Glances {
	presence(room: RoomId): Live<ReadonlySet<PersonId> | null>;
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

/** Follows presence and typing of the room looked at; nothing is known while there is no live link. */
export function createGlances({ hub, me, cards, isLive, complain }: GlanceParts): Glances {
	const online = cell<{ room: RoomId; people: ReadonlySet<PersonId> } | null>(null);
	const typists = cell<{ room: RoomId; people: PersonId[] } | null>(null);
	let looking: RoomId | null = null;
	let typing: RoomId | null = null;
	let cancelTyping = () => {};

	const ends = [
		hub.onPresence(({ room, full, on, off }) => {
			if (room !== looking) return;
			const known = online.get();
			// A difference says nothing to a tab that missed what it differs from.
			if (!full && known?.room !== room) return;
			const people = new Set(full ? on : [...(known?.people ?? []), ...on]);
			for (const person of off) people.delete(person);
			online.set({ room, people });
		}),
		hub.onTyping(({ room, people }) => {
			if (room === looking) typists.set({ room, people: people.filter((person) => person !== me) });
		}),
		hub.onStatus(() => {
			if (isLive()) return;
			online.set(null);
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
				online.subscribe((known) => run(known?.room === room ? known.people : null))
		}),
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
			hub.look(room);
		},
		setTyping,
		end() {
			cancelTyping();
			for (const end of ends) end();
		}
	};
}
