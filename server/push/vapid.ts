/** The keys by which push services know this server (RFC 8292): made at the first start, kept in the database. */
import webPush from 'web-push';
import type { PushStore } from './push-store.ts';

const KEY = 'vapid';
/** ms for which a signature is used again; it is good for twelve hours (RFC 8292 allows 24). */
const USED_FOR = 6 * 3_600_000;
/** Services whose signature is kept: some of them give every browser a host of its own. */
const KEPT = 200;

export interface Vapid {
	/** base64url; browsers subscribe with it */
	publicKey: string;
	privateKey: string;
}

/** The keys from the database; made at the first call. */
export async function vapidKeys(
	store: Pick<PushStore, 'setting' | 'ensureSetting'>
): Promise<Vapid> {
	const kept = await store.setting(KEY);
	if (kept) return JSON.parse(kept) as Vapid;
	// Another server may make some at the same moment: those that are kept count.
	const made = await store.ensureSetting(KEY, JSON.stringify(webPush.generateVAPIDKeys()));
	return JSON.parse(made) as Vapid;
}

/**
 * Signs in at push services: once for each, and anew after some hours, because signing costs as much as all else
 * about a push.
 * @param subject who may be asked about this server: an address for mail or a page
 * @param now ms
 */
export function createSigner(
	{ publicKey, privateKey }: Vapid,
	subject: string,
	now: () => number
): (endpoint: string) => string {
	const kept = new Map<string, { header: string; until: number }>();

	return (endpoint) => {
		const { origin } = new URL(endpoint);
		const known = kept.get(origin);
		if (known && known.until > now()) return known.header;
		const made = webPush.getVapidHeaders(origin, subject, publicKey, privateKey, 'aes128gcm');
		// In the order of their making: the oldest one makes room.
		kept.delete(origin);
		if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
		kept.set(origin, { header: made.Authorization, until: now() + USED_FOR });
		return made.Authorization;
	};
}
