/** Light Markdown: what is read, what stays text, that nothing anybody wrote is lost, and what it costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../../src/lib/markup/budget.ts';
import { resolveMentions } from '../../../src/lib/markup/mentions.ts';
import { parseMarkup } from '../../../src/lib/markup/parse.ts';
import { characters, hrefs, inlines, shortBlock } from './shown.ts';

const resolve = resolveMentions([['_ann_', 'p']]);
const read = (text: string): string => parseMarkup(text, resolve).map(shortBlock).join(' | ');

describe('what is read', () => {
	it.each([
		['**bold** *it* _it_ ~~no~~ `a*b`', 'b(bold) i(it) i(it) s(no) c(a*b)'],
		['***both***', 'i(b(both))'],
		['**你好**世界', 'b(你好)世界'],
		['这是**重点**内容', '这是b(重点)内容'],
		['__two words__', 'b(two words)'],
		['**bold *it* more**', 'b(bold i(it) more)'],
		['**over\ntwo lines**', 'b(over\ntwo lines)'],
		['```js\nlet a = "<b>";\n\n  b();\n```\nafter', 'code:js(let a = "<b>";\n\n  b();) | after'],
		['> a\n> b\n\nout', 'quote(a\nb) | out'],
		['> a\nnot in it', 'quote(a) | not in it'],
		['> a\n> > b', 'quote(a | quote(b))'],
		['- a\n- b\n  - c', 'list(• a ; • b [• c])'],
		['- a\n  goes on\nout', 'list(• a\ngoes on) | out'],
		['- [ ] bread\n- [x] milk', 'list(☐ bread ; ☑ milk)'],
		['[map](https://example.org/a)', 'a<https://example.org/a>(map)'],
		['[*map*](https://example.org/a)', 'a<https://example.org/a>(i(map))'],
		['[post](mailto:ann@example.org)', 'a<mailto:ann@example.org>(post)'],
		['**https://example.org/a**', 'b(a<https://example.org/a>(https://example.org/a))'],
		['https://example.org/_a_/b', 'a<https://example.org/_a_/b>(https://example.org/_a_/b)'],
		['hi @_ann_ _now_', 'hi @(@_ann_) i(now)'],
		['你好@_ann_ _now_', '你好@(@_ann_) i(now)'],
		['`` a ` b ``', 'c(a ` b)'],
		['a\nb\n\n\nc', 'a\nb\n\n\nc'],
		['a\n\n\n> b\n\n\n\nc', 'a | gap 1 | quote(b) | gap 2 | c']
	])('%j', (text, expected) => {
		expect(read(text)).toBe(expected);
	});
});

describe('numbers are the ones that were written', () => {
	it.each([
		['1. yes\n3. no\n7. maybe', 'list(1. yes ; 3. no ; 7. maybe)'],
		['3) x\n4) y', 'list(3) x ; 4) y)'],
		['007. Bond', 'list(007. Bond)'],
		['2. b\n1. a', 'list(2. b ; 1. a)'],
		['1. a\n\n5. b', 'list(1. a) | list(5. b)'],
		['- 5 °C outside', '- 5 °C outside'],
		['- -3\n- +4', '- -3\n- +4'],
		['-1\n-2', '-1\n-2']
	])('%j', (text, expected) => {
		expect(read(text)).toBe(expected);
	});
});

describe('what stays the text that it is', () => {
	it.each([
		'请在3~5天内答复，10~12点最好',
		'2*3*4=24',
		'2 * 3 * 4 = 24',
		'面积=长*宽*高',
		'单价*数量*折扣',
		'a*b*c and a_b_c and a~b~c',
		'2**3**2',
		'长**2 + 宽**2',
		'3~~5天，10~~12点',
		'~5~ and ~~~',
		'__init__ and __main__.py and _a_b_',
		'f(*args, **kwargs)',
		'*^_^* (*_*) >_< ^_^',
		'>>> print(1)\n>:( no\n>text',
		'*not\n\nover* a gap',
		'`unclosed and ```also',
		'```\nnever closed',
		'\\*not\\* and \\`no\\`',
		'snake_case_name',
		'# no heading\n## none',
		'a\n---\nb',
		'<b>raw</b> &amp; <script>alert(1)</script>',
		'| a | b |\n|---|---|\n| 1 | 2 |',
		'    four spaces',
		'¯\\_(ツ)_/¯',
		'[foo]: nowhere\n[foo]',
		'+ 1\n+ 2',
		'![picture](nowhere.png)',
		'one  \ntwo\\\nthree',
		'[a](javascript:alert(1))',
		'[a](data:text/html,x)',
		'about ~ 3 ~ 4',
		'[](https://example.org)x'.replace('https', 'ftp')
	])('%j', (text) => {
		expect(read(text)).toBe(text);
	});

	it('a link whose words name another place', () => {
		expect(read('[https://bank.example](https://evil.example)')).toBe(
			'[a<https://bank.example/>(https://bank.example)](a<https://evil.example/>(https://evil.example))'
		);
		expect(read('[bank.example/login](https://evil.example)')).toContain('[bank.example/login](');
		expect(read('[bank.example](https://bank.example/login)')).toBe(
			'a<https://bank.example/login>(bank.example)'
		);
	});

	it('quotes deeper than anybody means', () => {
		const deep = '> '.repeat(40) + 'x';
		expect(characters(parseMarkup(deep))).toContain('x');
	});
});

describe('beside the punctuation of scripts without spaces, every mark counts', () => {
	const marks = [
		['**', 'b'],
		['*', 'i'],
		['_', 'i'],
		['__', 'b'],
		['~~', 's']
	] as const;
	const signs = [...'：。！？、）」』】》”’…', ...'!?:)'];
	it.each(marks)('%s', (mark, short) => {
		for (const sign of signs) {
			const text = `${mark}重要${sign}${mark}请看`;
			expect(read(text)).toBe(`${short}(重要${sign})请看`);
		}
		for (const sign of [...'「『（《“【']) {
			expect(read(`说${mark}${sign}重要${mark}，看`)).toBe(`说${short}(${sign}重要)，看`);
		}
	});
	it('Japanese and Korean', () => {
		expect(read('**「引用」**です')).toBe('b(「引用」)です');
		expect(read('**중요!**확인하세요')).toBe('b(중요!)확인하세요');
		expect(read('**중요**는')).toBe('b(중요)는');
	});
});

const mark = fc.constantFrom(
	...['*', '**', '***', '_', '__', '~~', '~', '`', '``', '```', '\n', '\n\n', '> ', '- ', '1. '],
	...['7) ', '#', '<a>', '\\', ' ', '@_ann_', 'https://example.org/a_b', '|', '    ', '!', '[x] '],
	...[
		'](',
		'](https://example.org)',
		'[',
		')',
		'：',
		'，',
		'你好',
		'3',
		'10',
		'word',
		'🐦',
		'“',
		'”'
	]
);
const text = fc
	.array(fc.oneof(mark, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 40 })
	.map((pieces) => pieces.join(''));

/** What no construct takes away: all but the signs that constructs are made of, and space. */
const lasting = (shown: string): string => shown.replace(/[\s*_~`>•☐☑[\]()-]/gu, '');

describe('whatever is written', () => {
	it(
		'every character and number is seen, in its order, but for the marks of a construct',
		{ timeout: 60_000 },
		() => {
			fc.assert(
				fc.property(text, (written) => {
					// Addresses behind the words of a link, boxes of tasks, and languages of code are not shown as written.
					fc.pre(!/\]\(|\[[ xX]\] |```[\w+#.-]+ *\n/u.test(written));
					expect(lasting(characters(parseMarkup(written)))).toBe(lasting(written));
				}),
				{ numRuns: 2_000 }
			);
		}
	);

	it('of the marks themselves only pairs go, and never one sign alone', { timeout: 60_000 }, () => {
		fc.assert(
			fc.property(text, (written) => {
				fc.pre(!/\]\(|\[[ xX]\] |```/u.test(written));
				for (const sign of ['*', '_', '~']) {
					const count = (shown: string) => shown.split(sign).length - 1;
					const items =
						sign === '*'
							? written.split('\n').filter((line) => /^(?:> )*\s*\* /u.test(line)).length
							: 0;
					const gone = count(written) - count(characters(parseMarkup(written)));
					expect(gone).toBeGreaterThanOrEqual(0);
					if (items === 0) expect(gone % 2).toBe(0);
				}
			}),
			{ numRuns: 2_000 }
		);
	});

	it('links lead only to http, https and mailto', { timeout: 60_000 }, () => {
		const target = fc.oneof(
			fc.webUrl(),
			fc.constantFrom(
				'javascript:alert(1)',
				'JaVaScRiPt:x',
				'data:text/html,x',
				'//x',
				'mailto:a@b'
			),
			fc.string()
		);
		fc.assert(
			fc.property(text, fc.string(), target, (before, words, href) => {
				const blocks = parseMarkup(`${before}[${words}](${href})`);
				for (const one of hrefs(inlines(blocks))) expect(one).toMatch(/^(?:https?|mailto):/u);
			}),
			{ numRuns: 500 }
		);
	});
});

/** Steps per UTF-16 unit within which the longest texts are read; a work that grows faster than they do fails. */
const STEPS_PER_UNIT = 24;

describe('the work grows with the length of a text, whatever is in it (SOCKET-15)', () => {
	const pieces = [
		...[
			'*',
			'**',
			'_',
			'__',
			'~~',
			'~',
			'`',
			'``',
			'[',
			']',
			'(',
			')',
			'](',
			'[a](',
			'@',
			'@_ann_',
			'>',
			'> '
		],
		...[
			'- ',
			'- a\n',
			'1. ',
			'\n',
			' ',
			'\t',
			'\\',
			'<',
			'!',
			'a',
			'你',
			'：',
			'\u202e',
			'\ufdfa',
			'\u0301',
			'🐦'
		],
		...[
			'http://',
			'https://a.b',
			'http://?/',
			'[a](http://b',
			'=_^https://a.b|)',
			'```\n',
			'  - ',
			'\u3000'
		]
	];
	const piece = fc.constantFrom(...pieces);

	it('of any few pieces, repeated', { timeout: 120_000 }, () => {
		fc.assert(
			fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (some) => {
				const unit = some.join('');
				const [short, long] = [2_000, 8_000].map((length) => {
					const written = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
					const budget = new Budget(written.length);
					parseMarkup(written, resolve, budget);
					return budget.steps / written.length;
				});
				expect(short).toBeLessThanOrEqual(STEPS_PER_UNIT + 1);
				expect(long).toBeLessThanOrEqual(STEPS_PER_UNIT + 1);
			}),
			{ numRuns: 1_500 }
		);
	});

	it.each([
		'=_^https://a.b|)'.repeat(125) + ']'.repeat(1_980),
		'http://?/'.repeat(222) + '~~'.repeat(990),
		'__\u202e'.repeat(1_333),
		'[a](http://b'.repeat(330),
		'*a '.repeat(1_333),
		'`'.repeat(4_000),
		'> '.repeat(2_000),
		'- a\n'.repeat(1_000),
		('@' + '\ufdfa'.repeat(20) + ' ').repeat(181),
		'a\u0301'.repeat(2_000)
	])('%#: within 50 ms on any machine', (written) => {
		// The fastest of some: a machine that is busy elsewhere makes any one of them slow.
		const times = Array.from({ length: 5 }, () => {
			const began = performance.now();
			parseMarkup(written, resolve);
			return performance.now() - began;
		});
		expect(Math.min(...times)).toBeLessThan(50);
	});

	it('a text of more parts than anybody means is shown as it was written', () => {
		const written = '**a** '.repeat(660);
		expect(read(written)).toBe(written);
	});
});
