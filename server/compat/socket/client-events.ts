/** What clients may emit: event -> its payload, for the handlers, the documents and the tests (compat-api, section 5). */
import * as v from 'valibot';
import { ApiError } from '../errors.ts';
import { read } from '../http/endpoint.ts';
import { MessageParts } from '../messages.ts';
import { idOrText } from '../schemas.ts';

const short = v.pipe(v.string(), v.maxLength(1_024));
const roomName = v.optional(v.nullable(short));
const text = v.pipe(v.string(), v.maxLength(100_000));

/** Event -> its payload. */
export const UP = {
	join_room: v.object({ room_id: idOrText, password: v.optional(v.nullable(short)) }),
	leave_room: v.union([v.object({ room_id: idOrText }), v.object({ room: short })]),
	send_message: v.union(
		[
			v.object({ room_id: idOrText, ...MessageParts }),
			v.object({ receiver_id: idOrText, ...MessageParts }),
			v.object({ message: text, room: roomName })
		],
		'room_id, receiver_id or message is missing, or of the wrong type'
	),
	typing_start: v.object({ room_id: idOrText }),
	typing_stop: v.object({ room_id: idOrText }),
	get_online_users: v.object({ room_id: idOrText }),
	avatar_updated: v.nullish(v.unknown()),
	join: v.object({ username: v.optional(v.nullable(short)), room: roomName }),
	typing: v.object({ is_typing: v.optional(v.boolean(), true), room: roomName })
} as const;
export type EventName = keyof typeof UP;

/** Reads a payload; rejects with ApiError in words for people. */
export function readEvent<E extends EventName>(
	name: E,
	raw: unknown
): v.InferOutput<(typeof UP)[E]> {
	if (
		name !== 'avatar_updated' &&
		(typeof raw !== 'object' || raw === null || Array.isArray(raw))
	) {
		throw new ApiError(422, `${name} needs an object.`);
	}
	return read(UP[name], raw);
}
