/**
 * A small typed client of the compatible API, for bots and scripts: calls over HTTP, events over
 * Socket.IO. It reconnects by itself; the server then puts it back into its rooms and delivers what it
 * missed. Everything else that the API can do is at /docs and /redoc of your server.
 */
import { io, type Socket } from 'socket.io-client';
import type * as v from 'valibot';
import type { Message, MessagePage, Room, RoomDetail, User } from '../server/compat/serializers.ts';
import type { DOWN, DownEvent } from '../server/compat/socket/down.ts';

export type { Message, MessagePage, Room, RoomDetail, User };
/** What comes with an event. */
export type Heard<E extends DownEvent> = v.InferOutput<(typeof DOWN)[E]>;

/** The server said no; `status` is that of the HTTP answer, the message is for people. */
export class BotError extends Error {
	readonly status: number;
	constructor(status: number, message: string) {
		super(message);
		this.name = 'BotError';
		this.status = status;
	}
}

export interface BotOptions {
	/** address of the server, such as https://chat.example.org */
	url: string;
	/** made in the app's settings, or the answer to a sign-in */
	token: string;
}

export interface Bot {
	/** the account that the token belongs to */
	me: User;
	/** Rooms that the bot is in, and all others. */
	rooms(): Promise<{ mine: Room[]; others: Room[] }>;
	/** Receives a room from now on; by number. A private one needs its password, once. */
	join(room: number, password?: string): Promise<Heard<'room_joined'>>;
	leave(room: number): Promise<void>;
	say(room: number, text: string): Promise<Message>;
	/** Page 1 is the newest; inside a page the oldest message comes first. */
	history(room: number, page?: number): Promise<MessagePage>;
	on<E extends DownEvent>(event: E, heard: (sent: Heard<E>) => void): void;
	/** Any other call of the API. Rejects with BotError. @param path such as "/api/users/online" */
	call<A = unknown>(method: string, path: string, body?: unknown): Promise<A>;
	close(): void;
}

/** ms after which an event without an answer is given up. */
const ANSWER_WITHIN = 20_000;

interface Acked {
	ok: boolean;
	message?: unknown;
}

/** Connects a bot. Rejects with BotError when the token is not good. */
export async function connectBot({ url, token }: BotOptions): Promise<Bot> {
	async function call<A>(method: string, path: string, body?: unknown): Promise<A> {
		const response = await fetch(new URL(path, url), {
			method,
			headers: {
				authorization: `Bearer ${token}`,
				...(body === undefined ? {} : { 'content-type': 'application/json' })
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) })
		});
		const answer = (await response.json()) as { detail?: string };
		if (!response.ok) throw new BotError(response.status, answer.detail ?? response.statusText);
		return answer as A;
	}

	const me = await call<User>('GET', '/api/auth/me');
	const socket: Socket = io(url, { auth: { token } });
	await new Promise<void>((resolve, reject) => {
		socket.once('connect', resolve);
		socket.once('connect_error', (fault) => {
			if (fault.message === 'unauthorized') reject(new BotError(401, fault.message));
		});
	});

	async function ask<A>(event: string, sent: object): Promise<A> {
		const answer = (await socket.timeout(ANSWER_WITHIN).emitWithAck(event, sent)) as Acked;
		if (!answer.ok) throw new BotError(400, String(answer.message));
		return answer as A;
	}

	return {
		me,
		call,
		async rooms() {
			const lists = await call<{ user_rooms: Room[]; available_rooms: Room[] }>(
				'GET',
				'/api/rooms/'
			);
			return { mine: lists.user_rooms, others: lists.available_rooms };
		},
		join: (room, password) =>
			ask('join_room', { room_id: room, ...(password === undefined ? {} : { password }) }),
		async leave(room) {
			await ask('leave_room', { room_id: room });
		},
		say: (room, text) => call('POST', '/api/messages/', { room_id: room, content: text }),
		history: (room, page = 1) => call('GET', `/api/messages/${room}?page=${page}`),
		on(event, heard) {
			socket.on(event as string, heard);
		},
		close: () => void socket.close()
	};
}
