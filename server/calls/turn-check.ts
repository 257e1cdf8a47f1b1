/** Tries the configured relay as a browser would (RFC 8656): an allocation, which is given back at once. */
import { createSocket } from 'node:dgram';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { turnCredential, type RelayConfig } from './turn.ts';

/** What is wrong with a relay: it does not answer, it is none, it does not take our credentials, it has no more to give. */
type RelayFault = 'silent' | 'no-relay' | 'refused' | 'full';

/** How a relay does: its address, and what is wrong with it; null: nothing. */
export interface RelayState {
	url: string;
	fault: RelayFault | null;
}

/** ms in which an answer has to come. */
const WITHIN = 3_000;
/** s for which the credential of a try holds. */
const TRY_TTL = 60;

const MAGIC = 0x2112a442;
const ALLOCATE = 0x003;
const REFRESH = 0x004;
const ATTRIBUTE = {
	username: 0x06,
	integrity: 0x08,
	error: 0x09,
	lifetime: 0x0d,
	realm: 0x14,
	nonce: 0x15,
	transport: 0x19
};
const UNAUTHORIZED = 401;
const QUOTA_REACHED = 486;
const INSUFFICIENT_CAPACITY = 508;

function attribute(type: number, value: Buffer): Buffer {
	const head = Buffer.alloc(4);
	head.writeUInt16BE(type, 0);
	head.writeUInt16BE(value.length, 2);
	return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
}

/** Key of what is signed, and what goes with it. */
interface Credentials {
	key: Buffer;
	attributes: Buffer[];
}

/** A request; signed once the relay has said for which realm. */
function message(type: number, attributes: Buffer[], signed: Credentials | null): Buffer {
	let body = Buffer.concat([...attributes, ...(signed?.attributes ?? [])]);
	const head = Buffer.alloc(20);
	head.writeUInt16BE(type, 0);
	head.writeUInt32BE(MAGIC, 4);
	randomBytes(12).copy(head, 8);
	if (signed) {
		// The length that is signed counts the signature.
		head.writeUInt16BE(body.length + 24, 2);
		const hash = createHmac('sha1', signed.key)
			.update(Buffer.concat([head, body]))
			.digest();
		body = Buffer.concat([body, attribute(ATTRIBUTE.integrity, hash)]);
	}
	head.writeUInt16BE(body.length, 2);
	return Buffer.concat([head, body]);
}

interface Answer {
	/** 0: granted */
	error: number;
	attributes: Map<number, Buffer>;
}

/** The answer to a request; null when it is none. */
function answerTo(request: Buffer, bytes: Buffer): Answer | null {
	if (bytes.length < 20 || bytes.readUInt32BE(4) !== MAGIC) return null;
	if (!bytes.subarray(8, 20).equals(request.subarray(8, 20))) return null;
	const attributes = new Map<number, Buffer>();
	for (let at = 20; at + 4 <= bytes.length;) {
		const length = bytes.readUInt16BE(at + 2);
		attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
		at += 4 + length + (-length & 3);
	}
	const error = attributes.get(ATTRIBUTE.error);
	const code = error && error.length >= 4 ? (error[2]! & 7) * 100 + error[3]! : 0;
	return { error: code, attributes };
}

/** A way to a relay. */
interface Way {
	/** The answer to a request; null when none came in time. */
	ask(request: Buffer): Promise<Answer | null>;
	close(): void;
}

/** @param send hands bytes over @param listen calls back with what came, null when nothing can come any more */
function way(
	send: (bytes: Buffer) => void,
	listen: (heard: (bytes: Buffer | null) => void) => void,
	close: () => void
): Way {
	let heard: (bytes: Buffer | null) => void = () => undefined;
	let isOver = false;
	listen((bytes) => {
		isOver ||= bytes === null;
		heard(bytes);
	});
	return {
		ask: (request) =>
			new Promise((resolve) => {
				const limit = setTimeout(() => resolve(null), WITHIN);
				heard = (bytes) => {
					const answer = bytes && answerTo(request, bytes);
					if (bytes && !answer) return;
					clearTimeout(limit);
					resolve(answer);
				};
				if (isOver) heard(null);
				else send(request);
			}),
		close
	};
}

interface Place {
	host: string;
	port: number;
	over: 'udp' | 'tcp' | 'tls';
}

