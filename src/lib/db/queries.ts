/** Live reads for screens: the cache with the outbox laid over it. */
import type { Card, OwnRow } from '../protocol/change.ts';
import { isDirectId, otherOf, type PersonId, type RoomId } from '../protocol/ids.ts';
import { listingItems, roomItems, type OverlayInput } from '../sync/overlay.ts';
import { outboxItems, peopleOf } from '../sync/overlay-outbox.ts';
import {
	bannedCards,
	contactItems,
	inviteItems,
	memberItems,
	selfItem,
	type PeopleInput
} from '../sync/overlay-people.ts';
import type {
	Contacts,
	InviteItem,
	ListingItem,
	MemberItem,
	OutboxItem,
	RoomDetail,
	RoomItem,
	SelfItem
} from '../sync/views.ts';
import { readFiles } from './local-files.ts';
import { derived, live, type Live, type Watch } from './live.ts';
import { timelineWindow, type TimelineSource, type WindowParts } from './timeline-window.ts';

export interface Queries {
	rooms(): Live<RoomItem[]>;
	listings(): Live<ListingItem[]>;
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
	timeline(room: RoomId): TimelineSource;
	/** The cards held of these people, by person. */
	cards(people: PersonId[]): Promise<Map<PersonId, Card>>;
	/** Keeps a card that came by asking until the log brings it. */
	remember(card: Card): void;
}

interface QueryParts extends WindowParts {
	/** the person's card as it was when signing in */
	card: Card;
	/** server time in ms, as far as known */
	now: () => number;
}

interface All extends OverlayInput {
	self: SelfItem;
}

/** Makes the queries of one account. */
export function createQueries(parts: QueryParts): Queries {
	const { cache, outbox, me, sending, complain } = parts;
	const anyStream: Watch = (changed) => cache.watch(null, changed);
	const unsent: Watch = (changed) => outbox.watch(changed);
	const everything = [anyStream, unsent, sending.watch];
	const remembered = new Map<PersonId, Card>();

	const own = <K extends OwnRow['kind']>(kind: K) => cache.own(kind);

	async function cards(people: Iterable<PersonId>): Promise<Map<PersonId, Card>> {
		const wanted = [...new Set(people)];
		const found = new Map<PersonId, Card>();
		for (const person of wanted) {
			const card = remembered.get(person);
			if (card) found.set(person, card);
		}
		for (const card of await cache.cards(wanted)) {
			if (card.v >= (found.get(card.id)?.v ?? 0)) found.set(card.id, card);
		}
		return found;
	}

	/** The outbox is read first: what has left it since is in the cache already (rule O5). */
	async function readPeople(also: Iterable<PersonId> = []): Promise<PeopleInput> {
		const rows = await outbox.all();
		return {
			me,
			outbox: rows,
			sending: new Set(sending.get()),
			cards: await cards([me, ...peopleOf(rows), ...also])
		};
	}

	async function readSelf(input: PeopleInput): Promise<SelfItem> {
		const [row] = await own('self');
		return selfItem(row ?? null, parts.card, input);
	}

	async function readAll(): Promise<All> {
		const rows = await outbox.all();
		const [states, listings, contacts, drafts, files] = await Promise.all([
			cache.streams(),
			cache.listings(),
			own('contact'),
			own('draft'),
			readFiles(parts.files, rows)
		]);
		const authors = states.flatMap(({ last }) => [last?.author ?? [], last?.system?.person ?? []]);
		const rooms = [...states.map((state) => state.id), ...rows.map((row) => row.lane)];
		const others = rooms.filter((id) => isDirectId(id)).map((id) => otherOf(id, me));
		const known = await cards([me, ...authors.flat(), ...others, ...peopleOf(rows)]);
		const people = { me, outbox: rows, sending: new Set(sending.get()), cards: known };
		const self = await readSelf(people);
		known.set(me, self.card);
		return { ...people, states, listings, contacts, drafts, files, self };
	}

	/** One reading serves all lists on screen. */
	const all = live(readAll, everything, complain);

	async function readRoom(id: RoomId, input: All): Promise<RoomDetail | null> {
		const room = roomItems(input).find((one) => one.id === id);
		if (!room) return null;
		const state = input.states.find((one) => one.id === id);
		const members = state ? await cache.members(id) : [];
		return {
			...room,
			owner: state?.room?.owner ?? (room.state === 'creating' && !room.direct ? me : null),
			memberCount: members.filter((row) => row.state === 'in').length,
			read: state?.read ?? 0,
			head: state?.cursor?.s ?? 0
		};
	}

	async function readMembers(room: RoomId): Promise<MemberItem[]> {
		const rows = await cache.members(room);
		const input = await readPeople(rows.map((row) => row.id));
		const { card } = await readSelf(input);
		const items = memberItems(rows, room, input);
		return items.map((item) => (item.me ? { ...item, card } : item));
	}

	const ofRoom = (room: RoomId): Watch[] => [(changed) => cache.watch(room, changed), unsent];
	const ofFeed: Watch[] = [(changed) => cache.watch(me, changed), unsent, sending.watch];

	return {
		rooms: () => derived(all, roomItems, complain),
		listings: () => derived(all, listingItems, complain),
		outbox: () => derived(all, outboxItems, complain),
		room: (id) => derived(all, (input) => readRoom(id, input), complain),
		members: (room) => live(() => readMembers(room), ofRoom(room), complain),
		banned: (room) =>
			live(
				async () => {
					const rows = await cache.members(room);
					return bannedCards(rows, room, await readPeople(rows.map((row) => row.id)));
				},
				ofRoom(room),
				complain
			),
		contacts: () => derived(all, (input) => contactItems(input.contacts, input), complain),
		self: () => derived(all, (input) => input.self, complain),
		invites: (room) =>
			live(
				async () => inviteItems(await own('invite'), room, parts.now(), await readPeople()),
				ofFeed,
				complain
			),
		timeline: (room) => timelineWindow(room, parts),
		cards,
		remember: (card) => void remembered.set(card.id, card)
	};
}
