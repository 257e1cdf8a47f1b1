/**
 * Everything that is sent and answered, once: requests are checked by these schemas, answers are
 * checked by them in the tests, and the API's documents are made of them (compat-api, section 2).
 */
import * as v from 'valibot';

const described = <S extends v.GenericSchema>(schema: S, description: string) =>
	v.pipe(schema, v.description(description));

/** An id: an integer, in requests also as a numeric string. */
export const id = v.pipe(v.number(), v.integer(), v.minValue(0));
export const idOrText = v.union([
	v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER)),
	v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))
]);
/** A flag; in forms also as text. */
export const flag = v.union([
	v.boolean(),
	v.pipe(
		v.picklist(['true', 'false', '1', '0', 'on', '']),
		v.transform((text) => /^(true|1|on)$/.test(text))
	)
]);
/** UTC without a zone: existing clients take it as such (compat-api, rule 1.8). */
export const time = described(
	v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/)),
	'UTC, written without a zone'
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const avatarUrl = described(v.string(), 'A path beginning with "/", or empty');
const day = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/));

const profile = {
	real_name: v.string(),
	address: v.string(),
	bio: v.string(),
	gender: v.string(),
	birthday: v.nullable(day),
	occupation: v.string(),
	website: v.string()
};
const person = {
	id,
	username: v.string(),
	avatar_url: avatarUrl,
	is_online: v.boolean(),
	last_seen: time,
	created_at: time,
	updated_at: time
};
export const User = v.object({ ...person, ...profile, email: v.string(), phone: v.string() });
export const Profile = v.object({ ...person, ...profile });
export const UserCard = v.object({
	id,
	user_id: id,
	username: v.string(),
	avatar_url: avatarUrl,
	is_online: v.boolean()
});

export const Room = v.object({
	id,
	name: v.string(),
	description: v.string(),
	is_private: v.boolean(),
	created_by: id,
	created_at: time,
	member_count: count,
	online_count: count
});
const inRoom = {
	members: v.array(UserCard),
	online_members: v.array(UserCard),
	users: v.array(UserCard)
};
export const RoomDetail = v.object({ ...Room.entries, ...inRoom, is_member: v.boolean() });

export const Message = v.object({
	id,
	content: v.string(),
	message_type: v.picklist(['text', 'image', 'file', 'system']),
	user_id: id,
	username: v.string(),
	avatar_url: avatarUrl,
	room_id: v.nullable(id),
	timestamp: time,
	timestamp_ms: count,
	edited_at: v.nullable(time),
	is_deleted: v.boolean(),
	sender_id: id,
	sender: UserCard,
	receiver_id: v.nullable(id),
	created_at: time
});
export const LegacyMessage = v.object({
	id,
	user_id: id,
	username: v.string(),
	message: v.string(),
	room: v.string(),
	timestamp: time
});

const Failure = v.object({
	detail: v.string(),
	error: v.string(),
	message: v.string(),
	errors: v.optional(v.array(v.object({ field: v.string(), message: v.string() })))
});
export const MessageResponse = v.object({ message: v.string() });

const pageCounters = {
	total: count,
	page: v.pipe(v.number(), v.integer(), v.minValue(1)),
	per_page: v.pipe(v.number(), v.integer(), v.minValue(1)),
	has_next: described(v.boolean(), 'Whether there are older messages'),
	has_prev: v.boolean()
};
export const MessagePage = v.object({
	messages: v.array(Message),
	...pageCounters,
	pagination: v.object(pageCounters)
});

export const SearchPage = v.object({
	...MessagePage.entries,
	total: described(count, 'How many were found, counted up to 1,000'),
	complete: described(
		v.boolean(),
		'false: half a second was not enough to look through everything; there may be more'
	)
});

/** A number in the query, as text. */
const number = v.pipe(v.string(), v.regex(/^-?\d{1,9}$/), v.transform(Number));
export const Paging = v.object({
	page: v.optional(described(number, 'From 1, which is the newest')),
	per_page: v.optional(described(number, 'At most 100; more is cut')),
	limit: v.optional(described(number, 'The same as per_page')),
	skip: v.optional(described(number, 'Counted from the newest; wins over page'))
});
export type Paging = v.InferOutput<typeof Paging>;

/** Names under which schemas stand in the documents. */
export const NAMED: ReadonlyMap<v.GenericSchema, string> = new Map<v.GenericSchema, string>([
	[User, 'User'],
	[Profile, 'Profile'],
	[UserCard, 'UserCard'],
	[Room, 'Room'],
	[RoomDetail, 'RoomDetail'],
	[Message, 'Message'],
	[MessagePage, 'MessagePage'],
	[SearchPage, 'SearchPage'],
	[Failure, 'Error'],
	[MessageResponse, 'MessageResponse']
]);
