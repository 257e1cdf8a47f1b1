/** The worker's part in notifications, put together: databases, network, windows. */
import { deviceStore, type SignedIn } from '../db/device.ts';
import { whatStands, type Stands } from '../db/notification-state.ts';
import { notificationSettings } from '../db/notification-settings.ts';
import { openAccount } from '../db/open.ts';
import { readPrefs } from '../db/prefs.ts';
import {
	countShown,
	refreshShown,
	wordsIn,
	type NoteData,
	type Screen
} from '../i18n/notification.ts';
import { ringDataOf, ringTag, type RingData } from '../i18n/ring-notification.ts';
import { browserClock, browserRandom } from '../net/browser.ts';
import { httpTransport } from '../net/http.ts';
import { pushApi } from '../net/push-api.ts';
import { aloneWithPush, pushBrowser } from '../net/push-browser.ts';
import { chosenLevel, prefLevel } from '../notify/rules.ts';
import { laneOf, type Act } from '../protocol/up.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { PushNote } from '../protocol/push.ts';
import { createAct, type ActDraft } from '../sync/outbox/create-act.ts';
import { fitsFrame, applyFrameBurst } from '../sync/reconcile/reconcile.ts';
import { applyRead } from '../sync/reconcile/reconcile-feed.ts';
import { createReplica } from '../sync/engine/replica.ts';
import { request } from '../sync/engine/request.ts';
import { pullOnce } from '../sync/engine/pull-once.ts';
import { LinkError } from '../sync/ports.ts';
import { drainNow } from './drain-outbox.ts';
import { handlePush, NOTHING_CHOSEN } from './notify.ts';
import { renewSubscription } from './renew.ts';

const quiet = {
	outdated: () => undefined,
	deleted: () => undefined,
	// Mended by itself, as in a page: a line in the console, and no error of the app.
	damaged: (error: Error) => console.warn(error.message)
};

/** Runs something with the databases of whoever is signed in; passes over when nobody is. */
async function withAccount<T>(
	run: (opened: Awaited<ReturnType<typeof openAccount>>, signedIn: SignedIn) => Promise<T>
): Promise<T | null> {
	const { signedIn } = await deviceStore().read();
	if (!signedIn || signedIn.sessionEnded) return null;
	const opened = await openAccount(signedIn.account.person.id, quiet);
	try {
		if (opened.cacheError ?? opened.outboxError) throw opened.cacheError ?? opened.outboxError;
		return await run(opened, signedIn);
	} finally {
		opened.cache.close();
		opened.outbox.close();
	}
}

/**
 * What came is written if it fits. Then the server is asked how the room stands, which a push has just shown to be
 * possible: the message may have been taken back, or the person removed, while the push was on its way.
 */
async function store(note: PushNote): Promise<Stands> {
	const found = await withAccount(async ({ cache }, { account, device }) => {
		const me = account.person.id;
		const replica = createReplica(cache, me);
		await replica.load();
		const { frame } = note;
		if (frame && fitsFrame(replica.states.get(frame.stream), frame) === 'apply') {
			await replica.update((states) => applyFrameBurst(states, [frame], me, () => undefined));
		}
		try {
			await pullOnce(replica, me, httpTransport({ device, person: me }), [note.room]);
		} catch (error) {
			if (!(error instanceof LinkError)) throw error;
			return { is: 'unknown' as const, isIn: replica.states.has(note.room) };
		}
		return whatStands(cache, me, note.room, note.seq);
	});
	return found ?? { is: 'unknown', isIn: false };
}

