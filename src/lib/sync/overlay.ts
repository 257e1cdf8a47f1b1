/**
 * The lists of rooms, listings and unsent acts: what the log says with the person's own unsent
 * acts laid over it. Pure.
 */
import type { Card, ListingRow } from '../protocol/change.ts';
import type { ActId, PersonId, RoomId } from '../protocol/ids.ts';
import type { Act } from '../protocol/up.ts';
import type { OutboxRow, StreamState } from './ports.ts';
import { deliveryOf } from './timeline.ts';
import type { LastItem, ListingItem, OutboxItem, RoomItem } from './views.ts';

export interface OverlayInput {
	/** streams of any kind */
	states: StreamState[];
	listings: ListingRow[];
	/** all unsent acts, ascending n */
	outbox: OutboxRow[];
	me: PersonId;
	sending: ReadonlySet<ActId>;
	cards: ReadonlyMap<PersonId, Card>;
}

/** Rooms the person is in, is making or is joining; the one in which something happened last first. */
export function roomItems(input: OverlayInput): RoomItem[] {
	const rooms = new Map<RoomId, RoomItem>();
	for (const state of input.states) {
		if (state.kind !== 'room' || state.room?.deleted) continue;
		rooms.set(state.id, knownRoom(state, input));
	}
	for (const row of input.outbox) layOver(rooms, row, input);
	return [...rooms.values()].sort(byActivity(input.outbox));
}

/** Rooms that can be found, by name. */
export function listingItems(input: OverlayInput): ListingItem[] {
	const mine = new Map(roomItems(input).map((room) => [room.id, room]));
	return input.listings
		.filter((row) => !row.deleted)
		.map(({ id, number, name, description, private: isPrivate }): ListingItem => {
			const room = mine.get(id);
			const refused = room?.refused ?? null;
			return {
				id,
				number,
				name,
				description,
				private: isPrivate,
				state: room ? (room.state === 'creating' ? 'joining' : room.state) : 'out',
				refused: refused && { id: refused.id, refusal: refused.refusal }
			};
		})
		.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}

/** Everything unsent that a person would call unsent, oldest first. */
export function outboxItems(input: OverlayInput): OutboxItem[] {
	const names = new Map(roomItems(input).map((room) => [room.id, room.name]));
	return input.outbox.filter(isPersons).map((row) => ({
		id: row.id,
		room: row.lane,
		roomName: names.get(row.lane) || null,
		kind: row.act.kind,
		text: textOf(row.act),
		at: row.at,
		delivery: deliveryOf(row, input.sending),
		refusal: row.refusal,
		tries: row.tries
	}));
}

/** Whether an act is one the person knows of; read positions send themselves. */
export function isPersons(row: OutboxRow): boolean {
	return row.act.kind !== 'read.mark';
}

function textOf(act: Act): string {
	if ('body' in act) return act.body;
	return 'name' in act ? (act.name ?? '') : '';
}

function knownRoom(state: StreamState, { me, cards, listings }: OverlayInput): RoomItem {
	const listing = state.room ?? listings.find((row) => row.id === state.id);
	const { last } = state;
	return {
		id: state.id,
		number: listing?.number ?? null,
		name: listing?.name ?? '',
		description: listing?.description ?? '',
		private: listing?.private ?? false,
		role: state.role,
		state: 'in',
		refused: null,
		unread: state.unread,
		ready: state.ready,
		last: last && {
			id: last.id,
			author: cards.get(last.author) ?? null,
			mine: last.author === me,
			body: last.body,
			at: last.at,
			deleted: last.deleted === true,
			system: last.type === 'system',
			delivery: 'sent'
		},
		queued: 0,
		needsYou: 0
	};
}

/** A room that the device knows only by the person's own act. */
function unknownRoom(id: RoomId, listing: ListingRow | undefined): RoomItem {
	return {
		id,
		number: listing?.number ?? null,
		name: listing?.name ?? '',
		description: listing?.description ?? '',
		private: listing?.private ?? false,
		role: null,
		state: 'joining',
		refused: null,
		unread: 0,
		ready: false,
		last: null,
		queued: 0,
		needsYou: 0
	};
}

