/** What HTTP and sockets do with rooms alike: find them, join and leave them, say who is in them. */
import type { Card } from '../../src/lib/protocol/change.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Actor } from '../domain/ports.ts';
import { fromRefusal } from './errors.ts';
import { roomOf, type Room, type RoomDetail } from './serializers.ts';
import type { CompatContext } from './context.ts';
import type { RoomAccess, RoomView } from './ports.ts';
import type { Viewer } from './viewer.ts';

/** What "name" means where a room is concerned. */
const NAMING = { name: 'name' };

export interface Rooms {
	/** A room by number, or by name where a text is no number of a room. Rejects with RefusalError. */
	find(person: PersonId | null, key: string): Promise<RoomAccess>;
	/** Rejects with RefusalError. */
	byNumber(person: PersonId | null, number: number): Promise<RoomAccess>;
	/** Refuses who may not read in it. @throws RefusalError */
	readable(access: RoomAccess): RoomView;
	/** Makes somebody a member; harmless for members. Rejects with ApiError. */
	join(actor: Actor, room: RoomView, password: string | undefined): Promise<void>;
	view(room: RoomView, viewer: PersonId | null): Promise<Room>;
	views(rooms: RoomView[], viewer: PersonId | null): Promise<Room[]>;
	/** @param viewer whose eyes it is for; null: nobody's */
	detail(access: RoomAccess, viewer: PersonId | null): Promise<RoomDetail>;
	/** Members of a room, and those of them who are online, as far as the viewer may know. */
	people(room: RoomView, viewer: Viewer): Promise<{ members: Card[]; online: Card[] }>;
}

/** Runs something about a room; the field with the error is named as requests about rooms do. */
export async function aboutRoom<A>(work: () => Promise<A>): Promise<A> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof RefusalError ? fromRefusal(error.refusal, NAMING) : error;
	}
}

export function createRooms(context: CompatContext): Rooms {
	const { presence, serializeFor, store, viewerFor } = context;

	function found(access: RoomAccess | null): RoomAccess {
		if (!access) throw new RefusalError(refuse('no_such_room'));
		return access;
	}

	async function people(room: RoomView, { seesOnline }: Viewer) {
		const members = await store.members(room.id);
		return { members, online: members.filter(({ id }) => seesOnline(id)) };
	}

	return {
		people,
		byNumber: async (person, number) => found(await store.room(person, { number })),
		async find(person, key) {
			const isNumber = /^\d{1,15}$/.test(key);
			const numbered = isNumber ? await store.room(person, { number: Number(key) }) : null;
			return numbered ?? found(await store.room(person, { name: key }));
		},
		readable({ mayRead, room }) {
			if (!mayRead) throw new RefusalError(refuse('not_a_member'));
			return room;
		},
		join: (actor, room, password) =>
			aboutRoom(async () => {
				const secret = password === undefined || password === '' ? {} : { password };
				await context.act(actor, { kind: 'room.join', room: room.id, ...secret });
			}),
		async view(room, viewer) {
			const { online } = await people(room, await viewerFor(viewer));
			return roomOf(room, online.length);
		},
		async views(rooms, viewer) {
			const { seesOnline } = await viewerFor(viewer);
			const online = await store.countIn([...presence.online()].filter(seesOnline));
			return rooms.map((room) => roomOf(room, online.get(room.id) ?? 0));
		},
		async detail({ room, isMember }, viewer) {
			const serialize = await serializeFor(viewer);
			const { members, online } = await people(room, serialize);
			const seen = new Set(online.map(({ id }) => id));
			const cards = online.map(serialize.card);
			return {
				...roomOf(room, online.length),
				members: members.map((card) => ({ ...serialize.card(card), is_online: seen.has(card.id) })),
				online_members: cards,
				users: cards,
				is_member: isMember
			};
		}
	};
}
