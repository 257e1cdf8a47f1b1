/** The worker's part in notifications, put together: databases, network, windows. */
import { deviceStore, type SignedIn } from '../db/device.ts';
import { noticeStore } from '../db/notices.ts';
import { openAccount } from '../db/open.ts';
import { readPrefs } from '../db/prefs.ts';
import {
	closeRead,
	countShown,
	type NoteData,
	type OnScreen,
	type Standing
} from '../i18n/notification.ts';
import { browserClock, browserRandom } from '../net/browser.ts';
import { httpTransport } from '../net/http.ts';
import { pushApi } from '../net/push-api.ts';
import { aloneWithPush, pushBrowser } from '../net/push-browser.ts';
import { chosenLevel, prefLevel } from '../protocol/notify-rules.ts';
import { laneOf, type Act } from '../protocol/up.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { PushNote } from '../protocol/push.ts';
import { compose, type ActDraft } from '../sync/compose.ts';
import { fitsFrame, applyFrameBurst } from '../sync/reconcile.ts';
import { applyRead } from '../sync/reconcile-feed.ts';
import { createReplica } from '../sync/replica.ts';
import { pullOnce } from '../sync/pull-once.ts';
import { drainNow } from './drain-outbox.ts';
import { handlePush } from './notify.ts';
import { renewSubscription } from './renew.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };

/** Runs something with the databases of whoever is signed in; passes over when nobody is. */
async function withAccount<T>(
	run: (opened: Awaited<ReturnType<typeof openAccount>>, signedIn: SignedIn) => Promise<T>
): Promise<T | null> {
	const { signedIn } = await deviceStore().read();
	if (!signedIn || signedIn.sealed) return null;
	const opened = await openAccount(signedIn.account.person.id, quiet);
	try {
		if (opened.cacheFault ?? opened.outboxFault) throw opened.cacheFault ?? opened.outboxFault;
		return await run(opened, signedIn);
	} finally {
		opened.cache.close();
		opened.outbox.close();
	}
}

/** What came is written if it fits; else what is missing is asked for, which a push has just shown to be possible. */
async function store(note: PushNote): Promise<string> {
	const said = await withAccount(async ({ cache }, { account, device }) => {
		const me = account.person.id;
		const replica = createReplica(cache, me);
		await replica.load();
		const { frame } = note;
		if (frame && fitsFrame(replica.states.get(frame.stream), frame) === 'apply') {
			await replica.update((states) => applyFrameBurst(states, [frame], me, () => undefined));
		} else {
			await pullOnce(replica, me, httpTransport({ device, person: me }), [note.room]);
		}
		return (await cache.message(note.id))?.body;
	});
	return said ?? '';
}

/** Queues what was done in a notification. */
async function queue(drafts: ActDraft[]): Promise<void> {
	await withAccount(async ({ cache, outbox }, { account }) => {
		const me = account.person.id;
		for (const draft of drafts) {
			const made: Act = compose(draft, browserClock, browserRandom);
			await outbox.add(made, laneOf(made, me), made.at);
			if (made.kind !== 'read.mark') continue;
			const { room, upto } = made;
			const replica = createReplica(cache, me);
			await replica.load();
			await replica.update((states) => applyRead(states, room, upto));
		}
	});
}

/**
 * Asks what happened in all rooms. Only what one wants to be told of is pushed, so the rest may be unknown
 * here; the badge counts it all the same. Rejects with LinkError or StoreError.
 */
async function bringLevel(): Promise<void> {
	await withAccount(async ({ cache }, { account, device }) => {
		const me = account.person.id;
		const replica = createReplica(cache, me);
		await replica.load();
		const rooms = [...replica.states.values()].filter(({ kind }) => kind === 'room');
		const asked = rooms.slice(0, LIMITS.pullStreams - 1).map(({ id }) => id);
		await pullOnce(replica, me, httpTransport({ device, person: me }), asked);
	});
}

/** How all rooms stand on this device; null: nobody is signed in. */
function standings(): Promise<Map<RoomId, Standing & { silenced: boolean }> | null> {
	return withAccount(async ({ cache, outbox }) => {
		const prefs = await readPrefs({ cache, outbox });
		const rooms = (await cache.streams()).filter(({ kind }) => kind === 'room');
		return new Map(
			rooms.map(({ id, unread, cursor }) => {
				const silenced = chosenLevel(prefs.get(prefLevel(id)) ?? '') === 'none';
				return [id, { unread, upto: cursor?.s ?? 0, silenced }];
			})
		);
	});
}

