/** Live reads for screens: the cache with the outbox laid over it. */
import type { Card } from '../protocol/change.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { contactItems } from '../read-model/optimistic-people.ts';
import { directoryItems, roomItems } from '../read-model/optimistic-rooms.ts';
import { outboxItems } from '../read-model/outbox-items.ts';
import type {
	Contacts,
	InviteItem,
	DirectoryItem,
	MemberItem,
	OutboxItem,
	RoomDetail,
	RoomItem,
	SelfItem
} from '../read-model/views.ts';
import { derived, liveValue, type Live, type Watch } from './live.ts';
import {
	readBanned,
	readCards,
	readInvites,
	readLists,
	readMembers,
	readRoom,
	type ListInput,
	type ReadContext
} from './query-reads.ts';
import type { OpensAt, TimelineSource } from './timeline-source.ts';
import { TimelineWindow, type WindowParts } from './timeline-window.ts';

export interface Queries {
	rooms(): Live<readonly RoomItem[]>;
	directory(): Live<DirectoryItem[]>;
	outbox(): Live<OutboxItem[]>;
	/** null: neither a member, nor about to be */
	room(id: RoomId): Live<RoomDetail | null>;
	members(room: RoomId): Live<MemberItem[]>;
	/** Who may not come back into a room. */
	banned(room: RoomId): Live<Card[]>;
	contacts(): Live<Contacts>;
	self(): Live<SelfItem>;
	/** The person's own invite links to a room. */
	invites(room: RoomId): Live<InviteItem[]>;
	timeline(room: RoomId, opensAt?: OpensAt): TimelineSource;
	/** The cards held of these people, by person. */
	cards(people: PersonId[]): Promise<Map<PersonId, Card>>;
	/** Keeps a card that came by asking until the log brings it. */
	remember(card: Card): void;
}

type QueryParts = WindowParts & Omit<ReadContext, 'remembered'>;

/** Makes the queries of one account. */
export function createQueries(parts: QueryParts): Queries {
	const { cache, outbox, me, sending, onError } = parts;
	const remembered = new Map<PersonId, Card>();
	const context: ReadContext = { ...parts, remembered };

	const unsent: Watch = (changed) => outbox.watch(changed);
	const streamOf =
		(id: PersonId | RoomId | null): Watch =>
		(changed) =>
			cache.watch(id, changed);
	const lists = liveValue(
		() => readLists(context),
		[streamOf(null), unsent, sending.watch],
		onError
	);
	const fromLists = <T>(make: (input: ListInput) => T | Promise<T>) =>
		derived(lists, make, onError);
	const ofRoom = <T>(room: RoomId, read: (context: ReadContext, room: RoomId) => Promise<T>) =>
		liveValue(() => read(context, room), [streamOf(room), unsent], onError);

	return {
		rooms: () => fromLists(roomItems),
		directory: () => fromLists(directoryItems),
		outbox: () => fromLists(outboxItems),
		room: (id) => fromLists((input) => readRoom(context, id, input)),
		members: (room) => ofRoom(room, readMembers),
		banned: (room) => ofRoom(room, readBanned),
		contacts: () => fromLists((input) => contactItems(input.contacts, input)),
		self: () => fromLists((input) => input.self),
		invites: (room) =>
			liveValue(() => readInvites(context, room), [streamOf(me), unsent, sending.watch], onError),
		timeline: (room, opensAt) => new TimelineWindow(room, parts, opensAt),
		cards: (people) => readCards(context, people),
		remember: (card) => void remembered.set(card.id, card)
	};
}
