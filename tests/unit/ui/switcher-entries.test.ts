import { expect, test } from 'vitest';
import type { Contacts, RoomItem } from '../../../src/lib/state/client/client-types.ts';
import { furtherEntries, recentEntries } from '../../../src/lib/ui/shell/switcher/entries.ts';

const card = (id: string) => ({ id, number: 1, name: `name_${id}`, v: 1 });
const room = (id: string, person?: string) =>
	({
		id,
		name: id,
		unread: 0,
		direct: person ? { person, card: card(person), blocked: false } : null
	}) as unknown as RoomItem;
const contacts = (...people: [string, string][]) =>
	({
		items: people.map(([person, state]) => ({ person, state, card: card(person) })),
		asks: []
	}) as unknown as Contacts;
const listing = (id: string) => ({
	id,
	number: 1,
	name: id,
	description: '',
	private: false,
	state: 'out' as const,
	refused: null
});

test('conversations in their order, the one on screen last', () => {
	const ids = (current: string | null) =>
		recentEntries([room('a'), room('b'), room('c')], current).map(({ id }) => id);
	expect(ids('a')).toEqual(['b', 'c', 'a']);
	expect(ids(null)).toEqual(['a', 'b', 'c']);
});

test('friends without a conversation, and rooms to join; nothing twice', () => {
	const rooms = [room('a'), room('d', 'ann')];
	const known = contacts(['ann', 'friend'], ['bob', 'friend'], ['cy', 'incoming']);
	const further = furtherEntries(rooms, known, [listing('a'), listing('z')]);
	expect(further.map(({ id, target }) => [id, Object.keys(target)[0]])).toEqual([
		['bob', 'person'],
		['z', 'href']
	]);
});

test('people are found by their user name, too', () => {
	expect(recentEntries([room('d', 'ann')], null)[0]!.aliases).toEqual(['name_ann']);
});
