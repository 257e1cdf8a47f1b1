/** The AsyncAPI 3 document of the Socket.IO events, made of the schemas by which payloads are checked. */
import type * as v from 'valibot';
import { DOWN, type DownEvent } from '../socket/down.ts';
import { UP, type EventName } from '../socket/client-events.ts';
import { namedSchemas, toSchema, type JsonSchema } from './json-schemas.ts';

/** What a client may emit, in words. */
const UP_SAID: Record<EventName | 'ping', string> = {
	join_room:
		'This socket receives the room from now on. Whoever is no member of a public room becomes one; a private room needs its password, once.',
	leave_room: 'This socket no longer receives the room; membership stays.',
	send_message:
		'To a room (room_id), to somebody (receiver_id), or by name (message, room). Text is trimmed and has 1 to 1,000 characters; with message_type "image" or "file" and the file_url of an upload it may be empty.',
	typing_start:
		'You are typing in a room that this socket has joined. Ends by itself after 8 seconds.',
	typing_stop: 'You no longer are.',
	get_online_users: 'Answered with online_users_update.',
	avatar_updated: 'Tells everybody concerned of your picture as it is stored.',
	join: 'Joins a room by its name, general when none is given, and asks for the forms of older clients.',
	typing: 'typing_start and typing_stop for clients that joined by name.',
	ping: 'Answered with pong.'
};

/** What the server emits: to whom, and when. */
const DOWN_SAID: Record<DownEvent, string> = {
	room_joined: 'To you: the room has been joined.',
	joined_room: 'To you: the same, in short.',
	left_room:
		'To you: the room is not received any more; you left, were removed, or it was deleted.',
	user_joined: 'To the others in the room.',
	user_left: 'To the others in the room.',
	new_message:
		'To everybody in the room, you included. Who joined by name gets the short form. After a drop, what was missed comes first.',
	message_edited: 'To everybody in the room.',
	message_deleted: 'To everybody in the room.',
	private_message: 'To all sockets of both persons.',
	typing_update: 'To the others in the room: who types now, without you.',
	typing_indicator_update: 'The same under another name.',
	user_typing: 'To others who joined by name: one person began or ended typing.',
	user_status_update: 'To everybody who shares a room or a friendship with the person.',
	user_online: 'The same, when somebody came online.',
	user_offline: 'The same, when somebody went offline.',
	online_users_update: 'To you: who is online in a room.',
	user_avatar_updated: 'To everybody who shares a room or a friendship with the person.',
	friend_request: 'To you: somebody wants to be your friend.',
	friend_request_accepted: 'To you: your request was accepted.',
	friend_request_rejected: 'To you: your request was rejected.',
	system_message: 'To everybody who joined by name.',
	online_users: 'To everybody who joined by name: who is online in the room.',
	error: 'To you: something that you emitted was refused. The connection stays.',
	pong: 'To you, after ping.'
};

const ABOUT = `The live half of Roost's API: Socket.IO (protocol 5), path \`/socket.io/\`, default namespace, over
WebSocket or long polling. Connect with a token in \`auth.token\`, in an Authorization header, or as the query
parameter \`token\`; without one the connection is refused with the message "unauthorized". Every event may have
a callback: it is given \`{"ok": true, ...}\` or \`{"ok": false, "message"}\`. After a drop, connecting with the
same token puts the socket back into the rooms that it had joined and delivers what it missed.`;

/** Events, their words and schemas; in the order of the documents. */
export function eventsOf(): { name: string; said: string; payload: JsonSchema; up: boolean }[] {
	const payload = (one: v.GenericSchema | undefined, mode: 'input' | 'output'): JsonSchema =>
		one === undefined || one.type === 'undefined' ? { type: 'null' } : toSchema(one, mode);
	const up = Object.entries(UP_SAID).map(([name, said]) => ({
		name,
		said,
		payload:
			name === 'ping' ? payload(undefined, 'input') : payload(UP[name as EventName], 'input'),
		up: true
	}));
	const down = Object.entries(DOWN_SAID).map(([name, said]) => ({
		name,
		said,
		payload: payload(DOWN[name as DownEvent], 'output'),
		up: false
	}));
	return [...up, ...down];
}

/** @param version of the server */
export function asyncApi(version: string): JsonSchema {
	const events = eventsOf();
	// Events of both directions may have one name.
	const key = (event: { name: string; up: boolean }) =>
		`${event.up ? 'client' : 'server'}_${event.name}`;
	const ref = (path: string) => ({ $ref: `#/${path}` });
	const of = (up: boolean) => events.filter((event) => event.up === up);
	const operation = (up: boolean) => ({
		// From the side of the application that the document describes: the server.
		action: up ? 'receive' : 'send',
		channel: ref('channels/events'),
		messages: of(up).map((event) => ref(`channels/events/messages/${key(event)}`))
	});
	return {
		asyncapi: '3.0.0',
		info: { title: 'Roost events', version, description: ABOUT, license: { name: 'MIT' } },
		defaultContentType: 'application/json',
		channels: {
			events: {
				address: '/',
				title: 'The default namespace',
				messages: Object.fromEntries(
					events.map((event) => [key(event), ref(`components/messages/${key(event)}`)])
				)
			}
		},
		operations: { fromClients: operation(true), toClients: operation(false) },
		components: {
			messages: Object.fromEntries(
				events.map((event) => [
					key(event),
					{ name: event.name, title: event.name, summary: event.said, payload: event.payload }
				])
			),
			schemas: namedSchemas()
		}
	};
}
