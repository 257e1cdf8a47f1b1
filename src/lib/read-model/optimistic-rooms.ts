/**
 * The list of rooms and the directory: what the log says with the person's own unsent acts laid over
 * it. Pure. People and unsent acts themselves are in overlay-people.ts and overlay-outbox.ts.
 */
import type { Card, ContactRow, DraftRow, DirectoryRow } from '../protocol/change.ts';
import { isDirectId, otherOf, type ActId, type PersonId, type RoomId } from '../protocol/ids.ts';
import type { Act } from '../protocol/up.ts';
import { isUserVisible } from '../sync/outbox/create-act.ts';
import { localCards } from './local-file-cards.ts';
import type { LocalFile } from '../sync/ports-files.ts';
import type { OutboxRow, StreamState } from '../sync/ports.ts';
import { deliveryOf } from './timeline.ts';
import type { DirectWith, LastItem, DirectoryItem, RoomItem } from './views.ts';

export interface RoomListInput {
	/** streams of any kind */
	states: StreamState[];
	directory: DirectoryRow[];
	contacts: ContactRow[];
	drafts: DraftRow[];
	/** all unsent acts, ascending order */
	outbox: OutboxRow[];
	me: PersonId;
	sending: ReadonlySet<ActId>;
	cards: ReadonlyMap<PersonId, Card>;
	/** files on their way, by id */
	files: ReadonlyMap<string, LocalFile>;
}

/** Several lists are made of one reading, and all of them need the rooms. */
const made = new WeakMap<RoomListInput, readonly RoomItem[]>();

/** Rooms the person is in, is making or is joining; the one in which something happened last first. */
export function roomItems(input: RoomListInput): readonly RoomItem[] {
	const known = made.get(input);
	if (known) return known;
	const items = makeRoomItems(input);
	made.set(input, items);
	return items;
}

function makeRoomItems(input: RoomListInput): RoomItem[] {
	const rooms = new Map<RoomId, RoomItem>();
	for (const state of input.states) {
		if (state.kind !== 'room' || state.room?.deleted) continue;
		rooms.set(state.id, knownRoom(state, input));
	}
	for (const row of input.outbox) applyUnsent(rooms, row, input);
	return [...rooms.values()].sort(byActivity(input.outbox));
}

/** Rooms that can be found, by name. */
export function directoryItems(input: RoomListInput): DirectoryItem[] {
	const mine = new Map(roomItems(input).map((room) => [room.id, room]));
	return input.directory
		.filter((row) => !row.deleted)
		.map(({ id, number, name, description, private: isPrivate, announcement }): DirectoryItem => {
			const room = mine.get(id);
			const refused = room?.refused ?? null;
			return {
				id,
				number,
				name,
				description,
				private: isPrivate,
				state: room ? (room.state === 'creating' ? 'joining' : room.state) : 'out',
				refused: refused && { id: refused.id, refusal: refused.refusal },
				...(announcement && { announcement })
			};
		})
		.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}

/** Who is on the other side, and what that person is called: the name of the conversation. */
function directWith(id: RoomId, { me, cards, contacts }: RoomListInput): DirectWith | null {
	if (!isDirectId(id)) return null;
	const person = otherOf(id, me);
	const contact = contacts.find((row) => row.id === person);
	const card = newerCard(cards.get(person), contact?.card);
	return { person, card, blocked: contact?.blocked === true };
}

/** The newer one of what two places know of somebody. */
export function newerCard(a: Card | undefined, b: Card | undefined): Card | null {
	if (!a || !b) return a ?? b ?? null;
	return b.v > a.v ? b : a;
}

/** What both known and unknown rooms have. */
function blankRoom(
	id: RoomId,
	about: { number: number; name: string; description: string; private: boolean } | null,
	input: RoomListInput
): RoomItem {
	const direct = directWith(id, input);
	return {
		id,
		number: about?.number ?? null,
		name: (direct ? (direct.card?.display ?? direct.card?.name) : about?.name) ?? '',
		description: about?.description ?? '',
		private: direct === null && about?.private === true,
		role: null,
		state: 'joining',
		direct,
		refused: null,
		upto: 0,
		unread: 0,
		mentioned: 0,
		draft: input.drafts.some((row) => row.id === id && row.body !== ''),
		ready: false,
		last: null,
		queued: 0,
		needsYou: 0
	};
}

