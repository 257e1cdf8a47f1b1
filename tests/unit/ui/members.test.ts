import { describe, expect, test } from 'vitest';
import type { MemberItem } from '../../../src/lib/state/client/client-types.ts';
import { mistakable } from '../../../src/lib/ui/base/mistakable.ts';
import { inOrder, matches } from '../../../src/lib/ui/rooms/members.ts';
import { id } from '../../contract/rows.ts';

function item(name: string, display?: string): MemberItem {
	const card = { id: id(), number: 1, name, v: 1, ...(display ? { display } : {}) };
	return { card, role: 'member', me: false, muted: null, pending: null };
}
const names = (items: MemberItem[]) => items.map((one) => one.card.name);

describe('the list of members', () => {
	const all = [item('ann', 'Ann O’Hara'), item('bob'), item('li_wei', '李伟'), item('zoe')];

	test.each([
		['', ['ann', 'bob', 'li_wei', 'zoe']],
		['HARA', ['ann']],
		['@bo', ['bob']],
		[' 伟 ', ['li_wei']],
		['wei', ['li_wei']],
		['nobody', []]
	])('finds “%s” in names and display names', (text, expected) => {
		expect(names(matches(all, text))).toEqual(expected);
	});

	test('does not find across the two names', () => {
		expect(matches([item('b', 'a')], 'ab')).toEqual([]);
	});

	test('who is called like somebody else is shown with the user name (ABUSE-6)', () => {
		const members = [item('alice'), item('mallory', 'Аlice'), item('x1', 'Zoe'), item('x2', 'ZOE')];
		const told = mistakable([...members, item('bob', 'Bob')].map(({ card }) => card));
		expect(names(members.filter(({ card }) => told.has(card.id)))).toEqual(['mallory', 'x1', 'x2']);
		expect(told.size).toBe(3);
	});

	test('who is here comes first, in the order they had; unknown presence changes nothing', () => {
		const online = new Set([all[1]!.card.id, all[3]!.card.id]);
		expect(names(inOrder(all, online))).toEqual(['bob', 'zoe', 'ann', 'li_wei']);
		expect(inOrder(all, null)).toBe(all);
	});
});
