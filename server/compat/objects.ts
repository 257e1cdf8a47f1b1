/** What the domain knows becomes the objects of this API (compat-api, section 2). */
import type * as v from 'valibot';
import type { Card } from '../../src/lib/protocol/change.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { cardOf } from './files.ts';
import type { FileReads, HistoryPart, MessageView, PersonView, RoomView } from './ports.ts';
import type * as schema from './schemas.ts';

export type User = v.InferOutput<typeof schema.User>;
export type Profile = v.InferOutput<typeof schema.Profile>;
export type UserCard = v.InferOutput<typeof schema.UserCard>;
export type Room = v.InferOutput<typeof schema.Room>;
export type RoomDetail = v.InferOutput<typeof schema.RoomDetail>;
export type Message = v.InferOutput<typeof schema.Message>;
export type D3Message = v.InferOutput<typeof schema.D3Message>;
export type MessagePage = v.InferOutput<typeof schema.MessagePage>;

/** UTC without a zone: with a "Z" the clients of this API would show every time eight hours off. */
export function zoneless(ms: number): string {
	return new Date(ms).toISOString().slice(0, -1);
}

/** What objects are made with. */
export interface Sources {
	isOnline(person: PersonId): boolean;
	files: FileReads;
}

/** How much of the history is shown. */
export interface Cut {
	page: number;
	perPage: number;
	skip: number;
}

export interface Objects {
	card(card: Card): UserCard;
	user(person: PersonView): User;
	profile(person: PersonView): Profile;
	room(room: RoomView, online: number): Room;
	/** @param receiver the other one of a direct conversation */
	message(view: MessageView, room: number | null, receiver?: number | null): Message;
	d3Message(view: MessageView, room: string): D3Message;
	page(part: HistoryPart, cut: Cut, room: number | null, other?: DirectPair): MessagePage;
}

/** The two of a direct conversation, by number: a message's receiver is the one who did not write it. */
export type DirectPair = readonly [number, number];
export const receiverOf = (author: number, pair: DirectPair): number =>
	pair[0] === author ? pair[1] : pair[0];

export function createObjects({ isOnline, files }: Sources): Objects {
	const face = (card: Card) => ({
		username: card.name,
		avatar_url: card.avatar ?? '',
		is_online: isOnline(card.id)
	});

	const card = (of: Card): UserCard => ({ id: of.number, user_id: of.number, ...face(of) });

	const profile = (person: PersonView): Profile => ({
		id: person.card.number,
		...face(person.card),
		last_seen: zoneless(person.seenAt ?? person.createdAt),
		created_at: zoneless(person.createdAt),
		updated_at: zoneless(person.updatedAt),
		real_name: person.realName,
		address: person.address,
		bio: person.bio,
		gender: person.gender,
		birthday: person.birthday,
		occupation: person.occupation,
		website: person.website
	});

	function message({ row, author }: MessageView, room: number | null, receiver?: number | null) {
		const file = cardOf(row, files);
		const at = zoneless(row.at);
		return {
			id: row.number,
			content: file ? JSON.stringify(file.card) : row.body,
			message_type: file ? file.type : ('text' as const),
			user_id: author.number,
			username: author.name,
			avatar_url: author.avatar ?? '',
			room_id: room,
			timestamp: at,
			timestamp_ms: row.at,
			edited_at: row.edited === undefined ? null : zoneless(row.edited),
			is_deleted: row.deleted === true,
			sender_id: author.number,
			sender: card(author),
			receiver_id: receiver ?? null,
			created_at: at
		};
	}

	return {
		card,
		profile,
		message,
		user: (person) => ({ ...profile(person), email: person.email, phone: person.phone }),
		room: (room, online) => ({
			id: room.number,
			name: room.name,
			description: room.description,
			is_private: room.private,
			created_by: room.createdBy,
			created_at: zoneless(room.createdAt),
			member_count: room.members,
			online_count: online
		}),
		d3Message: (view, room) => ({
			id: view.row.number,
			user_id: view.author.number,
			username: view.author.name,
			message: cardOf(view.row, files)?.card.url ?? view.row.body,
			room,
			timestamp: zoneless(view.row.at)
		}),
		page({ messages, total }, { page, perPage, skip }, room, pair) {
			const counters = {
				total,
				page,
				per_page: perPage,
				has_next: skip + messages.length < total,
				has_prev: skip > 0
			};
			const shown = messages.map((view) =>
				message(view, room, pair ? receiverOf(view.author.number, pair) : null)
			);
			return { messages: shown, ...counters, pagination: counters };
		}
	};
}
