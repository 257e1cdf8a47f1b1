/** Somebody who uses a running server over its real doors: an account, a cookie, sockets. */
import { randomBytes } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { isRefused, type RequestName, type Requests } from '../../src/lib/protocol/events.ts';
import { APP_NAMESPACE, type DownEvents } from '../../src/lib/protocol/events.ts';
import { DEVICE_HEADER, VERSION_HEADER, type Account } from '../../src/lib/protocol/http.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import type { Refusal } from '../../src/lib/protocol/refusal.ts';
import { PROTOCOL_VERSION } from '../../src/lib/protocol/version.ts';
import type { TestServer } from './server.ts';

type Where = Pick<TestServer, 'origin' | 'port'>;
type Headers = Record<string, string>;

/** Good enough for every server of the tests. */
export const PASSWORD = 'correct horse battery';

export const newId = (): string => uuid7(Date.now(), randomBytes(10));

/** An answer over HTTP. */
export interface Answered {
	status: number;
	headers: globalThis.Headers;
	/** the JSON, whatever it is */
	body: unknown;
	/** the refusal in it, if it is one */
	refused: Refusal | null;
}

export interface AskOptions {
	method?: string;
	/** sent as JSON unless it is a string */
	body?: unknown;
	headers?: Headers;
}

/** Asks as a page of the server's own origin would. */
export async function ask(
	server: Where,
	path: string,
	options: AskOptions = {}
): Promise<Answered> {
	const { body } = options;
	const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
	const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
		method: options.method ?? (body === undefined ? 'GET' : 'POST'),
		headers: {
			origin: server.origin,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			...options.headers
		},
		...(text === undefined ? {} : { body: text })
	});
	const said: unknown = JSON.parse((await response.text()) || 'null');
	const refused = isRefused(said) ? said.refused : null;
	return { status: response.status, headers: response.headers, body: said, refused };
}

/** The name=value part of the cookie that an answer sets. */
export function cookieOf(answer: Answered): string {
	return (answer.headers.get('set-cookie') ?? '').split(';')[0]!;
}

/** One connection of a device; what the server says by itself is collected. */
export interface TestLink {
	socket: Socket;
	frames: Parameters<DownEvents['frame']>[0][];
	presence: Parameters<DownEvents['presence']>[0][];
	typing: Parameters<DownEvents['typing']>[0][];
	disconnectReasons: Parameters<DownEvents['disconnectReason']>[0][];
	rings: Parameters<DownEvents['ring']>[0][];
	unrings: Parameters<DownEvents['unring']>[0][];
	callStates: Parameters<DownEvents['callState']>[0][];
	signals: Parameters<DownEvents['signal']>[0][];
	request<N extends RequestName>(name: N, ask: Requests[N]['ask']): Promise<Requests[N]['answer']>;
	/** Asks and hands over whatever is answered, refusals too. */
	emit(name: string, ask: unknown): Promise<unknown>;
	/** Resolves when `is` is true, looking again at every event; rejects after `within` ms. */
	until(is: () => boolean, within?: number): Promise<void>;
	closed: Promise<string>;
	close(): void;
}

export interface LinkOptions {
	origin?: string;
	cookie?: string;
	version?: number;
	device?: string;
	/** whom the device takes itself to be */
	person?: string;
	transports?: string[];
}

/** A link was refused in the handshake. */
export class LinkRefused extends Error {
	readonly refused: Refusal | undefined;
	constructor(message: string, refused: Refusal | undefined) {
		super(message);
		this.refused = refused;
	}
}

/** Opens a socket as a browser would; rejects with LinkRefused. */
export async function openLink(server: Where, options: LinkOptions): Promise<TestLink> {
	const headers = {
		...(options.origin === undefined ? {} : { origin: options.origin }),
		...(options.cookie === undefined ? {} : { cookie: options.cookie })
	};
	const socket = io(`http://127.0.0.1:${server.port}${APP_NAMESPACE}`, {
		transports: options.transports ?? ['websocket'],
		reconnection: false,
		forceNew: true,
		extraHeaders: headers,
		auth: {
			v: options.version ?? PROTOCOL_VERSION,
			device: options.device ?? newId(),
			...(options.person === undefined ? {} : { person: options.person })
		}
	});
	const link = collect(socket);
	await new Promise<void>((resolve, reject) => {
		socket.once('connect', resolve);
		socket.once('connect_error', (fault: Error & { data?: { refused?: Refusal } }) => {
			reject(new LinkRefused(fault.message, fault.data?.refused));
			socket.close();
		});
		// A line that dies between its opening and the namespace's answer is no connect_error; a refusal
		// is told just after the line was closed.
		socket.io.once('close', (why) => {
			queueMicrotask(() => reject(new LinkRefused(why, undefined)));
		});
	});
	return link;
}