/** Queues what was done in a notification. */
async function queue(drafts: ActDraft[]): Promise<void> {
	await withAccount(async ({ cache, outbox }, { account }) => {
		const me = account.person.id;
		for (const draft of drafts) {
			const made: Act = createAct(draft, browserClock, browserRandom);
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

/** Unread messages in rooms that are not silenced; null: nobody is signed in. */
function countUnread(): Promise<number | null> {
	return withAccount(async ({ cache, outbox }) => {
		const prefs = await readPrefs({ cache, outbox });
		const rooms = (await cache.streams()).filter(
			({ kind, id }) => kind === 'room' && chosenLevel(prefs.get(prefLevel(id)) ?? '') !== 'none'
		);
		return rooms.reduce((sum, { unread }) => sum + unread, 0);
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
	registration: Pick<ServiceWorkerRegistration, 'pushManager'> & Screen;
	clients: {
		matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Window[]>;
		openWindow(path: string): Promise<unknown>;
	};
}

/** Opens a page in the window that suits best, else in a new one. @param room the conversation that it is of */
async function open({ clients }: Parts, path: string, room: RoomId | undefined): Promise<void> {
	const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
	const window =
		windows.find(({ url }) => room && new URL(url).pathname === `/rooms/${room}`) ??
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

/** Brings the notifications on screen to what stands now. @param but the room whose notification stays */
async function refresh({ registration }: Parts, but: string | null): Promise<void> {
	await withAccount(async ({ cache }, { account }) => {
		const me = account.person.id;
		const { locale, preview } = await notificationSettings().read(me);
		const stands = async (room: RoomId, seq: number): Promise<Stands> =>
			room === but ? { is: 'unknown', isIn: true } : whatStands(cache, me, room, seq);
		await refreshShown(registration, stands, wordsIn(locale), { preview });
	});
}

/** The badge and the notifications as they are after something was read. */
async function settle(parts: Parts): Promise<void> {
	await refresh(parts, null);
	const unread = await countUnread();
	if (unread !== null) await badging.setAppBadge?.(unread);
}

/** "Not now", for all devices of the person. Without a network nothing is told: the ring ends by itself. */
async function decline(call: string): Promise<void> {
	const { signedIn } = await deviceStore().read();
	if (!signedIn || signedIn.sessionEnded) return;
	const { device, account } = signedIn;
	const way = httpTransport({ device, person: account.person.id });
	try {
		await request(way, 'call', { do: 'decline', call });
	} catch (error) {
		if (!(error instanceof LinkError)) throw error;
	}
}

/** What was pressed of a call: a page answers it, because that is where the microphone is. */
async function tappedRing(parts: Parts, ring: RingData, action: string): Promise<void> {
	const rings = browserClock.now() < ring.until;
	if (rings && action === 'decline') return decline(ring.call);
	const answers = rings && action === 'answer';
	const path = `/rooms/${ring.callRoom}${answers ? `?call=${ring.call}` : ''}`;
	return open(parts, path, ring.callRoom);
}

async function tapped(parts: Parts, notification: Notification, action: string, reply: string) {
	const data = notification.data as NoteData | null;
	notification.close();
	const ring = ringDataOf(data);
	if (ring) return tappedRing(parts, ring, action);
	const isReply = action === 'reply' && reply.trim() !== '';
	if (!data?.room) return open(parts, '/', undefined);
	if (!isReply && action !== 'read') {
		return open(parts, `/rooms/${data.room}?m=${data.seq}`, data.room);
	}
	const { room, seq } = data;
	const said: ActDraft[] = isReply ? [{ kind: 'message.post', room, body: reply }] : [];
	await queue([...said, { kind: 'read.mark', room, upto: seq }]);
	await settle(parts).catch((error: unknown) => reportError(error));
	// What cannot be sent now is sent by the next page, or by background sync.
	await drainNow().catch(() => undefined);
	// Without a network the badge stays what this device knows.
	await bringLevel().then(
		() => settle(parts),
		() => undefined
	);
}

async function renew({ registration }: Parts): Promise<void> {
	await renewSubscription({
		me: await owner(),
		notices: notificationSettings(),
		browser: pushBrowser(async () => registration),
		api: pushApi(),
		alone: aloneWithPush
	});
}

/** Whose device this is; null: nobody's. */
async function owner(): Promise<PersonId | null> {
	const { signedIn } = await deviceStore().read();
	return signedIn && !signedIn.sessionEnded ? signedIn.account.person.id : null;
}

/** Handles the worker's push, notificationclick and pushsubscriptionchange events. */
export function createPushHandlers(parts: Parts) {
	const { registration } = parts;
	const notices = notificationSettings();
	return {
		push(text: string | null): Promise<void> {
			return handlePush(text, {
				owner,
				async choices() {
					const me = await owner();
					return me ? notices.read(me) : NOTHING_CHOSEN;
				},
				store,
				async claim(room, seq) {
					const me = await owner();
					return me === null || notices.claim(me, room, seq);
				},
				countShown: (room) => countShown(registration, room),
				show: ({ title, options }) => registration.showNotification(title, options),
				isRinging: async (call) => {
					const shown = await registration.getNotifications({ tag: ringTag(call) });
					return shown.some(({ data }) => ringDataOf(data)?.rings === true);
				},
				now: browserClock.now,
				badge: async (count) => badging.setAppBadge?.(count),
				refresh: (shown) => refresh(parts, shown),
				after: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
				onError: (error) => reportError(error)
			});
		},
		tap: (notification: Notification, action: string, reply: string): Promise<void> =>
			tapped(parts, notification, action, reply),
		renew: (): Promise<void> => renew(parts)
	};
}
