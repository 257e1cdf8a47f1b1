/** The browser's push manager, as pages and the worker use it. */
import type { SubscriptionBody } from '../protocol/push.ts';

/** A subscription of the browser. */
export interface LocalSubscription extends SubscriptionBody {
	/** the server's key that it was made for, base64url */
	key: string;
}

/** `subscribe` rejects with DOMException when the push service refuses or is not reached. */
export interface PushBrowser {
	permission(): NotificationPermission;
	subscription(): Promise<LocalSubscription | null>;
	subscribe(key: string): Promise<LocalSubscription>;
	unsubscribe(): Promise<void>;
}

/**
 * Runs something while no other page, nor the worker, looks after the subscription: one after the other
 * they would take it from each other.
 */
export function aloneWithPush<A>(work: () => Promise<A>): Promise<A> {
	return navigator.locks ? navigator.locks.request('roost-push', work) : work();
}

/** ms for the push service; one that is blocked may never answer. */
const SUBSCRIBE_WITHIN = 20_000;

function late(): Promise<never> {
	return new Promise((_resolve, reject) => {
		const timeout = new DOMException('the push service does not answer', 'TimeoutError');
		setTimeout(() => reject(timeout), SUBSCRIBE_WITHIN);
	});
}

function base64url(bytes: ArrayBuffer | null): string {
	const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
	return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const read = (made: PushSubscription): LocalSubscription => ({
	endpoint: made.endpoint,
	keys: { p256dh: base64url(made.getKey('p256dh')), auth: base64url(made.getKey('auth')) },
	key: base64url(made.options.applicationServerKey)
});

/** @param registration the service worker's; null: there is none, and nothing can be subscribed */
export function pushBrowser(
	registration: () => Promise<Pick<ServiceWorkerRegistration, 'pushManager'> | null>
): PushBrowser {
	const manager = async (): Promise<PushManager | null> =>
		// Absent in browsers (and private windows) without push.
		(await registration())?.pushManager ?? null;
	return {
		permission: () => Notification.permission,
		async subscription() {
			const made = await (await manager())?.getSubscription();
			return made ? read(made) : null;
		},
		async subscribe(key) {
			const push = await manager();
			if (!push) throw new DOMException('no push', 'NotSupportedError');
			const options = { userVisibleOnly: true, applicationServerKey: key };
			return read(await Promise.race([push.subscribe(options), late()]));
		},
		async unsubscribe() {
			const made = await (await manager())?.getSubscription();
			await made?.unsubscribe();
		}
	};
}
