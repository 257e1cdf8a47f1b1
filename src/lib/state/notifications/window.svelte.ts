/** One window's part in notifications: what it looks at, where a tap leads, and the count on tab and app. */
import { language } from '../../i18n/language.svelte.ts';
import type { Client, Prefs, RoomItem } from '../client/client-types.ts';
import { fromLive } from '../runes/from-live.svelte.ts';
import { silencedRooms, unreadOf } from './unread-count.ts';
import { notifications } from './notifications.svelte.ts';
import { setFaviconBadge } from './favicon-badge.ts';

/** Where a tap on a notification leads, as the worker says it; null: it says something else. */
function openedPath(data: unknown): string | null {
	if (typeof data !== 'object' || data === null) return null;
	const { type, path } = data as { type?: unknown; path?: unknown };
	// Only ways within the app: one slash, and then no second one.
	return type === 'open' && typeof path === 'string' && /^\/(?!\/)/u.test(path) ? path : null;
}

/** Nothing was chosen yet, or it is not read yet. */
const NONE: Prefs = new Map();

const onError = (error: unknown): void => reportError(error);

/** A courtesy: a system without a badge refuses, and nothing is lost. */
function refusedQuietly(error: unknown): void {
	if (!(error instanceof DOMException)) throw error;
}

/** Inside a component: whether this window is what the person looks at. */
function followFocus(): { readonly current: boolean } {
	let hasFocus = $state(false);
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
	return {
		get current() {
			return hasFocus;
		}
	};
}

/** Calls back with where a tap on a notification leads; the answer ends it. */
function onTap(open: (path: string) => void): () => void {
	const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
	const heard = ({ data }: MessageEvent<unknown>): void => {
		const path = openedPath(data);
		if (path !== null) open(path);
	};
	workers?.addEventListener('message', heard);
	return () => workers?.removeEventListener('message', heard);
}

/** Shows the count on the tab and on the app's icon, where there is one. */
function showUnread(unread: number): void {
	setFaviconBadge(unread).catch(onError);
	if (!('setAppBadge' in navigator)) return;
	const done = unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge();
	done.catch(refusedQuietly);
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
	const prefs = fromLive(() => client()?.prefs());
	const silenced = $derived(silencedRooms(rooms() ?? [], prefs.current ?? NONE));
	const unread = $derived(unreadOf(rooms() ?? [], silenced));
	const isKnown = $derived(rooms() !== undefined && prefs.current !== undefined);
	const focus = followFocus();

	$effect(() => {
		const opened = client();
		if (opened) return notifications.start(opened, onError);
	});
	$effect(() => {
		if (client()) notifications.setLocale(language.locale).catch(onError);
	});
	$effect(() => {
		const shown = room();
		if (shown && focus.current) return notifications.eyes(shown);
	});
	$effect(() => onTap(open));
	$effect(() => {
		if (isKnown) showUnread(unread);
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