function layOver(rooms: Map<RoomId, RoomItem>, row: OutboxRow, input: OverlayInput): void {
	const { act } = row;
	let room = rooms.get(row.lane);
	if (!room) {
		if (act.kind !== 'room.create' && act.kind !== 'room.join') return;
		room = unknownRoom(
			row.lane,
			input.listings.find((listing) => listing.id === row.lane)
		);
		rooms.set(row.lane, room);
	}
	if (isPersons(row)) {
		if (row.state === 'refused') room.needsYou++;
		else room.queued++;
	}
	if (row.state === 'refused') refuseIn(room, row);
	else applyTo(room, row, input);
}

/** Acts about the room itself, as opposed to what is said in it. */
const ABOUT_ROOM: ReadonlySet<Act['kind']> = new Set([
	'room.create',
	'room.join',
	'room.leave',
	'room.edit'
]);

function refuseIn(room: RoomItem, { id, act, refusal }: OutboxRow): void {
	if (!ABOUT_ROOM.has(act.kind) || !refusal) return;
	room.refused = { id, kind: act.kind, refusal };
	const isIn = room.ready || room.role !== null;
	if (isIn || (act.kind !== 'room.create' && act.kind !== 'room.join')) return;
	room.state = 'refused';
	if (act.kind === 'room.create') describe(room, act);
}

function applyTo(room: RoomItem, row: OutboxRow, input: OverlayInput): void {
	const { act } = row;
	switch (act.kind) {
		case 'room.create':
			if (room.role !== null || room.ready) return;
			room.state = 'creating';
			room.role = 'owner';
			describe(room, act);
			return;
		case 'room.join':
			room.state = room.role !== null || room.ready ? 'in' : 'joining';
			room.refused = null;
			return;
		case 'room.leave':
			room.state = 'leaving';
			return;
		case 'room.edit':
			describe(room, act);
			return;
		case 'message.post':
			if (room.last?.id !== act.id || room.last.delivery !== 'sent')
				room.last = lastOf(row, act, input);
			return;
		case 'message.edit':
			if (room.last?.id === act.message && !room.last.deleted)
				room.last = { ...room.last, body: act.body };
			return;
		case 'message.recall':
			if (room.last?.id === act.message) room.last = { ...room.last, body: '', deleted: true };
			return;
	}
}

function describe(room: RoomItem, act: Extract<Act, { kind: 'room.create' | 'room.edit' }>): void {
	if (act.name !== undefined) room.name = act.name;
	if (act.description !== undefined) room.description = act.description;
	if (act.kind === 'room.create') room.private = act.password !== undefined;
}

function lastOf(
	row: OutboxRow,
	act: Extract<Act, { kind: 'message.post' }>,
	{ me, cards, sending }: OverlayInput
): LastItem {
	return {
		id: act.id,
		author: cards.get(me) ?? null,
		mine: true,
		body: act.body,
		at: row.at,
		deleted: false,
		system: false,
		delivery: deliveryOf(row, sending)
	};
}

/**
 * Rooms with unsent acts first, the latest act first; then by server time of the newest message.
 * The device's own clock orders nothing.
 */
function byActivity(outbox: OutboxRow[]): (a: RoomItem, b: RoomItem) => number {
	const acted = new Map<RoomId, number>();
	for (const row of outbox) if (isPersons(row)) acted.set(row.lane, row.n);
	return (a, b) =>
		(acted.get(b.id) ?? 0) - (acted.get(a.id) ?? 0) ||
		serverTime(b) - serverTime(a) ||
		a.name.localeCompare(b.name) ||
		(a.id < b.id ? -1 : 1);
}

function serverTime(room: RoomItem): number {
	return room.last?.delivery === 'sent' ? room.last.at : 0;
}
