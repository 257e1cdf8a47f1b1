import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameKey, nameProblem, roomNameKey, tidyName } from '../../src/lib/protocol/names.ts';

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
	])('refuses %s (E1)', (_what, name) => {
		expect(nameProblem(name)).toBe('name_invalid');
	});

	it.each(['аdmin', 'ADMIN', 'ａｄｍｉｎ', 'admin\u0301', 'аԁмın', '𝐚dmin', 'ᴀᴅᴍɪɴ'])(
		'takes %s for admin (E1)',
		(name) => {
			expect(nameKey(name)).toBe(nameKey('admin'));
		}
	);

	it('keeps names apart that look different', () => {
		const names = ['admin', 'admim', '小明', '小朋', 'ольга', 'anna', 'hanna', 'bob', 'b_b'];
		expect(new Set(names.map(nameKey)).size).toBe(names.length);
	});

	it('folding a key again changes nothing', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const key = nameKey(tidyName(text));
				expect(nameKey(key)).toBe(key);
			})
		);
	});

	it('letter case never tells two people apart', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'abcxyzABCXYZ059_éñü') }), (text) => {
				expect(nameKey(text.toUpperCase())).toBe(nameKey(text.toLowerCase()));
			})
		);
	});
});

describe('room names', () => {
	it.each(['General', ' general ', 'ＧＥＮＥＲＡＬ', 'gen\u200beral'])(
		'takes %s for general',
		(name) => {
			expect(roomNameKey(name)).toBe('general');
		}
	);

	it('folding a key again changes nothing', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				expect(roomNameKey(roomNameKey(text))).toBe(roomNameKey(text));
			})
		);
	});
});
