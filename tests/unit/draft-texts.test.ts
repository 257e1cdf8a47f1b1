/** Of texts that were written side by side, only those go that stand in what is kept. */
import { expect, test } from 'vitest';
import { foreignTexts, textsOf } from '../../src/lib/protocol/draft-texts.ts';

const nobody = (): boolean => false;

test.each([
	[['no'], 'I know', 'no'],
	[['ok'], 'look', 'ok'],
	[['ok'], 'first\n\nok', null],
	[['the same words, only shorter'], 'the same words, only shorter than these', null],
	[['a', 'a', 'b'], 'c', 'a\n\nb'],
	[[''], 'anything', null]
])('%j beside %j: %j', (texts, body, kept) => {
	expect(foreignTexts(texts, body, nobody)).toBe(kept);
});

test('texts come apart as they were put together', () => {
	expect(textsOf(foreignTexts(['one', 'two'], '', nobody))).toEqual(['one', 'two']);
	expect(textsOf(null)).toEqual([]);
});
