/** What is never stored: who is online, who is typing, and what is looked at. */
import type { Card } from '../../protocol/change.ts';
import type { Presence } from '../../protocol/down.ts';
import { otherOf, type PersonId, type RoomId } from '../../protocol/ids.ts';
import { writable, liveValue, type Live, type OnError } from '../../db/live.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import { browserClock } from '../../net/browser.ts';

/** ms after the last key press until one no longer counts as typing. */
const TYPING_ENDS = 5_000;

/** Who of some people is online, and when the others were (ms, server time), as far as known. */
export interface WhoIsOnline {
	online: ReadonlySet<PersonId>;
	seen: ReadonlyMap<PersonId, number>;
}

interface PresenceParts {
	hub: Hub;
	me: PersonId;
	cards(people: PersonId[]): Promise<Map<PersonId, Card>>;
	isLive(): boolean;
	onError: OnError;
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
export class PresenceAndTyping {
	readonly #parts: PresenceParts;
	readonly #online = writable<({ room: RoomId } & WhoIsOnline) | null>(null);
	readonly #friends = writable<WhoIsOnline | null>(null);
	readonly #typists = writable<{ room: RoomId; people: PersonId[] } | null>(null);
	readonly #ends: (() => void)[];
	#watched: RoomId | null = null;
	/** how many parts of the screen show who of the friends is online */
	#friendLists = 0;
	#typingIn: RoomId | null = null;
	#cancelTyping = (): void => undefined;

	constructor(parts: PresenceParts) {
		const { hub, me, isLive } = parts;
		this.#parts = parts;
		this.#ends = [
			hub.onPresence((note) => this.#heardPresence(note)),
			hub.onTyping(({ room, people }) => {
				const others = people.filter((person) => person !== me);
				if (room === this.#watched) this.#typists.set({ room, people: others });
			}),
			hub.onStatus(() => {
				if (!isLive()) this.#forget();
			})
		];
	}

	/** Who of the room is online; null = unknown. */
	presence(room: RoomId): Live<ReadonlySet<PersonId> | null> {
		return this.#ofRoom(room, ({ online }) => online);
	}

	/** When the other one of a direct conversation was online last; null = unknown. */
	lastSeen(room: RoomId): Live<number | null> {
		const other = otherOf(room, this.#parts.me);
		return this.#ofRoom(room, ({ seen }) => seen.get(other) ?? null);
	}

	/** Who of the friends is online; null = unknown. */
	friendsOnline(): Live<WhoIsOnline | null> {
		return this.#friends;
	}

	/** One more part of the screen shows who of the friends is online (true), or one less (false). */
	watchFriends(on: boolean): void {
		const before = this.#friendLists > 0;
		this.#friendLists += on ? 1 : -1;
		if (before === this.#friendLists > 0) return;
		if (!on) this.#friends.set(null);
		this.#parts.hub.watchRoom(this.#watched, on);
	}

	/** Others now typing in a room. */
	typing(room: RoomId): Live<Card[]> {
		const read = async (): Promise<Card[]> => {
			const known = this.#typists.get();
			if (known?.room !== room) return [];
			const found = await this.#parts.cards(known.people);
			return known.people.flatMap((person) => found.get(person) ?? []);
		};
		return liveValue(read, [this.#typists.watch], this.#parts.onError);
	}

	/** The room on screen in a visible window, or null. */
	watchRoom(room: RoomId | null): void {
		if (room !== this.#watched) {
			this.#online.set(null);
			this.#typists.set(null);
		}
		this.#watched = room;
		this.#parts.hub.watchRoom(room, this.#friendLists > 0);
	}

	/** The person types in a room; it ends by itself. null ends it at once. */
	setTyping(room: RoomId | null): void {
		this.#cancelTyping();
		this.#cancelTyping = room
			? browserClock.after(TYPING_ENDS, () => this.setTyping(null))
			: () => undefined;
		if (room === this.#typingIn) return;
		this.#typingIn = room;
		this.#parts.hub.typing(room);
	}

	end(): void {
		this.#cancelTyping();
		for (const end of this.#ends) end();
	}

	#heardPresence(note: Presence): void {
		const { room } = note;
		if (room === this.#parts.me) this.#friends.set(afterNote(this.#friends.get(), note));
		if (room !== this.#watched) return;
		const known = this.#online.get();
		const next = afterNote(known?.room === room ? known : null, note);
		this.#online.set(next && { room, ...next });
	}

	#forget(): void {
		this.#online.set(null);
		this.#friends.set(null);
		this.#typists.set(null);
	}

	#ofRoom<T>(room: RoomId, pick: (known: WhoIsOnline) => T | null): Live<T | null> {
		return {
			subscribe: (run) =>
				this.#online.subscribe((known) => run(known?.room === room ? pick(known) : null))
		};
	}
}
