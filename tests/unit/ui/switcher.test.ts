import { expect, test } from 'vitest';
import type { SwitcherEntry } from '../../../src/lib/ui/shell/switcher/entries.ts';
import { findable, findEntries } from '../../../src/lib/ui/shell/switcher/find-entries.ts';
import { loadPinyin, pinyinAt } from '../../../src/lib/ui/shell/switcher/pinyin.ts';

const pinyin = (await loadPinyin())!;

const entry = (name: string, ...aliases: string[]): SwitcherEntry => ({
	id: name,
	name,
	aliases,
	sign: { of: name, name, src: undefined, square: true },
	target: { href: `/rooms/${name}` }
});

function names(typed: string, entries: SwitcherEntry[], match: typeof pinyin | null = pinyin) {
	return findEntries(entries.map(findable), typed, match).map(({ name }) => name);
}

test.each(['zs', 'zhangsan', 'zhang san', 'ZhangSan', 'zhangs', '张', 'ＺＳ'])(
	'"%s" finds 张三',
	(typed) => {
		expect(names(typed, [entry('李四'), entry('张三'), entry('Newsroom')])).toEqual(['张三']);
	}
);

test.each([
	['fb', '产品发布'],
	['cq', '重庆分部'],
	['zhongqing', '重庆分部']
])('pinyin inside of a name, and of characters with more than one reading: %s', (typed, name) => {
	expect(names(typed, [entry('张三'), entry('产品发布'), entry('重庆分部')])).toContain(name);
});

test('without the table of characters, everything else is still found', () => {
	const entries = [entry('张三', 'zhang3'), entry('李四'), entry('Newsroom')];
	expect(names('三', entries, null)).toEqual(['张三']);
	expect(names('zhang', entries, null)).toEqual(['张三']);
	expect(names('nws', entries, null)).toEqual(['Newsroom']);
	expect(names('ls', entries, null)).toEqual([]);
});

test('the pinyin of a beginning counts as a beginning, less than the letters themselves', () => {
	expect(names('zs', [entry('aazs'), entry('张三'), entry('zsh')])).toEqual([
		'zsh',
		'张三',
		'aazs'
	]);
});

test('who is recent stays first among what matches alike', () => {
	expect(names('team', [entry('Team B'), entry('Team A')])).toEqual(['Team B', 'Team A']);
});

test('a name made of characters with many readings costs next to nothing', () => {
	const started = performance.now();
	for (let n = 0; n < 100; n++) pinyinAt(pinyin, '重长行单'.repeat(2_000), 'changyue'.repeat(n));
	expect(performance.now() - started).toBeLessThan(2_000);
});
