/** The worker's part in notifications, put together: databases, network, windows. */
import { m } from '../i18n/messages.ts';
import { deviceStore, type SignedIn } from '../db/device.ts';
import { openAccount } from '../db/open.ts';
import { browserClock, browserRandom } from '../net/browser.ts';
import { httpTransport } from '../net/http.ts';
import { laneOf, type Act } from '../protocol/up.ts';
import type { PushNote } from '../protocol/push.ts';
import { compose, type ActDraft } from '../sync/compose.ts';
import { fitsFrame, applyFrameBurst } from '../sync/reconcile.ts';
import { createReplica } from '../sync/replica.ts';
import { pullOnce } from '../sync/pull-once.ts';
import { drainNow } from './drain-outbox.ts';
import { handlePush, type NoteData, type Words } from './notify.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };

function words(): Words {
	const locale = navigator.language.startsWith('zh') ? 'zh' : 'en';
	return {
		more: (count) => m.push_more({ count }, { locale }),
		files: (count) => m.push_files({ count }, { locale }),
		something: m.push_something({}, { locale }),
		reply: m.reply({}, { locale }),
		markRead: m.push_mark_read({}, { locale }),
		works: m.push_works({}, { locale }),
		app: m.app_name({}, { locale })
	};
}

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
async function store(note: PushNote): Promise<void> {
	await withAccount(async ({ cache }, { account, device }) => {
		const me = account.person.id;
		const replica = createReplica(cache, me);
		await replica.load();
		const { frame } = note;
		if (frame && fitsFrame(replica.states.get(frame.stream), frame) === 'apply') {
			await replica.update((states) => applyFrameBurst(states, [frame], me, () => undefined));
			return;
		}
		await pullOnce(replica, me, httpTransport({ device, person: me }), [note.room]);
	});
}

/** Queues what was done in a notification, and sends it when there is a way. */
async function act(draft: ActDraft): Promise<void> {
	await withAccount(async ({ outbox }, { account }) => {
		const made: Act = compose(draft, browserClock, browserRandom);
		await outbox.add(made, laneOf(made, account.person.id), made.at);
	});
	// What cannot be sent now is sent by the next page, or by background sync.
	await drainNow().catch(() => undefined);
}

/** What of the worker's own world is used here. */
interface Window {
	postMessage(message: unknown): void;
	focus(): Promise<unknown>;
}
interface Parts {
	registration: Pick<ServiceWorkerRegistration, 'showNotification'>;
	clients: {
		matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Window[]>;
		openWindow(path: string): Promise<unknown>;
	};
}

/** Opens a conversation in the window that is there, else in a new one. */
async function open({ clients }: Parts, data: NoteData | null): Promise<void> {
	const path = data?.room ? `/rooms/${data.room}?m=${data.seq}` : '/';
	const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true });
	const [window] = windows;
	if (!window) {
		await clients.openWindow(path);
		return;
	}
	window.postMessage({ type: 'open', path });
	await window.focus();
}

async function tapped(parts: Parts, notification: Notification, action: string, reply: string) {
	const data = notification.data as NoteData | null;
	notification.close();
	if (data?.room && action === 'read') {
		return act({ kind: 'read.mark', room: data.room, upto: data.seq });
	}
	if (data?.room && action === 'reply' && reply.trim() !== '') {
		await act({ kind: 'message.post', room: data.room, body: reply });
		return act({ kind: 'read.mark', room: data.room, upto: data.seq });
	}
	return open(parts, data);
}

/** Handles the worker's push and notificationclick events. */
export function createPushHandlers(parts: Parts) {
	const { registration } = parts;
	const badging = navigator as Navigator & { setAppBadge?: (count: number) => Promise<void> };
	return {
		push(text: string | null): Promise<void> {
			return handlePush(text, {
				words,
				store,
				show: ({ title, options }) => registration.showNotification(title, options),
				badge: async (count) => badging.setAppBadge?.(count),
				after: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
				report: (fault) => reportError(fault)
			});
		},
		tap: (notification: Notification, action: string, reply: string): Promise<void> =>
			tapped(parts, notification, action, reply)
	};
}