function knownRoom(state: StreamState, input: RoomListInput): RoomItem {
	const { me, cards } = input;
	const about = state.room ?? input.directory.find((row) => row.id === state.id) ?? null;
	const { last } = state;
	return {
		...blankRoom(state.id, about, input),
		role: state.role,
		state: 'in',
		upto: state.cursor?.s ?? 0,
		unread: state.unread,
		mentioned: state.mentioned,
		ready: state.ready,
		last: last && {
			id: last.id,
			seq: last.seq,
			author: cards.get(last.author) ?? null,
			mine: last.author === me,
			body: last.body,
			files: last.files ?? [],
			at: last.at,
			deleted: last.deleted === true,
			note: last.system
				? { ...last.system, card: cards.get(last.system.person ?? '') ?? null }
				: null,
			call: last.call ?? null,
			delivery: 'sent'
		}
	};
}

function applyUnsent(rooms: Map<RoomId, RoomItem>, row: OutboxRow, input: RoomListInput): void {
	const { act } = row;
	let room = rooms.get(row.lane);
	if (!room) {
		if (!BRINGS_IN.has(act.kind)) return;
		const listing = input.directory.find((one) => one.id === row.lane) ?? null;
		room = blankRoom(row.lane, listing, input);
		rooms.set(row.lane, room);
	}
	if (isUserVisible(row)) {
		if (row.state === 'refused') room.needsYou++;
		else room.queued++;
	}
	if (row.state === 'refused') refuseIn(room, row);
	else applyTo(room, row, input);
}

/** Acts that make the person a member. */
const BRINGS_IN: ReadonlySet<Act['kind']> = new Set(['room.create', 'room.join', 'direct.open']);

/** Acts about the room itself, as opposed to what is said in it. */
const ABOUT_ROOM: ReadonlySet<Act['kind']> = new Set([
	...BRINGS_IN,
	'room.leave',
	'room.edit',
	'room.delete',
	'room.hand-over'
]);

function refuseIn(room: RoomItem, { id, act, refusal }: OutboxRow): void {
	if (!ABOUT_ROOM.has(act.kind) || !refusal) return;
	room.refused = { id, kind: act.kind, refusal };
	const isIn = room.ready || room.role !== null;
	if (isIn || !BRINGS_IN.has(act.kind)) return;
	room.state = 'refused';
	if (act.kind === 'room.create') describe(room, act);
}

function applyTo(room: RoomItem, row: OutboxRow, input: RoomListInput): void {
	const { act } = row;
	switch (act.kind) {
		case 'room.create':
			if (room.role !== null || room.ready) return;
			room.state = 'creating';
			room.role = 'owner';
			describe(room, act);
			return;
		case 'direct.open':
			if (room.role === null && !room.ready) room.state = 'creating';
			return;
		case 'draft.save':
			room.draft = act.body !== '';
			return;
		case 'room.join':
			room.state = room.role !== null || room.ready ? 'in' : 'joining';
			room.refused = null;
			return;
		case 'room.leave':
		case 'room.delete':
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
			if (room.last?.id === act.message)
				room.last = { ...room.last, body: '', files: [], deleted: true };
			return;
	}
}

function describe(room: RoomItem, act: Extract<Act, { kind: 'room.create' | 'room.edit' }>): void {
	if (act.name !== undefined) room.name = act.name;
	if (act.description !== undefined) room.description = act.description;
	if (act.kind === 'room.create') room.private = act.password !== undefined;
	else if (act.password !== undefined) room.private = act.password !== null;
}

function lastOf(
	row: OutboxRow,
	act: Extract<Act, { kind: 'message.post' }>,
	{ me, cards, sending, files }: RoomListInput
): LastItem {
	return {
		id: act.id,
		seq: null,
		author: cards.get(me) ?? null,
		mine: true,
		body: act.body,
		files: localCards(act, files),
		at: row.at,
		deleted: false,
		note: null,
		call: null,
		delivery: deliveryOf(row, sending)
	};
}

/**
 * Rooms with unsent acts first, the latest act first; then by server time of the newest message.
 * The device's own clock orders nothing.
 */
function byActivity(outbox: OutboxRow[]): (a: RoomItem, b: RoomItem) => number {
	const acted = new Map<RoomId, number>();
	for (const row of outbox) if (isUserVisible(row)) acted.set(row.lane, row.order);
	return (a, b) =>
		(acted.get(b.id) ?? 0) - (acted.get(a.id) ?? 0) ||
		serverTime(b) - serverTime(a) ||
		a.name.localeCompare(b.name) ||
		(a.id < b.id ? -1 : 1);
}

function serverTime(room: RoomItem): number {
	return room.last?.delivery === 'sent' ? room.last.at : 0;
}
