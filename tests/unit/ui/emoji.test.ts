import { describe, expect, it } from 'vitest';
import { withRecent } from '../../../src/lib/state/app/recent-emoji.ts';
import { findEmoji, loadEmoji, QUICK } from '../../../src/lib/ui/chat/emoji/emoji.ts';
import { COLUMNS, moveInGrid } from '../../../src/lib/ui/chat/emoji/grid.ts';

const [en, zh] = await Promise.all([loadEmoji('en'), loadEmoji('zh')]);
const found = (groups: typeof en, text: string) =>
	findEmoji(groups, text).map(({ emoji }) => emoji);

describe('the emoji there are', () => {
	it('are the same in both languages, each one once, in nine groups', () => {
		const flat = en.flat().map(({ emoji }) => emoji);
		expect(zh.flat().map(({ emoji }) => emoji)).toEqual(flat);
		expect(en).toHaveLength(9);
		expect(new Set(flat).size).toBe(flat.length);
		expect(flat.length).toBeGreaterThan(1800);
	});

	it('are what the server takes as a reaction, named in the language', () => {
		for (const { emoji, name } of [...en.flat(), ...zh.flat()]) {
			expect(emoji).toMatch(/^\p{RGI_Emoji}$/v);
			expect(name).not.toBe('');
		}
		for (const emoji of QUICK) expect(en.flat().map((one) => one.emoji)).toContain(emoji);
	});

	it('are found by name in either language, whatever the language on screen', () => {
		for (const groups of [en, zh]) {
			expect(found(groups, 'red heart')[0]).toBe('❤️');
			expect(found(groups, '红心')).toContain('❤️');
			expect(found(groups, 'THUMBS UP')).toContain('👍');
			expect(found(groups, '赞')).toContain('👍');
		}
		expect(found(en, 'heart red')).toContain('❤️');
		expect(found(en, 'no emoji is called this')).toEqual([]);
		expect(found(en, '  ')).toEqual([]);
	});
});

it('the emoji used last come first, each once', () => {
	expect(withRecent(['b', 'a'], 'a')).toEqual(['a', 'b']);
	const many = Array.from({ length: 40 }, (_, i) => `${i}`);
	expect(withRecent(many, 'x').length).toBeLessThan(30);
});

describe('arrow keys in the grid', () => {
	// Two lines of 8 and 2, then one of 3.
	const sizes = [COLUMNS + 2, 3];
	it.each([
		['ArrowRight', 0, 1],
		['ArrowRight', 12, 12],
		['ArrowLeft', 0, 0],
		['ArrowDown', 1, 9],
		['ArrowDown', 7, 9],
		['ArrowDown', 9, 11],
		['ArrowDown', 12, 12],
		['ArrowUp', 12, 9],
		['ArrowUp', 9, 1],
		['ArrowUp', 3, null],
		['Home', 9, 0],
		['End', 0, 12],
		['x', 0, null]
	])('%s at %i leads to %s', (key, at, to) => {
		expect(moveInGrid(sizes, at, key)).toBe(to);
	});
});
