import { describe, expect, it } from 'vitest';
import { isSameName } from '../../src/lib/protocol/name-key.ts';
import { nameProblem } from '../../src/lib/protocol/names.ts';

describe('user names', () => {
	it.each(['ab', '小明', 'Zoë_9', 'Ольга', '龍'.repeat(20), 'たろう', '𠮷野'])(
		'allows %s',
		(name) => {
			expect(nameProblem(name)).toBeNull();
		}
	);

	it.each([
		['one character', 'a'],
		['21 characters', 'a'.repeat(21)],
		['300 characters', 'a'.repeat(300)],
		['an emoji', '😀😀'],
		['a space', 'a b'],
		['a zero-width space', 'adm\u200bin'],
		['a filler that shows nothing', '\u3164\u3164'],
		['a direction mark', 'ab\u202e'],
		['a combining mark', 'admin\u0336'],
		['punctuation', '<b>'],
		['nothing', '']
	])('refuses %s (ABUSE-1)', (_what, name) => {
		expect(nameProblem(name)).toBe('name_invalid');
	});
});

describe('who is meant by a name', () => {
	it.each([
		['Karl', 'karl', true],
		['Zoë', 'zoe', true],
		['ａｎｎ', ' Ann ', true],
		// They look alike, so only one of them can be there; whoever asks for the other means somebody else.
		['karl', 'kari', false],
		['burns', 'bums', false]
	])('%s, asked for as %s: %s', (name, asked, is) => {
		expect(isSameName(name, asked)).toBe(is);
	});
});
