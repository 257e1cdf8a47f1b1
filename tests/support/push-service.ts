/** A push service of our own, and a browser's part: keys, and decrypting by RFC 8291 with nothing but node:crypto. */
import { createDecipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PushNote } from '../../src/lib/protocol/push.ts';
import * as v from 'valibot';

export interface Received {
	path: string;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

export interface PushService {
	/** as PUSH_HOSTS wants it */
	host: string;
	received: Received[];
	/** Answers the next requests so, in order; 201 when nothing is said. */
	answer(...answers: { status: number; headers?: Record<string, string> }[]): void;
	/** Resolves once so many have come. */
	until(count: number): Promise<void>;
	stop(): Promise<void>;
}

export async function startPushService(): Promise<PushService> {
	const received: Received[] = [];
	const answers: { status: number; headers?: Record<string, string> }[] = [];
	const waiting = new Set<() => void>();
	const server: Server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			const { url = '', headers } = request;
			received.push({ path: url, headers, body: Buffer.concat(parts) });
			const { status, headers: more } = answers.shift() ?? { status: 201 };
			response.writeHead(status, more).end();
			for (const look of waiting) look();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		answer: (...more) => void answers.push(...more),
		until: (count) =>
			new Promise((resolve, reject) => {
				const look = () => {
					if (received.length < count) return;
					clearTimeout(late);
					waiting.delete(look);
					resolve();
				};
				const late = setTimeout(() => {
					waiting.delete(look);
					reject(new Error(`${received.length} pushes came, not ${count}`));
				}, 30_000);
				waiting.add(look);
				look();
			}),
		stop: () => {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(() => resolve()));
		}
	};
}

/** What a browser keeps of a subscription. */
export interface Subscriber {
	keys: { p256dh: string; auth: string };
	/** The note in an encrypted body. */
	open(body: Buffer): PushNote;
}

const hkdf = (secret: Buffer, salt: Buffer, info: Buffer, length: number) =>
	Buffer.from(hkdfSync('sha256', secret, salt, info, length));

export function subscriber(): Subscriber {
	const ecdh: ECDH = createECDH('prime256v1');
	const publicKey = ecdh.generateKeys();
	const auth = randomBytes(16);
	return {
		keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
		open(body) {
			// RFC 8188: salt (16), record size (4), length of the key id (1), the sender's public key.
			const salt = body.subarray(0, 16);
			const length = body.readUInt8(20);
			const sender = body.subarray(21, 21 + length);
			const sealed = body.subarray(21 + length);
			const shared = ecdh.computeSecret(sender);
			const label = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]);
			const secret = hkdf(shared, auth, label, 32);
			const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
			const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
			const decipher = createDecipheriv('aes-128-gcm', key, nonce);
			decipher.setAuthTag(sealed.subarray(-16));
			const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
			const text = padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
			return v.parse(PushNote, JSON.parse(text));
		}
	};
}