/** Where an address of a relay leads (RFC 7065). */
function placeOf(url: string): Place {
	const [, secure, host, port, transport] =
		/^turn(s?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/i.exec(url)!;
	const over = secure ? 'tls' : transport?.toLowerCase() === 'tcp' ? 'tcp' : 'udp';
	const usual = secure ? 5349 : 3478;
	return { host: host!.replace(/^\[|\]$/g, ''), port: port ? Number(port) : usual, over };
}

function open({ host, port, over }: Place): Way {
	if (over === 'udp') {
		const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
		return way(
			// What cannot be sent is not answered either.
			(bytes) => socket.send(bytes, port, host, () => undefined),
			(heard) => socket.on('message', heard).on('error', () => heard(null)),
			() => socket.close()
		);
	}
	const line =
		over === 'tls'
			? connectTls({ host, port, servername: host, timeout: WITHIN })
			: connectTcp({ host, port, timeout: WITHIN });
	return way(
		(bytes) => line.write(bytes),
		// An answer is far smaller than what a line carries at once.
		(heard) =>
			line
				.on('data', heard)
				.on('error', () => heard(null))
				.on('close', () => heard(null)),
		() => line.destroy()
	);
}

function faultIn(answer: Answer | null): RelayFault | null {
	if (!answer) return 'silent';
	if (answer.error === 0) return null;
	if (answer.error === UNAUTHORIZED) return 'refused';
	const isFull = answer.error === QUOTA_REACHED || answer.error === INSUFFICIENT_CAPACITY;
	return isFull ? 'full' : 'no-relay';
}

/** Tries one relay. @param now ms */
async function tryRelay(url: string, secret: string, now: number): Promise<RelayFault | null> {
	const relay = open(placeOf(url));
	try {
		const transport = attribute(ATTRIBUTE.transport, Buffer.from([17, 0, 0, 0]));
		const first = await relay.ask(message(ALLOCATE, [transport], null));
		if (!first) return 'silent';
		const realm = first.attributes.get(ATTRIBUTE.realm);
		const nonce = first.attributes.get(ATTRIBUTE.nonce);
		if (first.error !== UNAUTHORIZED || !realm || !nonce) return 'no-relay';
		const expires = Math.floor(now / 1_000) + TRY_TTL;
		const { username, credential } = turnCredential(secret, 'this server', expires);
		const key = createHash('md5').update(`${username}:${realm}:${credential}`).digest();
		const attributes = [
			attribute(ATTRIBUTE.username, Buffer.from(username)),
			attribute(ATTRIBUTE.realm, realm),
			attribute(ATTRIBUTE.nonce, nonce)
		];
		const signed = { key, attributes };
		const fault = faultIn(await relay.ask(message(ALLOCATE, [transport], signed)));
		if (fault) return fault;
		await relay.ask(message(REFRESH, [attribute(ATTRIBUTE.lifetime, Buffer.alloc(4))], signed));
		return null;
	} finally {
		relay.close();
	}
}

/** How the relay does: the first of its addresses at which something is wrong; null: there is none. @param now ms */
export async function checkRelay(
	{ turn }: Pick<RelayConfig, 'turn'>,
	now: number
): Promise<RelayState | null> {
	if (!turn) return null;
	for (const url of turn.urls) {
		const fault = await tryRelay(url, turn.secret, now);
		if (fault) return { url, fault };
	}
	return { url: turn.urls[0]!, fault: null };
}

/** ms for which a relay is not tried again. */
const TRIED_FOR = 300_000;

/**
 * Tries the relay at once, and again when somebody asks long after.
 * @returns `look` waits for what a try comes to, `known` answers what the last one came to; null: nothing is known, or there is none
 */
export function watchRelay(
	config: Pick<RelayConfig, 'turn'>,
	now: () => number,
	onError: (error: unknown) => void
): { look: () => Promise<RelayState | null>; known: () => RelayState | null } {
	let tried: { at: number; state: Promise<RelayState | null> } | null = null;
	let last: RelayState | null = null;
	async function look(): Promise<RelayState | null> {
		if (!tried || now() - tried.at >= TRIED_FOR) {
			tried = { at: now(), state: checkRelay(config, now()) };
		}
		return (last = await tried.state);
	}
	look().catch(onError);
	return {
		look,
		known() {
			look().catch(onError);
			return last;
		}
	};
}

const SENTENCES: Record<RelayFault, string> = {
	silent: 'does not answer: is the relay running, and is its port open?',
	'no-relay': 'answers, but not as a relay with use-auth-secret does.',
	refused:
		'does not take our credentials: TURN_SECRET has to be its static-auth-secret, and both clocks right.',
	full: 'has nothing left to give: its quota is used up.'
};

/** What to tell whoever runs the server, in one sentence. */
export const relaySentence = ({ url, fault }: RelayState): string =>
	fault === null ? 'works' : `${url} ${SENTENCES[fault]}`;
