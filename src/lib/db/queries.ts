/** Live reads for screens: the cache with the outbox laid over it. */
import type { Card, Role } from '../protocol/change.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { listingItems, outboxItems, roomItems, type OverlayInput } from '../sync/overlay.ts';
import type { ListingItem, MemberItem, OutboxItem, RoomDetail, RoomItem } from '../sync/views.ts';
import { derived, live, type Live, type Watch } from './live.ts';
import { timelineWindow, type TimelineSource, type WindowParts } from './timeline-window.ts';

export interface Queries {
	rooms(): Live<RoomItem[]>;
	listings(): Live<ListingItem[]>;
	outbox(): Live<OutboxItem[]>;
	/** null: neither a member, nor about to be */
	room(id: RoomId): Live<RoomDetail | null>;
	members(room: RoomId): Live<MemberItem[]>;
	timeline(room: RoomId): TimelineSource;
	/** The cards held of these people, by person. */
	cards(people: PersonId[]): Promise<Map<PersonId, Card>>;
}

const RANK: Record<Role, number> = { owner: 0, admin: 1, member: 2 };

/** Makes the queries of one account. */
export function createQueries(parts: WindowParts): Queries {
	const { cache, outbox, me, sending, complain } = parts;
	const anyStream: Watch = (changed) => cache.watch(null, changed);
	const unsent: Watch = (changed) => outbox.watch(changed);
	const everything = [anyStream, unsent, sending.watch];

	async function cards(people: Iterable<PersonId>): Promise<Map<PersonId, Card>> {
		const found = await cache.cards([...new Set(people)]);
		return new Map(found.map((card) => [card.id, card]));
	}

	/** The outbox is read first: what has left it since is in the cache already (rule O5). */
	async function readAll(): Promise<OverlayInput> {
		const rows = await outbox.all();
		const [states, listings] = await Promise.all([cache.streams(), cache.listings()]);
		const authors = states.flatMap((state) => state.last?.author ?? []);
		return {
			states,
			listings,
			outbox: rows,
			me,
			sending: new Set(sending.get()),
			cards: await cards([me, ...authors])
		};
	}

	/** One reading serves all lists on screen. */
	const all = live(readAll, everything, complain);

	async function readRoom(id: RoomId, input: OverlayInput): Promise<RoomDetail | null> {
		const room = roomItems(input).find((one) => one.id === id);
		if (!room) return null;
		const state = input.states.find((one) => one.id === id);
		const members = state ? await cache.members(id) : [];
		return {
			...room,
			owner: state?.room?.owner ?? (room.state === 'creating' ? me : null),
			memberCount: members.filter((row) => row.state === 'in').length,
			read: state?.read ?? 0,
			head: state?.cursor?.s ?? 0
		};
	}

	async function readMembers(room: RoomId): Promise<MemberItem[]> {
		const rows = (await cache.members(room)).filter((row) => row.state === 'in');
		const newest = await cards(rows.map((row) => row.id));
		return rows
			.map(({ id, role, card }) => ({ card: newerOf(card, newest.get(id)), role, me: id === me }))
			.sort((a, b) => RANK[a.role] - RANK[b.role] || a.card.name.localeCompare(b.card.name));
	}

	return {
		rooms: () => derived(all, roomItems, complain),
		listings: () => derived(all, listingItems, complain),
		outbox: () => derived(all, outboxItems, complain),
		room: (id) => derived(all, (input) => readRoom(id, input), complain),
		members: (room) =>
			live(() => readMembers(room), [(changed) => cache.watch(room, changed)], complain),
		timeline: (room) => timelineWindow(room, parts),
		cards
	};
}

function newerOf(card: Card, other: Card | undefined): Card {
	return other && other.v > card.v ? other : card;
}
