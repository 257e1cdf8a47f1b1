/** A program that knows nothing but the compatible API: fetch, a token, and Socket.IO. */
import { io, type Socket } from 'socket.io-client';
import type { TestServer } from './server.ts';

export const PROGRAM_PASSWORD = 'correct horse battery';

type Where = Pick<TestServer, 'port'>;
// What comes back is looked at by the tests; whether it is what was promised is theirs to say.
export type Json = ReturnType<typeof JSON.parse>;

export interface Reply {
	status: number;
	headers: Headers;
	body: Json;
}

export interface CallOptions {
	method?: string;
	/** sent as JSON unless it is a string, a form or bytes */
	body?: unknown;
	headers?: Record<string, string>;
	token?: string;
}

/** Calls as a program without cookies and without an origin would. */
export async function call(
	server: Where,
	path: string,
	{ method, body, headers = {}, token }: CallOptions = {}
): Promise<Reply> {
	const isRaw =
		body === undefined ||
		typeof body === 'string' ||
		body instanceof FormData ||
		body instanceof URLSearchParams;
	const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
		method: method ?? (body === undefined ? 'GET' : 'POST'),
		headers: {
			...(isRaw ? {} : { 'content-type': 'application/json' }),
			...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
			...headers
		},
		...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
		redirect: 'manual'
	});
	const text = await response.text();
	const isJson = /json/.test(response.headers.get('content-type') ?? '');
	return {
		status: response.status,
		headers: response.headers,
		body: isJson ? JSON.parse(text) : text
	};
}

/** A socket that writes down everything it hears. */
export interface Ear {
	socket: Socket;
	/** events in the order in which they came */
	heard: { event: string; sent: Json }[];
	/** payloads of one event */
	of(event: string): Json[];
	/** Resolves with the first payload of the event, past or to come, that is as wanted. */
	hear(event: string, is?: (sent: Json) => boolean, within?: number): Promise<Json>;
	/** Emits, and resolves with what the callback is given. */
	ask(event: string, ...sent: unknown[]): Promise<Json>;
	/** Resolves when everything that was sent to this socket before has come. */
	settled(): Promise<void>;
	closed: Promise<string>;
	close(): void;
}

export interface ConnectOptions {
	auth?: Record<string, unknown>;
	query?: Record<string, string>;
	headers?: Record<string, string>;
	transports?: string[];
}

/** Opens a socket; rejects with the connect error. */
export async function connect(server: Where, options: ConnectOptions): Promise<Ear> {
	const socket = io(`http://127.0.0.1:${server.port}`, {
		transports: options.transports ?? ['websocket'],
		reconnection: false,
		forceNew: true,
		auth: options.auth ?? {},
		query: options.query ?? {},
		extraHeaders: options.headers ?? {}
	});
	const ear = listen(socket);
	await new Promise<void>((resolve, reject) => {
		socket.once('connect', resolve);
		socket.once('connect_error', (fault) => {
			socket.close();
			reject(fault);
		});
	});
	return ear;
}

/**
 * Cuts the line of a socket, as a network does it: the client does not say goodbye. Over WebSocket it is cut by what no
 * line may carry: then the server was the first to hear of it, and knows when this resolves.
 */
export async function drop({ socket, closed }: Ear): Promise<void> {
	const { engine } = socket.io;
	const { ws } = engine.transport as unknown as { ws?: { send(raw: string): void } };
	if (ws) ws.send('9');
	else engine.close();
	await closed;
}

function listen(socket: Socket): Ear {
	const waiting = new Set<() => void>();
	const ear: Ear = {
		socket,
		heard: [],
		of: (event) => ear.heard.filter((one) => one.event === event).map((one) => one.sent),
		hear: (event, is = () => true, within = 20_000) =>
			new Promise((resolve, reject) => {
				const check = () => {
					const found = ear.heard.find((one) => one.event === event && is(one.sent));
					if (!found) return;
					clearTimeout(limit);
					waiting.delete(check);
					resolve(found.sent);
				};
				const limit = setTimeout(() => {
					waiting.delete(check);
					const names = ear.heard.map((one) => one.event).join(', ');
					reject(new Error(`no ${event} within ${within} ms, but: ${names}`));
				}, within);
				waiting.add(check);
				check();
			}),
		ask: (event, ...sent) => socket.timeout(10_000).emitWithAck(event, ...sent) as Promise<Json>,
		settled: () => ear.ask('ping').then(() => undefined),
		closed: new Promise((resolve) => socket.once('disconnect', (why) => resolve(why))),
		close: () => void socket.close()
	};
	socket.onAny((event: string, sent: Json) => {
		ear.heard.push({ event, sent });
		for (const check of waiting) check();
	});
	return ear;
}

/** Somebody with an account, as this API knows people. */
export interface Program {
	id: number;
	name: string;
	token: string;
	call(path: string, options?: CallOptions): Promise<Reply>;
	get(path: string): Promise<Json>;
	post(path: string, body?: unknown): Promise<Json>;
	connect(options?: ConnectOptions): Promise<Ear>;
	/** Makes a room; answers it. */
	room(name: string, password?: string): Promise<Json>;
}

let count = 0;
/** A name that nothing else has. */
export const unique = (stem: string): string => `${stem}_${++count}`;

/** Whoever has this token. */
export function programWith(server: Where, id: number, name: string, token: string): Program {
	const called = (path: string, options: CallOptions = {}) =>
		call(server, path, { token, ...options });
	async function good(path: string, options: CallOptions): Promise<Json> {
		const { status, body } = await called(path, options);
		if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
		return body;
	}
	const program: Program = {
		id,
		name,
		token,
		call: called,
		get: (path) => good(path, {}),
		post: (path, body = {}) => good(path, { body }),
		connect: (options) => connect(server, { auth: { token }, ...options }),
		room: (room, password) =>
			program.post('/api/rooms/', {
				name: room,
				is_private: password !== undefined,
				...(password === undefined ? {} : { password })
			})
	};
	return program;
}

/** Makes an account over the API. */
export async function program(server: Where, stem = 'bot'): Promise<Program> {
	const username = unique(stem);
	const email = `${username}@example.org`;
	const { status, body } = await call(server, '/api/auth/register', {
		body: { username, email, password: PROGRAM_PASSWORD }
	});
	if (status !== 200) throw new Error(`register: ${status} ${JSON.stringify(body)}`);
	return programWith(server, body.id, username, body.token);
}
