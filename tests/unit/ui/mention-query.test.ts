import { describe, expect, it } from 'vitest';
import { mentionsIn } from '../../../src/lib/markup/mentions.ts';
import { nameKey } from '../../../src/lib/protocol/name-key.ts';
import {
	completion,
	mentionable,
	mentionQuery
} from '../../../src/lib/ui/chat/composer/mention-query.ts';

const card = (name: string, display?: string) => ({
	id: name,
	number: 1,
	name,
	v: 1,
	...(display === undefined ? {} : { display })
});

describe('where a name is being written', () => {
	it.each([
		['@', 1, ''],
		['hi @an', 6, 'an'],
		['hi @an there', 6, 'an'],
		['你好@李', 4, '李'],
		['(@a_b', 5, 'a_b']
	])('%s at %i', (text, cursor, written) => {
		expect(mentionQuery(text, cursor)?.text).toBe(written);
	});

	it.each([
		['ann@example', 11],
		['hi @an there', 12],
		['@@a', 3],
		['no', 2],
		['@' + 'a'.repeat(21), 22]
	])('%s at %i is none', (text, cursor) => {
		expect(mentionQuery(text, cursor)).toBe(null);
	});
});

describe('who fits', () => {
	const people = [card('annabelle'), card('bob', 'Anton B.'), card('joann'), card('李雷', '小雷')];
	const names = (text: string) => mentionable(people, text).map(({ name }) => name);

	it('by user name or display name, the beginning of one first', () => {
		expect(names('an')).toEqual(['annabelle', 'bob', 'joann']);
		expect(names('B')).toEqual(['bob', 'annabelle']);
		expect(names('雷')).toEqual(['李雷']);
		expect(names('小')).toEqual(['李雷']);
		expect(names('zz')).toEqual([]);
		expect(names('')).toHaveLength(4);
	});
});

describe('what a pick writes', () => {
	it.each([
		['hi @an', 6, 'annabelle', 'hi @annabelle '],
		['hi @an, yes', 6, 'annabelle', 'hi @annabelle , yes'],
		['hi @an yes', 6, 'annabelle', 'hi @annabelle yes'],
		['你好@李', 4, '李雷', '你好@李雷 ']
	])('%s at %i', (text, cursor, name, expected) => {
		const done = completion(text, mentionQuery(text, cursor)!, cursor, name);
		const written = text.slice(0, done.from) + done.text + text.slice(done.to);
		expect(written).toBe(expected);
		// What is written is what the server finds.
		expect(mentionsIn(written, new Map([[nameKey(name), 'p']]))).toEqual([[name, 'p']]);
	});
});
