/** What the server emits to clients of this API: event -> payload, for the documents and the tests. */
import * as v from 'valibot';
import { LegacyMessage, id, Message, time, UserCard } from '../schemas.ts';

const person = { user_id: id, username: v.string() };
const inRoom = { ...person, room_id: id, room: v.string() };
const typing = v.object({ room_id: id, typing_users: v.array(v.string()) });
const friend = { id, message: v.string() };

export const DOWN = {
	room_joined: v.object({
		room_id: id,
		room_name: v.string(),
		member_count: id,
		online_members: v.array(UserCard)
	}),
	joined_room: v.object({ room_id: id }),
	left_room: v.object({ room_id: id }),
	user_joined: v.object(inRoom),
	user_left: v.object(inRoom),
	new_message: v.union([Message, LegacyMessage]),
	message_edited: Message,
	message_deleted: v.object({ id, room_id: v.nullable(id) }),
	private_message: Message,
	typing_update: typing,
	typing_indicator_update: typing,
	user_typing: v.object({ ...person, is_typing: v.boolean(), room: v.string() }),
	user_status_update: v.object({ ...person, is_online: v.boolean() }),
	user_online: v.object(person),
	user_offline: v.object(person),
	online_users_update: v.object({ room_id: id, online_users: v.array(UserCard) }),
	user_avatar_updated: v.object({ ...person, avatar_url: v.string() }),
	friend_request: v.object({ ...friend, requester: UserCard }),
	friend_request_accepted: v.object({ ...friend, friend: UserCard }),
	friend_request_rejected: v.object({ ...friend, friend: UserCard }),
	system_message: v.object({ message: v.string(), timestamp: time }),
	online_users: v.object({ users: v.array(UserCard) }),
	error: v.object({
		message: v.string(),
		event: v.string(),
		code: v.pipe(id, v.description('The status that REST would answer')),
		retry_after: v.optional(v.pipe(id, v.description('Seconds')))
	}),
	pong: v.undefined()
} as const;
export type DownEvent = keyof typeof DOWN;
