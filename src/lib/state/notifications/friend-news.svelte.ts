/** Tells news of friends as short notes. */
import * as v from 'valibot';
import { keep, readKept } from '../../db/account-storage.ts';
import { m } from '../../i18n/messages.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { Contacts } from '../client/client-types.ts';
import { friendNews, type FriendNews, type Told } from './friend-news.ts';
import { toasts } from '../app/toasts.svelte.ts';

const KEY = 'friend-news';
const LOCK = 'roost-friend-news';
const Stored = v.object({ rev: v.number(), asked: v.array(v.string()) });
/** News beyond these are told as a number. */
const ONE_BY_ONE = 2;

function read(account: PersonId): Told {
	try {
		return v.parse(Stored, JSON.parse(readKept(account, KEY) ?? 'null'));
	} catch (error) {
		// Nothing kept, or something else under this name: begin anew.
		if (error instanceof SyntaxError || v.isValiError(error)) return { rev: 0, asked: [] };
		throw error;
	}
}

const write = (account: PersonId, told: Told): void => keep(account, KEY, JSON.stringify(told));

function show(news: FriendNews[]): void {
	const asks = news.filter((one) => one.what === 'asks');
	if (asks.length > ONE_BY_ONE) toasts.show(m.news_many({ count: asks.length }));
	for (const { what, item } of news) {
		const { name: user, display } = item.card;
		// A stranger's display name says nothing of who it is.
		const name = display === undefined ? user : `${display} (@${user})`;
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
