/** Pages and commands of the quick switcher, each with the icon and the name that it has elsewhere. */
import type { Component } from 'svelte';
import ArrowUpDown from '@lucide/svelte/icons/arrow-up-down';
import Bell from '@lucide/svelte/icons/bell';
import CheckCheck from '@lucide/svelte/icons/check-check';
import Compass from '@lucide/svelte/icons/compass';
import Contrast from '@lucide/svelte/icons/contrast';
import Tray from '@lucide/svelte/icons/inbox';
import Keyboard from '@lucide/svelte/icons/keyboard';
import LogOut from '@lucide/svelte/icons/log-out';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Plus from '@lucide/svelte/icons/plus';
import Settings from '@lucide/svelte/icons/settings';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Smartphone from '@lucide/svelte/icons/smartphone';
import Sun from '@lucide/svelte/icons/sun';
import TextSearch from '@lucide/svelte/icons/text-search';
import UserRound from '@lucide/svelte/icons/user-round';
import Users from '@lucide/svelte/icons/users';
import { m } from '../../../i18n/messages';
import type { ClientRooms } from '../../../state/client/rooms.ts';
import type { RoomItem } from '../../../state/client/client-types.ts';
import { roomSort } from '../../../state/app/room-list.svelte.ts';
import { theme } from '../../../state/app/theme.svelte.ts';
import { NO_FILTER, toAddress } from '../../search/search-filter.ts';
import { MOD } from '../shortcut-keys.ts';
import type { SwitcherEntry } from './entries.ts';

/** A message; its English words find it in every language. */
type Message = (inputs?: Record<string, never>, options?: { locale?: 'en' }) => string;

interface Context {
	rooms: readonly RoomItem[];
	client: { rooms: Pick<ClientRooms, 'markRead'> };
	onhelp: () => void;
}

const ENGLISH = { locale: 'en' } as const;
const SEARCH_KEYS = [MOD, 'Shift', 'F'];

const entry = (
	id: string,
	message: Message,
	sign: Component,
	target: SwitcherEntry['target'],
	more: Partial<SwitcherEntry> = {}
): SwitcherEntry => {
	const aliases = [message({}, ENGLISH), ...(more.aliases ?? [])];
	return { id, name: message(), sign, target, ...more, aliases };
};

/** Settings and the other pages. */
export function pageEntries(): SwitcherEntry[] {
	const inSettings = { hint: m.settings(), aliases: [m.settings(), m.settings({}, ENGLISH)] };
	const settings: [string, Message, Component, string][] = [
		['profile', m.profile, UserRound, '/settings#profile'],
		['notifications', m.notifications, Bell, '/settings#notifications'],
		['account', m.account_security, ShieldCheck, '/settings/account'],
		['device', m.on_this_device, Smartphone, '/settings/device']
	];
	return [
		entry('friends', m.friends, Users, { href: '/friends' }),
		entry('browse', m.browse, Compass, { href: '/browse' }),
		entry('outbox', m.outbox, Tray, { href: '/outbox' }),
		entry('settings', m.settings, Settings, { href: '/settings' }),
		...settings.map(([id, name, sign, href]) => entry(id, name, sign, { href }, inSettings))
	];
}

function markAllRead({ rooms, client }: Context): SwitcherEntry[] {
	const unread = rooms.filter((room) => room.unread > 0);
	if (unread.length === 0) return [];
	const run = (): void => {
		for (const { id, upto } of unread) client.rooms.markRead(id, upto);
	};
	return [entry('mark-read', m.mark_all_read, CheckCheck, { run })];
}

function themeEntries(): SwitcherEntry[] {
	const ofTheme = { hint: m.theme(), aliases: [m.theme(), m.theme({}, ENGLISH)] };
	const to = (choice: typeof theme.choice) => ({ run: () => theme.set(choice) });
	return [
		entry('theme-light', m.theme_light, Sun, to('light'), ofTheme),
		entry('theme-dark', m.theme_dark, Moon, to('dark'), ofTheme),
		entry('theme-system', m.theme_system, Monitor, to('system'), ofTheme),
		entry('theme-contrast', m.theme_contrast, Contrast, to('contrast'), ofTheme)
	];
}

function sortEntries(): SwitcherEntry[] {
	const ofSort = { hint: m.sort_rooms(), aliases: [m.sort_rooms(), m.sort_rooms({}, ENGLISH)] };
	const to = (sort: typeof roomSort.current) => ({ run: () => roomSort.set(sort) });
	return [
		entry('sort-recent', m.sort_recent, ArrowUpDown, to('recent'), ofSort),
		entry('sort-unread', m.sort_unread, ArrowUpDown, to('unread'), ofSort)
	];
}

/** What can be done, the most wanted first. */
export function commandEntries(context: Context): SwitcherEntry[] {
	return [
		entry('new-room', m.new_room, Plus, { href: '/rooms/new' }),
		entry('search', m.search_messages, TextSearch, { href: '/search' }, { keys: SEARCH_KEYS }),
		...markAllRead(context),
		entry('shortcuts', m.shortcuts, Keyboard, { run: context.onhelp }, { keys: ['?'] }),
		...themeEntries(),
		...sortEntries(),
		entry('sign-out', m.sign_out, LogOut, { href: '/settings#sign-out' })
	];
}

/** Goes on with what is typed in the search of all messages. */
export function searchEntry(text: string): SwitcherEntry {
	const name = m.switcher_search({ text });
	const href = `/search?${toAddress({ ...NO_FILTER, text })}`;
	return {
		id: 'search-for',
		name,
		aliases: [],
		sign: TextSearch,
		keys: SEARCH_KEYS,
		target: { href }
	};
}
