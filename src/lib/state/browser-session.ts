/** The session of this browser: the note in IndexedDB, the endpoints, the other tabs. */
import { deleteKeptBytes } from '../db/caches.ts';
import { deviceStore } from '../db/device.ts';
import { noticeStore } from '../db/notices.ts';
import { accountApi } from '../net/account-api.ts';
import { browserClock, browserRandom } from '../net/browser.ts';
import type { PersonId } from '../protocol/ids.ts';
import { createSession, type Session } from './session.ts';
import { countUnsent, runAll } from './sign-out-steps.ts';

/** Name of the channel over which tabs tell one another that somebody signed in or out. */
const CHANNEL = 'roost-session';

const quiet = { outdated: () => undefined, deleted: () => undefined };

/** Nothing of an account that is gone is pushed to this browser, or stands on its screen. */
async function forgetNotices(account: PersonId): Promise<void> {
	const notices = noticeStore();
	if (!(await notices.owns(account))) return;
	await notices.forget(account);
	const registration = await navigator.serviceWorker?.getRegistration();
	const subscription = await registration?.pushManager?.getSubscription();
	await subscription?.unsubscribe();
	for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
	await navigator.clearAppBadge?.();
}

/** Makes the session; call `start` next. */
export function browserSession(report: (fault: unknown) => void): Session {
	const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;
	const session = createSession({
		device: deviceStore(),
		api: accountApi(),
		// The store's library is not needed to see the door.
		async wipe(account) {
			const { deleteAccountData, openShares } = await import('../db/open.ts');
			await runAll([
				() => deleteAccountData(account),
				() => forgetNotices(account),
				() => deleteKeptBytes(),
				async () => {
					const shares = await openShares();
					await shares.forget(account).finally(() => shares.close());
				}
			]);
		},
		kept: async () => (await import('../db/kept.ts')).keptAccounts(),
		async unsent(account) {
			const { openOutbox, openShares } = await import('../db/open.ts');
			return countUnsent(account, {
				openOutbox: () => openOutbox(account, quiet),
				openShares,
				report
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
		report
	});
	addEventListener('online', () => void session.settleDebts());
	return session;
}
