import { describe, expect, test } from 'vitest';
import type { ContactItem } from '../../../src/lib/state/client/client-types.ts';
import { friendNews, type Told } from '../../../src/lib/state/notifications/friend-news.ts';
import { card, id } from '../../contract/rows.ts';

const NOTHING: Told = { rev: 0, asked: [] };

function item(state: ContactItem['state'], rev: number, more: Partial<ContactItem> = {}) {
	const person = more.person ?? id();
	return {
		person,
		card: card(person),
		state,
		blocked: false,
		at: 1,
		rev,
		delivery: 'sent',
		refused: null,
		...more
	} satisfies ContactItem;
}

describe('news of friends', () => {
	test('a request is told once', () => {
		const items = [item('incoming', 4)];
		const first = friendNews(NOTHING, items);
		expect(first.news).toMatchObject([{ what: 'asks' }]);
		expect(friendNews(first.told, items).news).toEqual([]);
	});

	test('a yes is told to whoever asked, also after a restart; not to whoever said it', () => {
		const asked = item('outgoing', 4);
		const { told, news } = friendNews(NOTHING, [asked]);
		expect(news).toEqual([]);
		const answered = { ...asked, state: 'friend' as const, rev: 6 };
		const stranger = item('friend', 7);
		expect(friendNews(told, [answered, stranger]).news).toMatchObject([
			{ what: 'accepted', item: { person: asked.person } }
		]);
	});

	test('what still waits on this device is no news', () => {
		const asked = item('outgoing', 4);
		const { told } = friendNews(NOTHING, [asked]);
		const crossing = { ...asked, state: 'friend' as const, rev: 6, delivery: 'queued' as const };
		expect(friendNews(told, [crossing]).news).toEqual([]);
	});

	test('somebody who asks again is told again', () => {
		const one = item('incoming', 4);
		const { told } = friendNews(NOTHING, [one]);
		const quiet = friendNews(told, []).told;
		expect(friendNews(quiet, [{ ...one, rev: 9 }]).news).toMatchObject([{ what: 'asks' }]);
	});
});
