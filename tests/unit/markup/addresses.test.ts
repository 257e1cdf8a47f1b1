/** Where an address ends, and where a link may lead. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inline } from '../../../src/lib/markup/nodes.ts';
import { parseMarkup } from '../../../src/lib/markup/parse.ts';
import { characters, inlines } from './shown.ts';

const textOf = (node: Inline): string =>
	'children' in node ? node.children.map(textOf).join('') : node.text;
const links = (text: string): string[] =>
	inlines(parseMarkup(text)).flatMap((node) => (node.type === 'link' ? [textOf(node)] : []));

describe('an address ends', () => {
	it.each([
		['see https://example.org.', ['https://example.org']],
		['(https://example.org/a)', ['https://example.org/a']],
		['https://en.wikipedia.org/wiki/Roost_(bird)', ['https://en.wikipedia.org/wiki/Roost_(bird)']],
		[
			'(see https://en.wikipedia.org/wiki/Roost_(bird))',
			['https://en.wikipedia.org/wiki/Roost_(bird)']
		],
		[
			'[https://example.org/a] {https://example.org/b}',
			['https://example.org/a', 'https://example.org/b']
		],
		['<https://example.org/?a=1&b=2>', ['https://example.org/?a=1&b=2']],
		['http://a.example https://b.example', ['http://a.example', 'https://b.example']],
		['HTTPS://EXAMPLE.ORG/A', ['HTTPS://EXAMPLE.ORG/A']],
		['~~https://example.org/a~~', []],
		['https://example.org/a?!', ['https://example.org/a']]
	])('in %s', (text, expected) => {
		if (expected.length > 0) expect(links(text)).toEqual(expected);
		else expect(characters(parseMarkup(text))).toBe('https://example.org/a');
	});

	const closing = [...'”’」』】》〉〕〗），。、；：！？…—～｣］｝．｡､"»›'];
	it.each(closing)('before %s', (sign) => {
		expect(links(`看“https://example.com/a${sign}这篇`)).toEqual(['https://example.com/a']);
		expect(links(`https://example.com/a${sign}`)).toEqual(['https://example.com/a']);
	});

	it('before prose in Chinese, Japanese and Korean that goes on behind a Latin letter or digit', () => {
		expect(links('https://example.com/a这篇文章')).toEqual(['https://example.com/a']);
		expect(links('https://example.com/2026を見て')).toEqual(['https://example.com/2026']);
		expect(links('https://example.com에서')).toEqual(['https://example.com']);
		expect(links('看https://example.com看')).toEqual(['https://example.com']);
	});
});

describe('what belongs to an address stays', () => {
	it.each([
		'https://zh.wikipedia.org/wiki/栖木',
		'https://example.org/路径/文件.html',
		'https://例子.测试/路径',
		'https://example.org/?q=中文&x=1',
		'https://ru.wikipedia.org/wiki/Насест',
		"https://en.wikipedia.org/wiki/Schrödinger's_cat",
		'https://en.wikipedia.org/wiki/Schrödinger’s_cat',
		'https://example.org/a,b;c:d@e!f$g*h',
		'https://example.org/_a_/*b*/~c~/d'
	])('%s', (address) => {
		expect(links(`see ${address} now`)).toEqual([address]);
		expect(links(`看${address}，好`)).toEqual([address]);
	});
});

it.each([
	'javascript:alert(1)',
	'data:text/html,x',
	'ftp://example.org',
	'https://',
	'example.org',
	'xhttps://a.b'
])('%s is no link', (text) => {
	expect(links(text)).toEqual([]);
});

it('parts joined together are the text, and every link goes to http or https', () => {
	const piece = fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl(), fc.constant('https://'));
	fc.assert(
		fc.property(fc.array(piece), (pieces) => {
			const text = pieces
				.join(' ')
				.replace(/[*_~`>[\]\n]|\d[.)] |[-•] /gu, '')
				.trim();
			const blocks = parseMarkup(text);
			expect(characters(blocks)).toBe(text);
			for (const node of inlines(blocks))
				if (node.type === 'link') expect(node.href).toMatch(/^https?:/u);
		})
	);
});
