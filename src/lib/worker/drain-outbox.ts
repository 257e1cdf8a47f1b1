/**
 * Background sync: what is queued is sent without a page. The same engine, the same lock, the same
 * databases; a worker leans on no page.
 */
import { deviceStore } from '../db/device.ts';
import { openAccount } from '../db/open.ts';
import { OUTBOX_SYNC } from '../net/background-sync.ts';
import { httpTransport } from '../net/http.ts';
import { browserClock, browserRandom, channelFor, lockFor } from '../net/browser.ts';
import { drainOutbox } from '../sync/outbox/drain.ts';
import { LinkError } from '../sync/ports.ts';

/** What of a `sync` event matters here. */
export interface SyncEventLike {
	readonly tag: string;
	waitUntil(work: Promise<unknown>): void;
}

/** Handles the worker's `sync` event; events of other names are left alone. */
export function drain(event: SyncEventLike): void {
	if (event.tag === OUTBOX_SYNC) event.waitUntil(drainNow());
}

/**
 * Sends what the signed-in account has queued, unless a tab leads.
 * @throws when something is left to send, so that the browser wakes the worker again later
 */
export async function drainNow(): Promise<void> {
	const { signedIn } = await deviceStore().read();
	if (!signedIn || signedIn.sessionEnded) return;
	const me = signedIn.account.person.id;
	const quiet = {
		outdated: () => undefined,
		deleted: () => undefined,
		damaged: (error: Error) => reportError(error)
	};
	const { cache, outbox, files, cacheError, outboxError } = await openAccount(me, quiet);
	const tabs = channelFor(me, true);
	try {
		// In memory there is nothing that a page has queued.
		if (cacheError ?? outboxError) throw cacheError ?? outboxError;
		const outcome = await drainOutbox({
			me,
			store: cache,
			outbox,
			files,
			transport: httpTransport({ device: signedIn.device, person: me }),
			lock: lockFor(me, true),
			clock: browserClock,
			random: browserRandom,
			accepted: (ids) => tabs.post({ type: 'accepted', ids })
		});
		if (outcome === 'waiting') throw new LinkError({ kind: 'unreachable' });
	} finally {
		tabs.close();
		cache.close();
		outbox.close();
	}
}
