/**
 * Looks after this browser's push subscription: at every start what the browser has, what the server knows
 * and what the person wants are brought together (complaint 25, PUSH-11).
 */
import type { NotificationSettings } from '../../db/notification-settings.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { PushApi } from '../../net/push-api.ts';
import type { LocalSubscription, PushBrowser } from '../../net/push-browser.ts';
import type { PushState } from '../../protocol/push.ts';
import { LinkError } from '../../sync/ports.ts';

export interface Facts {
	wanted: boolean;
	permission: NotificationPermission;
	local: Pick<LocalSubscription, 'endpoint' | 'key'> | null;
	/** endpoint that the server was told last */
	told: string | null;
	server: PushState;
}

/** What is to be done: make one, make another one, tell the server of it, take it back. */
export type Step = 'nothing' | 'subscribe' | 'renew' | 'tell' | 'withdraw';

/** Pure. */
export function nextStep({ wanted, permission, local, told, server }: Facts): Step {
	if (!wanted || permission !== 'granted') {
		return local || told !== null || server.subscribed ? 'withdraw' : 'nothing';
	}
	if (!local) return 'subscribe';
	// Made for a key that the server has lost: nothing that it sends would be taken.
	if (local.key !== server.key) return 'renew';
	return server.subscribed && told === local.endpoint ? 'nothing' : 'tell';
}

/**
 * How it stands: "off": not wanted or not allowed; "on": pushes come; "later": the server cannot be asked
 * now; "no-service": the browser's push service does not take part, so only open pages tell.
 */
export type PushStanding = 'off' | 'on' | 'later' | 'no-service';

interface Parts {
	me: PersonId;
	browser: PushBrowser;
	api: Pick<PushApi, 'state' | 'subscribe' | 'unsubscribe'>;
	notices: Pick<NotificationSettings, 'read' | 'set'>;
}

/** Brings everything together; answers how it stands then. Rejects with StoreError. */
export async function keepSubscribed({ me, browser, api, notices }: Parts): Promise<PushStanding> {
	async function tell(subscription: LocalSubscription): Promise<void> {
		const { endpoint, keys } = subscription;
		await api.subscribe({ endpoint, keys });
		await notices.set(me, { endpoint });
	}

	async function act(): Promise<PushStanding> {
		const { wanted, endpoint } = await notices.read(me);
		const permission = browser.permission();
		const isDue = wanted && permission === 'granted';
		// What the browser no longer has, nobody can send to: that needs no network.
		if (!isDue) await browser.unsubscribe();
		const local = isDue ? await browser.subscription() : null;
		const server = await api.state();
		switch (nextStep({ wanted, permission, local, told: endpoint, server })) {
			case 'subscribe':
				await tell(await browser.subscribe(server.key));
				break;
			case 'renew':
				await browser.unsubscribe();
				await tell(await browser.subscribe(server.key));
				break;
			case 'tell':
				await tell(local!);
				break;
			case 'withdraw':
				await api.unsubscribe();
				await notices.set(me, { endpoint: null });
		}
		return isDue ? 'on' : 'off';
	}

	try {
		return await act();
	} catch (error) {
		if (error instanceof LinkError) return 'later';
		if (error instanceof DOMException) return 'no-service';
		throw error;
	}
}