function collect(socket: Socket): TestLink {
	const waiting = new Set<() => void>();
	const look = () => {
		for (const check of waiting) check();
	};
	const link: TestLink = {
		socket,
		frames: [],
		presence: [],
		typing: [],
		disconnectReasons: [],
		rings: [],
		unrings: [],
		callStates: [],
		signals: [],
		async request(name, said) {
			const answer = await link.emit(name, said);
			if (isRefused(answer)) throw new LinkRefused(answer.refused.code, answer.refused);
			return answer as Requests[typeof name]['answer'];
		},
		emit: (name, said) => socket.timeout(20_000).emitWithAck(name, said) as Promise<unknown>,
		until: (is, within = 10_000) =>
			new Promise((resolve, reject) => {
				const check = () => {
					if (!is()) return;
					clearTimeout(limit);
					waiting.delete(check);
					resolve();
				};
				const limit = setTimeout(() => {
					waiting.delete(check);
					reject(new Error(`waited ${within} ms for: ${is.toString()}`));
				}, within);
				waiting.add(check);
				check();
			}),
		closed: new Promise((resolve) => socket.once('disconnect', (why) => resolve(why))),
		close: () => void socket.close()
	};
	socket.on('frame', (frame) => void (link.frames.push(frame), look()));
	socket.on('presence', (note) => void (link.presence.push(note), look()));
	socket.on('typing', (note) => void (link.typing.push(note), look()));
	socket.on('disconnectReason', (note) => void (link.disconnectReasons.push(note), look()));
	socket.on('ring', (note) => void (link.rings.push(note), look()));
	socket.on('unring', (note) => void (link.unrings.push(note), look()));
	socket.on('callState', (note) => void (link.callStates.push(note), look()));
	socket.on('signal', (note) => void (link.signals.push(note), look()));
	socket.on('disconnect', look);
	return link;
}

/** A person with an account. */
export interface Person {
	name: string;
	id: string;
	cookie: string;
	device: string;
	ask(path: string, options?: AskOptions): Promise<Answered>;
	/** A sync request over HTTP. */
	sync(name: string, body: unknown, headers?: Headers): Promise<Answered>;
	link(options?: LinkOptions): Promise<TestLink>;
}

/** Uses an account that is signed in. */
export function personWith(server: Where, name: string, id: string, cookie: string): Person {
	const device = newId();
	const asked = (path: string, options: AskOptions = {}) =>
		ask(server, path, { ...options, headers: { cookie, ...options.headers } });
	return {
		name,
		id,
		cookie,
		device,
		ask: asked,
		sync: (request, body, headers) =>
			asked(`/api/sync/${request}`, {
				body,
				headers: { [VERSION_HEADER]: String(PROTOCOL_VERSION), [DEVICE_HEADER]: device, ...headers }
			}),
		link: (options) => openLink(server, { origin: server.origin, cookie, device, ...options })
	};
}

/** Makes an account. */
export async function register(server: Where, name: string): Promise<Person> {
	const made = await ask(server, '/api/account/register', {
		body: { name, email: `${name}@example.org`, password: PASSWORD }
	});
	if (made.status !== 200) throw new Error(`register ${name}: ${JSON.stringify(made.body)}`);
	return personWith(server, name, (made.body as Account).person.id, cookieOf(made));
}

/** The act of posting a message. */
export const post = (room: string, body: string) =>
	({ kind: 'message.post', id: newId(), at: Date.now(), room, body }) as const;

/** The room `general`, as the server answers when asked for the heads. */
export async function generalOf(link: TestLink): Promise<string> {
	const { heads } = await link.request('heads', {});
	const room = Object.entries(heads).find(([, [, , kind]]) => kind === 'room');
	if (!room) throw new Error('no room');
	return room[0];
}
