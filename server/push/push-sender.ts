/** Hands one encrypted push to its service, within bounds of time and size, following no redirect (PUSH-2, PUSH-4). */
import { request as httpRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import webPush from 'web-push';
import { areKeys, publicLookup } from './push-endpoint.ts';
import type { Subscription } from './push-store.ts';
import { createSigner, type Vapid } from './vapid.ts';

/** ms an answer may take; bytes of it that are read. */
const WITHIN = 10_000;
const ANSWER_MAX = 4_096;
/** Connections at once, apart from everything else the server does. */
const SOCKETS = 32;
/** Seconds a service keeps what it cannot deliver: a day. */
const TTL = 86_400;

/** How a push ended. */
export type SendResult =
	| { is: 'delivered' }
	/** the subscription is no more */
	| { is: 'gone' }
	/** the payload was too large */
	| { is: 'too-large' }
	/** to be tried after so many ms; null: when it makes sense */
	| { is: 'later'; after: number | null };

interface PushMessage {
	payload: string;
	/** what replaces an earlier push that was not delivered yet; up to 32 letters of base64url */
	topic: string;
	urgency: 'high' | 'normal';
	/** s for which a service keeps what it cannot deliver; absent: a day */
	ttl?: number;
}

export interface PushSender {
	send(to: Subscription, push: PushMessage): Promise<SendResult>;
	close(): void;
}

interface Parts {
	vapid: Vapid;
	/** who may be asked about this server by a push service: an address for mail or a page */
	subject: string;
	/** hosts with port that may also be on this machine or speak http (tests, a service of one's own) */
	trusted: readonly string[];
}

function retryAfter(answer: IncomingMessage): number | null {
	const said = answer.headers['retry-after'];
	if (said === undefined) return null;
	const seconds = Number(said);
	const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(said) - Date.now();
	return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 86_400_000) : null;
}

function meaning(answer: IncomingMessage): SendResult {
	const status = answer.statusCode ?? 0;
	if (status >= 200 && status < 300) return { is: 'delivered' };
	if (status === 404 || status === 410) return { is: 'gone' };
	if (status === 413) return { is: 'too-large' };
	return { is: 'later', after: retryAfter(answer) };
}

export function createPushSender({ vapid, subject, trusted }: Parts): PushSender {
	const sign = createSigner(vapid, subject, Date.now);
	const bounds = { keepAlive: true, maxSockets: SOCKETS, timeout: WITHIN };
	const open = { http: new HttpAgent(bounds), https: new HttpsAgent(bounds) };
	const guarded = new HttpsAgent({ ...bounds, lookup: publicLookup });

	return {
		send({ endpoint, p256dh, auth }, { payload, topic, urgency, ttl = TTL }) {
			// Taken before keys were looked at: nothing can ever be sent there.
			if (!areKeys({ p256dh, auth })) return Promise.resolve({ is: 'gone' });
			const subscription = { endpoint, keys: { p256dh, auth } };
			const details = webPush.generateRequestDetails(subscription, payload, {
				TTL: ttl,
				topic,
				urgency,
				contentEncoding: 'aes128gcm'
			});
			const headers = { ...details.headers, Authorization: sign(endpoint) };
			const url = new URL(endpoint);
			const isTrusted = trusted.includes(url.host);
			const plain = url.protocol === 'http:' && isTrusted;
			const agent = plain ? open.http : isTrusted ? open.https : guarded;
			return new Promise<SendResult>((resolve) => {
				const ask = plain ? httpRequest : httpsRequest;
				const sent = ask(
					url,
					{ method: 'POST', headers, agent, signal: AbortSignal.timeout(WITHIN) },
					(answer) => {
						resolve(meaning(answer));
						let read = 0;
						answer.on('data', (chunk: Buffer) => {
							read += chunk.length;
							if (read > ANSWER_MAX) answer.destroy();
						});
						// The answer is known by its head; how its body ends is nobody's matter.
						answer.on('error', () => undefined);
					}
				);
				// Unreachable, too slow, or an address that is not public: the service is asked again later.
				sent.on('error', () => resolve({ is: 'later', after: null }));
				sent.end(details.body);
			});
		},
		close() {
			for (const agent of [open.http, open.https, guarded]) agent.destroy();
		}
	};
}
