/** The session of this browser: the note in IndexedDB, the endpoints, the other tabs. */
import { forgetRoomList } from '../app/room-list.svelte.ts';
import { forgetKept } from '../../db/account-storage.ts';
import { deleteMediaCaches } from '../../db/cache-names.ts';
import { deviceStore } from '../../db/device.ts';
import { notificationSettings } from '../../db/notification-settings.ts';
import { accountApi } from '../../net/account-api.ts';
import { browserClock, browserRandom } from '../../net/browser.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { AccountSession, type Session } from './session.ts';
import { countUnsent, runAll } from './sign-out-steps.ts';

/** Name of the channel over which tabs tell one another that somebody signed in or out. */
const CHANNEL = 'roost-session';

const quiet = { outdated: () => undefined, deleted: () => undefined };

/** Nothing of an account that is gone is pushed to this browser, or stands on its screen. */
async function forgetNotices(account: PersonId): Promise<void> {
	const notices = notificationSettings();
	if (!(await notices.owns(account))) return;
	await notices.forget(account);
	const registration = await navigator.serviceWorker?.getRegistration();
	const subscription = await registration?.pushManager?.getSubscription();
	await subscription?.unsubscribe();
	for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
	await navigator.clearAppBadge?.();
}

/** Makes the session; call `start` next. */
export function browserSession(onError: (error: unknown) => void): Session {
	const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;
	const session = new AccountSession({
		device: deviceStore(),
		api: accountApi(),
		// The store's library is not needed to see the door.
		async wipe(account) {
			const { deleteAccountData, openShares } = await import('../../db/open.ts');
			await runAll([
				() => deleteAccountData(account),
				() => forgetNotices(account),
				async () => forgetKept(account),
				async () => forgetRoomList(),
				async () => {
					const { canSpool, forgetSpool } = await import('../../db/spool/spool.ts');
					if (canSpool()) await forgetSpool(account);
				},
				() => deleteMediaCaches(),
				async () => {
					const shares = await openShares();
					await shares.forget(account).finally(() => shares.close());
				}
			]);
		},
		kept: async () => (await import('../../db/accounts-on-device.ts')).accountsOnDevice(),
		async unsent(account) {
			const { openOutbox, openShares } = await import('../../db/open.ts');
			return countUnsent(account, {
				openOutbox: () => openOutbox(account, quiet),
				openShares,
				onError
			});
		},
		tabs: {
			tell: () => channel?.postMessage('changed'),
			listen(heard) {
				channel?.addEventListener('message', heard);
				return () => channel?.removeEventListener('message', heard);
			}
		},
		clock: browserClock,
		random: browserRandom,
		onError
	});
	addEventListener('online', () => void session.finishPendingSignOut());
	return session;
}
