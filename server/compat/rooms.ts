/** What doors and sockets do with rooms alike: find them, join and leave them, say who is in them. */
import type { Card } from '../../src/lib/protocol/change.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Who } from '../domain/ports.ts';
import { fromRefusal } from './errors.ts';
import type { Room, RoomDetail } from './objects.ts';
import type { Compat } from './parts.ts';
import type { RoomStand, RoomView } from './ports.ts';

/** The room that is there from the first start (compat-api, section 3). */
export const DEFAULT_ROOM = 'general';
/** What "name" means where a room is concerned. */
const NAMING = { name: 'name' };

export interface Rooms {
	/** A room by number, or by name where a text is no number of a room. @throws RefusalError */
	find(person: PersonId | null, key: string): RoomStand;
	/** @throws RefusalError */
	byNumber(person: PersonId | null, number: number): RoomStand;
	/** Refuses who may not read in it. @throws RefusalError */
	readable(stand: RoomStand): RoomView;
	/** Makes somebody a member; harmless for members. Rejects with ApiError. */
	join(who: Who, room: RoomView, password: string | undefined): Promise<void>;
	view(room: RoomView): Room;
	views(rooms: RoomView[]): Room[];
	/** @param viewer whose eyes it is for; null: nobody's */
	detail(stand: RoomStand, viewer: PersonId | null): RoomDetail;
	/** Members of a room, and those of them who are online, as far as the viewer may know. */
	people(room: RoomView, viewer: PersonId | null): { members: Card[]; online: Card[] };
}

/** Runs something about a room; what is at fault is named as requests about rooms do. */
export async function aboutRoom<A>(work: () => Promise<A>): Promise<A> {
	try {
		return await work();
	} catch (fault) {
		throw fault instanceof RefusalError ? fromRefusal(fault.refusal, NAMING) : fault;
	}
}

export function createRooms(compat: Compat): Rooms {
	const { objects, presence, store } = compat;

	function found(stand: RoomStand | null): RoomStand {
		if (!stand) throw new RefusalError(refuse('no_such_room'));
		return stand;
	}
	const onlineCounts = () => store.countIn(presence.online());

	function people(room: RoomView, viewer: PersonId | null) {
		const members = store.members(room.id);
		const isSeen = ({ id }: Card) =>
			presence.isOnline(id) && (viewer === null || !presence.isHidden(viewer, id));
		return { members, online: members.filter(isSeen) };
	}

	return {
		people,
		byNumber: (person, number) => found(store.room(person, { number })),
		find(person, key) {
			const isNumber = /^\d{1,15}$/.test(key);
			const numbered = isNumber ? store.room(person, { number: Number(key) }) : null;
			return numbered ?? found(store.room(person, { name: key }));
		},
		readable({ mayRead, room }) {
			if (!mayRead) throw new RefusalError(refuse('not_a_member'));
			return room;
		},
		join: (who, room, password) =>
			aboutRoom(async () => {
				const secret = password === undefined || password === '' ? {} : { password };
				await compat.act(who, { kind: 'room.join', room: room.id, ...secret });
			}),
		view: (room) => objects.room(room, people(room, null).online.length),
		views(rooms) {
			const online = onlineCounts();
			return rooms.map((room) => objects.room(room, online.get(room.id) ?? 0));
		},
		detail({ room, isMember }, viewer) {
			const { members, online } = people(room, viewer);
			const seen = new Set(online.map(({ id }) => id));
			const cards = online.map(objects.card);
			return {
				...objects.room(room, online.length),
				members: members.map((card) => ({ ...objects.card(card), is_online: seen.has(card.id) })),
				online_members: cards,
				users: cards,
				is_member: isMember
			};
		}
	};
}
