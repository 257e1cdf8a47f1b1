/** One window's part in notifications: what it looks at, where a tap leads, and the count on tab and app. */
import { language } from '../i18n/language.svelte.ts';
import type { Client, Prefs, RoomItem } from './client-types.ts';
import { follow } from './live.svelte.ts';
import { silencedRooms, unreadOf } from './notifications-count.ts';
import { notifications } from './notifications.svelte.ts';
import { markTab } from './tab-mark.ts';

/** Where a tap on a notification leads, as the worker says it; null: it says something else. */
function openedPath(data: unknown): string | null {
	if (typeof data !== 'object' || data === null) return null;
	const { type, path } = data as { type?: unknown; path?: unknown };
	// Only ways within the app: one slash, and then no second one.
	return type === 'open' && typeof path === 'string' && /^\/(?!\/)/u.test(path) ? path : null;
}

/** Nothing was chosen yet, or it is not read yet. */
const NONE: Prefs = new Map();

const report = (fault: unknown): void => reportError(fault);

/** A courtesy: a system without a badge refuses, and nothing is lost. */
function refusedQuietly(fault: unknown): void {
	if (!(fault instanceof DOMException)) throw fault;
}

/** Inside a component: joins this window to notifications. `room` is what it shows, `open` goes somewhere. */
export function followNotifications(
	client: () => Client | null,
	rooms: () => readonly RoomItem[] | undefined,
	room: () => string | null,
	open: (path: string) => void
): {
	/** rooms of which the person wants to hear nothing */
	readonly silenced: ReadonlySet<string>;
	/** unread messages in all other rooms */
	readonly unread: number;
} {
	const prefs = follow(() => client()?.prefs());
	const silenced = $derived(silencedRooms(rooms() ?? [], prefs.current ?? NONE));
	const unread = $derived(unreadOf(rooms() ?? [], silenced));
	const isKnown = $derived(rooms() !== undefined && prefs.current !== undefined);
	let hasFocus = $state(false);

	$effect(() => {
		const opened = client();
		if (opened) return notifications.start(opened, report);
	});
	$effect(() => {
		if (client()) notifications.setLocale(language.locale).catch(report);
	});
	$effect(() => {
		const look = (): void => {
			hasFocus = document.hasFocus() && document.visibilityState === 'visible';
		};
		const ended = new AbortController();
		const { signal } = ended;
		look();
		addEventListener('focus', look, { signal });
		addEventListener('blur', look, { signal });
		document.addEventListener('visibilitychange', look, { signal });
		return () => ended.abort();
	});
	$effect(() => {
		const shown = room();
		if (shown && hasFocus) return notifications.eyes(shown);
	});
	$effect(() => {
		const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
		const heard = ({ data }: MessageEvent<unknown>): void => {
			const path = openedPath(data);
			if (path !== null) open(path);
		};
		workers?.addEventListener('message', heard);
		return () => workers?.removeEventListener('message', heard);
	});
	$effect(() => {
		if (!isKnown) return;
		markTab(unread).catch(report);
		if (!('setAppBadge' in navigator)) return;
		const done = unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge();
		done.catch(refusedQuietly);
	});

	return {
		get silenced() {
			return silenced;
		},
		get unread() {
			return unread;
		}
	};
}