/** What of the worker's own world is used here. */
interface Window {
	url: string;
	focused: boolean;
	visibilityState: DocumentVisibilityState;
	postMessage(message: unknown): void;
	focus(): Promise<unknown>;
}
interface Parts {
	registration: Pick<ServiceWorkerRegistration, 'showNotification' | 'pushManager'> & OnScreen;
	clients: {
		matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Window[]>;
		openWindow(path: string): Promise<unknown>;
	};
}

/** Opens a conversation in the window that suits best, else in a new one. */
async function open({ clients }: Parts, data: NoteData | null): Promise<void> {
	const path = data?.room ? `/rooms/${data.room}?m=${data.seq}` : '/';
	const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
	const window =
		windows.find(({ url }) => data?.room && new URL(url).pathname === `/rooms/${data.room}`) ??
		windows.find(({ focused }) => focused) ??
		windows.find(({ visibilityState }) => visibilityState === 'visible') ??
		windows[0];
	if (!window) {
		await clients.openWindow(path);
		return;
	}
	window.postMessage({ type: 'open', path });
	await window.focus();
}

const badging = navigator as Navigator & { setAppBadge?: (count: number) => Promise<void> };

/** The badge and the notifications as they are after something was read. */
async function settle({ registration }: Parts, but: string | null): Promise<void> {
	const rooms = await standings();
	if (!rooms) return;
	await closeRead(registration, (room) => (room === but ? undefined : rooms.get(room)));
	if (but !== null) return;
	const counted = [...rooms.values()].filter(({ silenced }) => !silenced);
	await badging.setAppBadge?.(counted.reduce((sum, { unread }) => sum + unread, 0));
}

async function tapped(parts: Parts, notification: Notification, action: string, reply: string) {
	const data = notification.data as NoteData | null;
	notification.close();
	const isReply = action === 'reply' && reply.trim() !== '';
	if (!data?.room || !(isReply || action === 'read')) return open(parts, data);
	const { room, seq } = data;
	const said: ActDraft[] = isReply ? [{ kind: 'message.post', room, body: reply }] : [];
	await queue([...said, { kind: 'read.mark', room, upto: seq }]);
	await settle(parts, null).catch((fault: unknown) => reportError(fault));
	// What cannot be sent now is sent by the next page, or by background sync.
	await drainNow().catch(() => undefined);
	// Without a network the badge stays what this device knows.
	await bringLevel().then(
		() => settle(parts, null),
		() => undefined
	);
}

async function renew({ registration }: Parts): Promise<void> {
	const { signedIn } = await deviceStore().read();
	await renewSubscription({
		me: signedIn && !signedIn.sealed ? signedIn.account.person.id : null,
		notices: noticeStore(),
		browser: pushBrowser(async () => registration),
		api: pushApi(),
		alone: aloneWithPush
	});
}

/** Whose device this is; null: nobody's. */
async function owner(): Promise<PersonId | null> {
	return (await deviceStore().read()).signedIn?.account.person.id ?? null;
}

/** Handles the worker's push, notificationclick and pushsubscriptionchange events. */
export function createPushHandlers(parts: Parts) {
	const { registration } = parts;
	const notices = noticeStore();
	return {
		push(text: string | null): Promise<void> {
			return handlePush(text, {
				async choices() {
					const me = await owner();
					return me ? notices.read(me) : { locale: null, sound: true, preview: true };
				},
				store,
				async claim({ room, seq }) {
					const me = await owner();
					return me === null || notices.claim(me, room, seq);
				},
				countShown: (room) => countShown(registration, room),
				show: ({ title, options }) => registration.showNotification(title, options),
				badge: async (count) => badging.setAppBadge?.(count),
				closeRead: (shown) => settle(parts, shown),
				after: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
				report: (fault) => reportError(fault)
			});
		},
		tap: (notification: Notification, action: string, reply: string): Promise<void> =>
			tapped(parts, notification, action, reply),
		renew: (): Promise<void> => renew(parts)
	};
}
