/** Tells news of friends as short notes. */
import * as v from 'valibot';
import { m } from '../i18n/messages.ts';
import type { PersonId } from '../protocol/ids.ts';
import type { Contacts } from './client-types.ts';
import { friendNews, type FriendNews, type Told } from './friend-news.ts';
import { toasts } from './toasts.svelte.ts';

const keyOf = (account: PersonId): string => `roost-told-${account}`;
const LOCK = 'roost-friend-news';
const Stored = v.object({ rev: v.number(), asked: v.array(v.string()) });
/** News beyond these are told as a number. */
const ONE_BY_ONE = 2;

function read(account: PersonId): Told {
	try {
		return v.parse(Stored, JSON.parse(localStorage.getItem(keyOf(account)) ?? ''));
	} catch {
		// Nothing kept, nothing allowed to be kept, or something else under this name: begin anew.
		return { rev: 0, asked: [] };
	}
}

function write(account: PersonId, told: Told): void {
	try {
		localStorage.setItem(keyOf(account), JSON.stringify(told));
	} catch (error) {
		// A browser that keeps nothing tells the news again at the next start.
		if (!(error instanceof DOMException)) throw error;
	}
}

function show(news: FriendNews[]): void {
	const asks = news.filter((one) => one.what === 'asks');
	if (asks.length > ONE_BY_ONE) toasts.show(m.news_many({ count: asks.length }));
	for (const { what, item } of news) {
		const name = item.card.display ?? item.card.name;
		if (what === 'accepted') toasts.show(m.news_accepted({ name }));
		else if (asks.length <= ONE_BY_ONE) toasts.show(m.news_asks({ name }));
	}
}

/** Inside a component: tells what is new, in one of the tabs that are looked at. */
export function tellFriendNews(
	account: () => PersonId | null,
	contacts: () => Contacts | undefined
): void {
	$effect(() => {
		const who = account();
		const known = contacts();
		if (!who || !known || document.visibilityState !== 'visible') return;
		const tell = (): void => {
			const { news, told } = friendNews(read(who), known.items);
			write(who, told);
			show(news);
		};
		// Two windows side by side see the same rows at the same moment.
		if (navigator.locks) void navigator.locks.request(LOCK, tell);
		else tell();
	});
}
