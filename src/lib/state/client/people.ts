/** People: friends, the own card, who is online, and conversations of two. */
import type { Cache } from '../../db/cache.ts';
import type { Live } from '../../db/live.ts';
import type { Queries } from '../../db/queries.ts';
import type { Card } from '../../protocol/change.ts';
import { directId, type PersonId, type RoomId } from '../../protocol/ids.ts';
import type { Contacts, SelfItem } from '../../read-model/views.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import type { OutboxStore } from '../../sync/ports.ts';
import type { Act } from './act.ts';
import type { PresenceAndTyping, WhoIsOnline } from './presence-and-typing.ts';

/** People whose names can be typed; a device that has met more knows most of them by their rooms. */
const PEOPLE_MAX = 5_000;

export interface ClientPeople {
	/** Friends, requests both ways, who is blocked, and what waits. */
	contacts(): Live<Contacts>;
	/** The person's own card, what waits included; `me` is as it was when signing in. */
	self(): Live<SelfItem>;
	/** The cards held of the people with these numbers. */
	cardsByNumber(numbers: readonly number[]): Promise<Card[]>;
	/** Whoever this device has met, at most PEOPLE_MAX. */
	known(): Promise<Card[]>;
	/** The card of whoever has exactly this user name, or null. Rejects with LinkError when it cannot be asked. */
	find(name: string): Promise<Card | null>;
	/** Answers the room of the conversation with this person, and begins it where there is none yet. */
	openDirect(person: Card): Promise<RoomId>;
	/** Who of the room is online; null = unknown (we are offline ourselves). Only for the room that is watched. */
	presence(room: RoomId): Live<ReadonlySet<PersonId> | null>;
	/** When the other one of the direct conversation that is watched was online last; null = unknown. */
	lastSeen(room: RoomId): Live<number | null>;
	/** Who of the friends is online; null = unknown. Only while `watchFriends` says so. */
	friendsOnline(): Live<WhoIsOnline | null>;
	/** Something that shows who of the friends is online is on screen in a visible window (true), or one less (false). */
	watchFriends(on: boolean): void;
	/** Others now typing in the room that is watched. */
	typing(room: RoomId): Live<Card[]>;
}

interface Parts {
	me: PersonId;
	cache: Cache;
	outbox: OutboxStore;
	queries: Queries;
	hub: Hub;
	presence: PresenceAndTyping;
	act: Act;
}

export function createPeople({
	me,
	cache,
	outbox,
	queries,
	hub,
	presence,
	act
}: Parts): ClientPeople {
	async function isOpen(room: RoomId): Promise<boolean> {
		if (await cache.stream(room)) return true;
		const rows = await outbox.all();
		return rows.some((row) => row.act.kind === 'direct.open' && row.act.room === room);
	}

	return {
		contacts: queries.contacts,
		self: queries.self,
		cardsByNumber: (numbers) => cache.cardsByNumber([...numbers]),
		known: () => cache.someCards(PEOPLE_MAX),
		async find(name) {
			const { card } = await hub.ask('find', { name });
			if (card) queries.remember(card);
			return card;
		},
		async openDirect(person) {
			const room = directId(me, person.id);
			queries.remember(person);
			if (!(await isOpen(room))) await act({ kind: 'direct.open', room, person: person.id });
			return room;
		},
		presence: (room) => presence.presence(room),
		lastSeen: (room) => presence.lastSeen(room),
		friendsOnline: () => presence.friendsOnline(),
		watchFriends: (on) => presence.watchFriends(on),
		typing: (room) => presence.typing(room)
	};
}
