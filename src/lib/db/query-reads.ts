/** What lists on screen are made of: the cache, and the outbox that is laid over it. Pure reading, nothing is kept. */
import type { Card } from '../protocol/change.ts';
import { isDirectId, otherOf, type PersonId, type RoomId } from '../protocol/ids.ts';
import {
	bannedCards,
	inviteItems,
	memberItems,
	selfItem,
	type PeopleInput
} from '../read-model/optimistic-people.ts';
import { roomItems, type RoomListInput } from '../read-model/optimistic-rooms.ts';
import { peopleOf } from '../read-model/outbox-items.ts';
import type { InviteItem, MemberItem, RoomDetail, SelfItem } from '../read-model/views.ts';
import type { FileQueue } from '../sync/ports-files.ts';
import type { OutboxRow } from '../sync/ports.ts';
import type { Cache } from './cache.ts';
import type { Writable } from './live.ts';
import { readFiles } from './local-files.ts';
import type { OutboxReads } from './outbox-reads.ts';

/** Where it is read, and for whom. */
export interface ReadContext {
	cache: Cache;
	outbox: OutboxReads;
	/** files on their way */
	files: Pick<FileQueue, 'all'>;
	me: PersonId;
	/** the person's card as it was when signing in */
	card: Card;
	/** ids of acts with the network */
	sending: Writable<readonly string[]>;
	/** server time in ms, as far as known */
	now: () => number;
	/** cards that came by asking, until the log brings them */
	remembered: ReadonlyMap<PersonId, Card>;
}

/** All that the lists of rooms, people and unsent acts are made of. */
export interface ListInput extends RoomListInput {
	self: SelfItem;
}

/** The cards held of these people, by person. */
export async function readCards(
	{ cache, remembered }: ReadContext,
	people: Iterable<PersonId>
): Promise<Map<PersonId, Card>> {
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
async function readPeople(
	context: ReadContext,
	also: Iterable<PersonId> = []
): Promise<PeopleInput> {
	const { outbox, me, sending } = context;
	const rows = await outbox.all();
	return {
		me,
		outbox: rows,
		sending: new Set(sending.get()),
		cards: await readCards(context, [me, ...peopleOf(rows), ...also])
	};
}

async function readSelf({ cache, card }: ReadContext, input: PeopleInput): Promise<SelfItem> {
	const [row] = await cache.own('self');
	return selfItem(row ?? null, card, input);
}

/** One reading serves all lists on screen. */
export async function readLists(context: ReadContext): Promise<ListInput> {
	const { cache, outbox, files } = context;
	const rows = await outbox.all();
	const [lists, localFiles] = await Promise.all([
		cache.together(() => readCachedLists(context, rows)),
		readFiles(files, rows)
	]);
	return { ...lists, files: localFiles };
}

async function readCachedLists(context: ReadContext, rows: OutboxRow[]) {
	const { cache, me, sending } = context;
	const [states, directory, contacts, drafts] = await Promise.all([
		cache.streams(),
		cache.directory(),
		cache.own('contact'),
		cache.own('draft')
	]);
	const authors = states.flatMap(({ last }) => [last?.author ?? [], last?.system?.person ?? []]);
	const rooms = [...states.map((state) => state.id), ...rows.map((row) => row.lane)];
	const others = rooms.filter((id) => isDirectId(id)).map((id) => otherOf(id, me));
	const cards = await readCards(context, [me, ...authors.flat(), ...others, ...peopleOf(rows)]);
	const people = { me, outbox: rows, sending: new Set(sending.get()), cards };
	const self = await readSelf(context, people);
	cards.set(me, self.card);
	return { ...people, states, directory, contacts, drafts, self };
}

/** null: neither a member, nor about to be. */
export async function readRoom(
	{ cache, me }: ReadContext,
	id: RoomId,
	input: ListInput
): Promise<RoomDetail | null> {
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

export async function readMembers(context: ReadContext, room: RoomId): Promise<MemberItem[]> {
	const rows = await context.cache.members(room);
	const input = await readPeople(
		context,
		rows.map((row) => row.id)
	);
	const { card } = await readSelf(context, input);
	const items = memberItems(rows, room, input);
	return items.map((item) => (item.me ? { ...item, card } : item));
}

/** Who may not come back into a room. */
export async function readBanned(context: ReadContext, room: RoomId): Promise<Card[]> {
	const rows = await context.cache.members(room);
	const input = await readPeople(
		context,
		rows.map((row) => row.id)
	);
	return bannedCards(rows, room, input);
}

/** The person's own invite links to a room. */
export async function readInvites(context: ReadContext, room: RoomId): Promise<InviteItem[]> {
	const rows = await context.cache.own('invite');
	return inviteItems(rows, room, context.now(), await readPeople(context));
}
