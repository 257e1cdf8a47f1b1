/** Light Markdown: what is read, what stays text, and that nothing anybody wrote is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, Inline } from '../../../src/lib/ui/chat/markup/nodes.ts';
import { parseMarks } from '../../../src/lib/ui/chat/markup/parse.ts';

/** Nodes in short: b(…) i(…) s(…) c(…) a<href>(…) @(…). */
function inline(node: Inline): string {
	switch (node.type) {
		case 'text':
			return node.text;
		case 'mention':
			return `@(${node.text})`;
		case 'code':
			return `c(${node.text})`;
		case 'link':
			return `a<${node.href}>(${node.children.map(inline).join('')})`;
		default:
			return `${{ strong: 'b', em: 'i', del: 's' }[node.type]}(${node.children.map(inline).join('')})`;
	}
}

function block(node: Block): string {
	switch (node.type) {
		case 'paragraph':
			return node.children.map(inline).join('');
		case 'code':
			return `code:${node.language}(${node.text})`;
		case 'quote':
			return `quote(${node.blocks.map(block).join(' | ')})`;
		case 'list':
			return `${node.start ?? 'points'}(${node.items.map((item) => item.map(block).join(' | ')).join(' ; ')})`;
		default:
			return `gap ${node.lines}`;
	}
}

const read = (text: string): string =>
	parseMarks(text, [['_ann_', 'p']])
		.map(block)
		.join(' | ');

describe('what is read', () => {
	it.each([
		['**bold** *it* _it_ ~~no~~ `a*b`', 'b(bold) i(it) i(it) s(no) c(a*b)'],
		['***both***', 'i(b(both))'],
		['**你好**世界', 'b(你好)世界'],
		['```js\nlet a = "<b>";\n\n  b();\n```\nafter', 'code:js(let a = "<b>";\n\n  b();) | after'],
		['> a\n> b\n\nout', 'quote(a\nb) | out'],
		['- a\n- b\n  - c', 'points(a ; b | points(c))'],
		['3. x\n4. y', '3(x ; y)'],
		['- [ ] bread\n- [x] milk', 'points(☐ bread ; ☑ milk)'],
		['[map](https://example.org/a)', 'a<https://example.org/a>(map)'],
		['[post](mailto:ann@example.org)', 'a<mailto:ann@example.org>(post)'],
		['**https://example.org/a**', 'b(a<https://example.org/a>(https://example.org/a))'],
		['https://example.org/_a_/b', 'a<https://example.org/_a_/b>(https://example.org/_a_/b)'],
		['hi @_ann_ _now_', 'hi @(@_ann_) i(now)'],
		['你好@_ann_ _now_', '你好@(@_ann_) i(now)'],
		['`x` ann@_ann_.example', 'c(x) ann@i(ann).example'],
		['a\nb\n\n\nc', 'a\nb | gap 2 | c']
	])('%j', (text, expected) => {
		expect(read(text)).toBe(expected);
	});
});

describe('what stays the text that it is', () => {
	it.each([
		'snake_case_name and 2 * 3 * 4',
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
		'about ~ 3 ~ 4'
	])('%j', (text) => {
		expect(read(text)).toBe(text);
	});

	it('a link whose words name another place', () => {
		expect(read('[https://bank.example](https://evil.example)')).not.toContain('(https://bank');
		expect(read('[bank.example/login](https://evil.example)')).toContain('[bank.example/login](');
		expect(read('[bank.example](https://bank.example/login)')).toBe(
			'a<https://bank.example/login>(bank.example)'
		);
	});

	it('quotes and points deeper than anybody means', () => {
		expect(read('>'.repeat(3000) + ' x')).toBe('>'.repeat(3000) + ' x');
	});
});

/** Letters and digits of a text; marks, spaces and numbers of points are not among them. */
const letters = (text: string): string => text.replace(/[^\p{L}]/gu, '');

function visible(nodes: readonly (Block | Inline)[]): string {
	return nodes
		.map((node) => {
			if ('children' in node) return visible(node.children);
			if ('blocks' in node) return visible(node.blocks);
			if ('items' in node) return node.items.map(visible).join('');
			if (node.type === 'gap') return '';
			return node.type === 'code' && 'language' in node ? node.language + node.text : node.text;
		})
		.join('');
}

function hrefs(nodes: readonly (Block | Inline)[]): string[] {
	return nodes.flatMap((node) => [
		...('href' in node ? [node.href] : []),
		...('children' in node ? hrefs(node.children) : []),
		...('blocks' in node ? hrefs(node.blocks) : []),
		...('items' in node ? node.items.flatMap(hrefs) : [])
	]);
}

describe('whatever is written', () => {
	const mark = fc.constantFrom(
		...['*', '**', '_', '~~', '`', '```', '\n', '\n\n', '> ', '- ', '1. ', '#', '<a>', '\\', ' '],
		...['@_ann_', 'https://example.org/a_b', '|', '---', '    ', '!', '[x]', '你好', 'word', '🐦']
	);
	const text = fc.array(fc.oneof(mark, fc.string({ unit: 'grapheme', maxLength: 8 })), {
		maxLength: 40
	});

	it('every letter is seen, in its order', { timeout: 60_000 }, () => {
		fc.assert(
			fc.property(text, (pieces) => {
				const written = pieces.join('').replaceAll('](', '] (');
				// The box of a task is drawn, not written.
				fc.pre(!/\[[x ]\]/iu.test(written));
				expect(letters(visible(parseMarks(written)))).toBe(letters(written));
			}),
			{ numRuns: 500 }
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
			fc.property(text, fc.string(), target, (pieces, words, href) => {
				const nodes = parseMarks(`${pieces.join('')}[${words}](${href})`);
				for (const one of hrefs(nodes)) expect(one).toMatch(/^(?:https?|mailto):/u);
			}),
			{ numRuns: 500 }
		);
	});

	const hostile = [
		'*a',
		'_a ',
		'`a',
		'[a](',
		'[',
		'~~a',
		'> ',
		'- a\n',
		'**_',
		'1. a\n',
		'*_*',
		'@',
		' ',
		'\\',
		'<',
		'](b)['
	];
	it.each(hostile)('the longest text of nothing but %j is read at once', (piece) => {
		const began = performance.now();
		parseMarks(piece.repeat(Math.floor(4000 / piece.length)), [['_ann_', 'p']]);
		// Some 20 ms at most; what grows with the square of the length takes seconds.
		expect(performance.now() - began).toBeLessThan(1_500);
	});
});
