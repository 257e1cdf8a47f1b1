/** The keys by which push services know this server (RFC 8292): made at the first start, kept in the database. */
import webPush from 'web-push';
import type { PushStore } from './ports.ts';

const KEY = 'vapid';

export interface Vapid {
	/** base64url; browsers subscribe with it */
	publicKey: string;
	privateKey: string;
}

export function vapidKeys(store: Pick<PushStore, 'setting' | 'setSetting'>): Vapid {
	const kept = store.setting(KEY);
	if (kept) return JSON.parse(kept) as Vapid;
	const made = webPush.generateVAPIDKeys();
	store.setSetting(KEY, JSON.stringify(made));
	return made;
}
