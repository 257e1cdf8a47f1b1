/** Serializers: what the domain knows becomes the objects of this API (compat-api, section 2). */
import type * as v from 'valibot';
import type { CallNote } from '../../src/lib/protocol/call-note.ts';
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import { cardOf } from './files.ts';
import type { FilesById, HistoryPart, MessageView, PersonView, RoomView } from './ports.ts';
import type * as schema from './schemas.ts';
import type { Viewer } from './viewer.ts';

export type User = v.InferOutput<typeof schema.User>;
export type Profile = v.InferOutput<typeof schema.Profile>;
export type UserCard = v.InferOutput<typeof schema.UserCard>;
export type Room = v.InferOutput<typeof schema.Room>;
export type RoomDetail = v.InferOutput<typeof schema.RoomDetail>;
export type Message = v.InferOutput<typeof schema.Message>;
export type LegacyMessage = v.InferOutput<typeof schema.LegacyMessage>;
export type MessagePage = v.InferOutput<typeof schema.MessagePage>;

/** UTC without a zone: with a "Z" the clients of this API would show every time eight hours off. */
export function isoWithoutZone(ms: number): string {
	return new Date(ms).toISOString().slice(0, -1);
}

/** What serializers make objects of, besides what they are given. */
interface Sources {
	viewer: Viewer;
	/** those that the messages carry */
	files: FilesById;
}

/** How much of the history is shown. */
export interface Cut {
	page: number;
	perPage: number;
	skip: number;
}

export interface Serializers extends Viewer {
	card(card: Card): UserCard;
	/** One's own account. */
	user(person: PersonView): User;
	/** @param seesLastSeen whether the viewer may know when the person was last online */
	profile(person: PersonView, seesLastSeen: boolean): Profile;
	/** @param receiver the other one of a direct conversation */
	message(view: MessageView, room: number | null, receiver?: number | null): Message;
	legacyMessage(view: MessageView, room: string): LegacyMessage;
	page(part: HistoryPart, cut: Cut, room: number | null, other?: DirectPair): MessagePage;
}

/** The two of a direct conversation, by number: a message's receiver is the one who did not write it. */
type DirectPair = readonly [number, number];
const receiverOf = (author: number, pair: DirectPair): number =>
	pair[0] === author ? pair[1] : pair[0];

/** Makes objects for the eyes of one viewer. */
export function createSerializers({ viewer, files }: Sources): Serializers {
	return {
		seesOnline: viewer.seesOnline,
		card: (card) => userCard(card, viewer),
		profile: (person, seesLastSeen) => profileOf(person, viewer, seesLastSeen),
		user: (person) => ({
			...profileOf(person, viewer, true),
			email: person.email,
			phone: person.phone
		}),
		message: (view, room, receiver = null) => messageOf(view, { room, receiver }, viewer, files),
		legacyMessage: (view, room) => legacyMessageOf(view, room, files),
		page: (part, cut, room, pair) => ({
			messages: part.messages.map((view) => {
				const receiver = pair ? receiverOf(view.author.number, pair) : null;
				return messageOf(view, { room, receiver }, viewer, files);
			}),
			...countersOf(part, cut)
		})
	};
}

const faceOf = (card: Card, viewer: Viewer) => ({
	username: card.name,
	avatar_url: card.avatar ?? '',
	is_online: viewer.seesOnline(card.id)
});

const userCard = (card: Card, viewer: Viewer): UserCard => ({
	id: card.number,
	user_id: card.number,
	...faceOf(card, viewer)
});

function profileOf(person: PersonView, viewer: Viewer, seesLastSeen: boolean): Profile {
	return {
		id: person.card.number,
		...faceOf(person.card, viewer),
		last_seen: lastSeenOf(person, seesLastSeen),
		created_at: isoWithoutZone(person.createdAt),
		updated_at: isoWithoutZone(person.updatedAt),
		real_name: person.realName,
		address: person.address,
		bio: person.bio,
		gender: person.gender,
		birthday: person.birthday,
		occupation: person.occupation,
		website: person.website
	};
}

/** Never, as far as the viewer knows: then it is the account's beginning, because clients need a time. */
function lastSeenOf({ seenAt, createdAt }: PersonView, seesLastSeen: boolean): string {
	return isoWithoutZone(seesLastSeen ? (seenAt ?? createdAt) : createdAt);
}

/** The same for everybody. @param online members who are, as far as the viewer may know */
export function roomOf(room: RoomView, online: number): Room {
	return {
		id: room.number,
		name: room.name,
		description: room.description,
		is_private: room.private,
		created_by: room.createdBy,
		created_at: isoWithoutZone(room.createdAt),
		member_count: room.members,
		online_count: online
	};
}

/** A text for clients that know nothing of calls. */
function textOf({ body, call }: Pick<MessageRow, 'body' | 'call'>): string {
	return call ? callText(call) : body;
}

const MINUTE = 60_000;

function callText({ answered, ended, end }: CallNote): string {
	switch (end) {
		case 'missed':
		case 'cancelled':
			return 'Missed call';
		case 'declined':
			return 'Declined call';
		case 'failed':
			return 'Call: no connection came about';
		default: {
			if (answered === undefined || ended === undefined) return 'Call';
			return `Call, ${Math.max(1, Math.round((ended - answered) / MINUTE))} min`;
		}
	}
}

function messageOf(
	{ row, author }: MessageView,
	{ room, receiver }: { room: number | null; receiver: number | null },
	viewer: Viewer,
	files: FilesById
): Message {
	const file = cardOf(row, files);
	const at = isoWithoutZone(row.at);
	return {
		id: row.number,
		content: file ? JSON.stringify(file.card) : textOf(row),
		message_type: file ? file.type : row.call ? 'system' : 'text',
		user_id: author.number,
		username: author.name,
		avatar_url: author.avatar ?? '',
		room_id: room,
		timestamp: at,
		timestamp_ms: row.at,
		edited_at: row.edited === undefined ? null : isoWithoutZone(row.edited),
		is_deleted: row.deleted === true,
		sender_id: author.number,
		sender: userCard(author, viewer),
		receiver_id: receiver,
		created_at: at
	};
}

function legacyMessageOf(
	{ row, author }: MessageView,
	room: string,
	files: FilesById
): LegacyMessage {
	return {
		id: row.number,
		user_id: author.number,
		username: author.name,
		message: cardOf(row, files)?.card.url ?? textOf(row),
		room,
		timestamp: isoWithoutZone(row.at)
	};
}

/** The counters of a page. */
export function countersOf(
	{ messages, total }: HistoryPart,
	{ page, perPage, skip }: Cut
): Omit<MessagePage, 'messages'> {
	const counters = {
		total,
		page,
		per_page: perPage,
		has_next: skip + messages.length < total,
		has_prev: skip > 0
	};
	return { ...counters, pagination: counters };
}
