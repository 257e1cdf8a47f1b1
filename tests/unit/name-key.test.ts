import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import unhomoglyph from 'unhomoglyph/data.json' with { type: 'json' };
import { confusablesFile } from '../../scripts/confusables.ts';
import { nameKey, nameKeys, roomNameKey } from '../../src/lib/protocol/name-key.ts';
import { bareLetters, seenLetters } from '../../src/lib/protocol/name-letters.ts';
import { tidyName } from '../../src/lib/protocol/names.ts';

const confusables = Object.entries(unhomoglyph as Record<string, string>);

describe('keys of names', () => {
	it.each([
		['Cyrillic', 'аdmin', 'admin'],
		['Cyrillic alone', 'ѕсоре', 'scope'],
		['Greek', 'ρορε', 'pope'],
		['Armenian', 'սոհօ', 'unho'],
		['Cherokee', 'ᎪᎠᎷ', 'adm'],
		['full width', 'ａｄｍｉｎ', 'admin'],
		['mathematical letters', '𝐚𝒅𝓶𝖎𝗻', 'admin'],
		['small capitals', 'ᴀᴅᴍɪɴ', 'admin'],
		['letter case', 'ADMIN', 'admin'],
		['accents', 'admin\u0301', 'admin'],
		['Zalgo', 'a\u0334\u0321d\u0336\u0353min\u035c\u0360', 'admin'],
		['rn and m', 'adrnin', 'admin'],
		['vv and w', 'vvendy', 'wendy'],
		['I and l', 'Ivan', 'lvan'],
		['1 and l', 'a1ice', 'alice'],
		['0 and O', 'b0b', 'bOb'],
		['a Kangxi radical', '⽇本', '日本'],
		['ニ and 二', 'ニ', '二'],
		['ロ and 口', 'ロ', '口'],
		['カ and 力', 'カ', '力'],
		['タ and 夕', 'タ', '夕'],
		['ト and 卜', 'ト', '卜'],
		['へ and ヘ', 'へ', 'ヘ'],
		['ー and 一', 'ー', '一'],
		['エ and 工', 'エ', '工'],
		['ハ and 八', 'ハ', '八'],
		['Hangul fillers', 'ad\u3164min\uffa0', 'admin'],
		['joiners', 'ad\u200dm\u200bin', 'admin'],
		['direction marks', '\u202eadmin\u2066', 'admin'],
		['thin spaces', 'ad\u200amin', 'admin'],
		['signs of APL', '⍺dmin', 'admin']
	])('take names for one another that differ in %s (ABUSE-1)', (_what, one, other) => {
		expect(nameKey(one)).toBe(nameKey(other));
		expect(roomNameKey(one)).toBe(roomNameKey(other));
	});

	it.each([
		['Νina', 'nina'],
		['ΑΝΝΑ', 'anna'],
		['ΗΑΝΝΑ', 'hanna'],
		['ΥΟΥΟ', 'yoyo']
	])('know what the Greek capitals of %s look like', (shown, plain) => {
		expect(nameKeys(shown)).toContain(nameKey(plain));
	});

	it('keep names apart that look different', () => {
		const names = ['admin', 'admim', '小明', '小朋', 'ольга', 'anna', 'hanna', 'bob', 'b_b'];
		names.push(
			'日',
			'曰',
			'末',
			'未',
			'シ',
			'ツ',
			'ソ',
			'ン',
			'나',
			'너',
			'😀',
			'😃',
			'´',
			'¨',
			'5a',
			'sa'
		);
		expect(new Set(names.map(nameKey)).size).toBe(names.length);
	});

	it('take each letter that NFKC leaves for what Unicode takes it for', () => {
		const letters = confusables.filter(
			([letter]) =>
				/^[\p{L}\p{N}]$/u.test(letter) &&
				seenLetters(letter) === letter &&
				bareLetters(letter) === letter.toLowerCase()
		);
		const apart = letters.filter(([letter, prototype]) => {
			const keys = nameKeys(prototype);
			return !nameKeys(letter).some((key) => keys.includes(key));
		});
		expect(letters.length).toBeGreaterThan(1_700);
		expect(apart).toEqual([]);
	});

	it('come from the table that the script writes', () => {
		const file = new URL('../../src/lib/protocol/confusables.ts', import.meta.url);
		expect(confusablesFile()).toBe(readFileSync(file, 'utf8'));
	});

	it('are the same when folded again', () => {
		const letter = fc.nat(confusables.length - 1).map((at) => confusables[at]![0]);
		const any = fc.oneof(letter, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }));
		fc.assert(
			fc.property(fc.array(any, { maxLength: 6 }), (letters) => {
				const key = nameKey(tidyName(letters.join('')));
				expect(nameKey(key)).toBe(key);
			})
		);
	});

	it('do not know letter case', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'abcxyzABCXYZ059_éñü') }), (text) => {
				expect(nameKey(text.toUpperCase())).toBe(nameKey(text.toLowerCase()));
			})
		);
	});

	it('do not know what nobody sees', () => {
		const unseen = fc.constantFrom('\u200b', '\u202e', '\u3164', '\u200d', '\u2800', '\u0336', ' ');
		fc.assert(
			fc.property(fc.array(unseen), fc.nat(5), (marks, at) => {
				const name = `anna${marks.join('')}`;
				expect(nameKey(`${name.slice(at)}${name.slice(0, at)}`)).toBe(
					nameKey(`${'anna'.slice(at)}${'anna'.slice(0, at)}`)
				);
			})
		);
	});
});
