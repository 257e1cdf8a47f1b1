/**
 * The browser has taken back the address at which it takes pushes, or changed it: another one is made, and
 * the server is told. What cannot be done now is done at the next start of the app (complaint 25).
 */
import type { NotificationSettings } from '../db/notification-settings.ts';
import type { PushApi } from '../net/push-api.ts';
import type { PushBrowser } from '../net/push-browser.ts';
import type { PersonId } from '../protocol/ids.ts';
import { LinkError } from '../sync/ports.ts';

export interface RenewParts {
	/** whose device it is; null: nobody's, or the session has ended */
	me: PersonId | null;
	notices: Pick<NotificationSettings, 'read' | 'set'>;
	browser: Pick<PushBrowser, 'permission' | 'subscription' | 'subscribe' | 'unsubscribe'>;
	api: Pick<PushApi, 'state' | 'subscribe'>;
	/** runs something while no page looks after the subscription */
	alone: <A>(work: () => Promise<A>) => Promise<A>;
}

/** Answers whether the server knows where to push to now. Rejects with StoreError, and with DOMException when the push service refuses. */
export function renewSubscription(parts: RenewParts): Promise<boolean> {
	return parts.alone(() => renew(parts));
}

async function renew({ me, notices, browser, api }: RenewParts): Promise<boolean> {
	if (me === null || !(await notices.read(me)).wanted) return false;
	if (browser.permission() !== 'granted') return false;
	try {
		const { key } = await api.state();
		const held = await browser.subscription();
		// Browsers refuse another key beside one that is still subscribed.
		if (held && held.key !== key) await browser.unsubscribe();
		// The browser may have made one already, for the key that it was asked with before.
		const { endpoint, keys } = held?.key === key ? held : await browser.subscribe(key);
		await api.subscribe({ endpoint, keys });
		await notices.set(me, { endpoint });
		return true;
	} catch (error) {
		if (!(error instanceof LinkError)) throw error;
		// What the server was told last holds no more: the next start finds that it has to be told.
		await notices.set(me, { endpoint: null });
		return false;
	}
}
