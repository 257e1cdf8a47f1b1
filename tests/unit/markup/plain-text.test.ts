/** Every surface without elements shows the words of a text, and no marks. */
import { describe, expect, it } from 'vitest';
import { notificationText, plainLine, plainText } from '../../../src/lib/markup/plain-text.ts';
import { calm, calmName } from '../../../src/lib/markup/visible.ts';
import { hasWord } from '../../../src/lib/markup/words.ts';
import { emojiSize } from '../../../src/lib/markup/emoji-only.ts';

describe('plain text', () => {
	it.each([
		['**bold** _it_ ~~no~~ `code`', 'bold it no code'],
		['[the map](https://example.org/a)', 'the map'],
		['```js\nlet a;\n```', 'let a;'],
		['> quoted\nanswer', 'quoted\nanswer'],
		['1. a\n7. b\n- c', '1. a\n7. b\n• c'],
		['**重要：**请看', '重要：请看'],
		['2*3*4=24 and 3~5天', '2*3*4=24 and 3~5天']
	])('%j', (text, expected) => {
		expect(plainText(text)).toBe(expected);
	});
	it('in one line, and cut', () => {
		expect(plainLine('a\n\n**b**   c')).toBe('a b c');
		expect(plainLine('a'.repeat(500), 240)).toHaveLength(240);
		expect([...notificationText('🐦'.repeat(500))]).toHaveLength(200);
	});
});

describe('words that somebody waits for', () => {
	it.each([
		['a new start', 'art', false],
		['modern ART!', 'art', true],
		['art', 'art', true],
		['C++ is here', 'c++', true],
		['Straße', 'straße', true],
		['在北京开会', '北京', true],
		['用iPhone拍', 'iphone', true],
		['iPhones', 'iphone', false],
		['ＡＲＴ', 'art', true],
		['cafe\u0301', 'café', true],
		['**art**', 'art', true],
		['Москва', 'моск', false],
		['nothing', ' ', false]
	])('%j has %j: %s', (text, word, expected) => {
		expect(hasWord(text, [word])).toBe(expected);
	});
});

describe('what others write stays in its place (ABUSE-2)', () => {
	it('marks piled on a letter are bounded, and those of languages stay', () => {
		expect(calm('a' + '\u0301'.repeat(500))).toBe('a' + '\u0301'.repeat(8));
		for (const text of ['Việt Nam', 'שָׁלוֹם', 'ཨོཾ་མ་ཎི', 'สวัสดี']) expect(calm(text)).toBe(text);
	});
	it('a name cannot turn what stands beside it', () => {
		expect(calmName('ann\u202egnp.exe\n')).toBe('anngnp.exe ');
	});
});

describe('emoji alone', () => {
	it.each([
		['🐦', 'large'],
		['👩‍👩‍👧 🎉', 'large'],
		['🇨🇳👍🏽1️⃣', 'large'],
		['🐦🐦🐦🐦', 'medium'],
		['🐦'.repeat(8), 'medium'],
		['🐦'.repeat(9), null],
		['🐦 hello', null],
		['12', null],
		['', null],
		['⌚\ufe0f'.repeat(53) + 'x', null]
	])('%s is shown %s', (text, size) => {
		expect(emojiSize(text)).toBe(size);
	});
});
