import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mention } from '../../../src/lib/protocol/change.ts';
import { mentionsIn } from '../../../src/lib/protocol/mentions.ts';
import { nameKey } from '../../../src/lib/protocol/names.ts';
import { emojiSize } from '../../../src/lib/ui/chat/markup/emoji-only.ts';
import { mayHaveMarks, plainNodes, type Inline } from '../../../src/lib/ui/chat/markup/nodes.ts';

const textOf = (node: Inline): string =>
	'children' in node ? node.children.map(textOf).join('') : node.text;
const links = (text: string): string[] =>
	plainNodes(text).flatMap((node) => (node.type === 'link' ? [textOf(node)] : []));

describe('links in a message', () => {
	it.each([
		['see https://example.org.', ['https://example.org']],
		['(https://example.org/a)', ['https://example.org/a']],
		['https://en.wikipedia.org/wiki/Roost_(bird)', ['https://en.wikipedia.org/wiki/Roost_(bird)']],
		['看https://example.org/路径，好吗？', ['https://example.org/路径']],
		['<https://example.org/?a=1&b=2>', ['https://example.org/?a=1&b=2']],
		['http://a.example https://b.example', ['http://a.example', 'https://b.example']]
	])('%s', (text, expected) => {
		expect(links(text)).toEqual(expected);
	});

	it.each([
		'javascript:alert(1)',
		'data:text/html,x',
		'ftp://example.org',
		'https://',
		'example.org'
	])('%s is no link', (text) => {
		expect(links(text)).toEqual([]);
	});

	it('parts joined together are the text, and every link goes to http or https', () => {
		const piece = fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl(), fc.constant('https://'));
		fc.assert(
			fc.property(fc.array(piece), (pieces) => {
				const text = pieces.join(' ');
				const nodes = plainNodes(text, [['ann', 'p']]);
				expect(nodes.map(textOf).join('')).toBe(text);
				for (const node of nodes) if (node.type === 'link') expect(node.href).toMatch(/^https?:/u);
			})
		);
	});
});

describe('mentions in a message', () => {
	const people = ['ann', 'annabelle', '李雷', '李雷雷', 'a_b'];
	const directory = new Map(people.map((name) => [nameKey(name), `id of ${name}`]));
	const called = (text: string, mentions: Mention[] = mentionsIn(text, directory)): string[] =>
		plainNodes(text, mentions).flatMap((node) =>
			node.type === 'mention' ? [`${node.text} ${node.person}`] : []
		);

	it.each([
		['hi @ann, and @annabelle', ['@ann id of ann', '@annabelle id of annabelle']],
		['@李雷雷你好', ['@李雷雷 id of 李雷雷']],
		['你好@李雷你好', ['@李雷 id of 李雷']],
		['@李雷你好', ['@李雷 id of 李雷']],
		['@a_b_', []],
		['write to ann@ann.example', []],
		['https://example.org/@ann', []]
	])('%s', (text, expected) => {
		expect(called(text)).toEqual(expected);
	});

	it('only what the server says is a mention', () => {
		expect(called('@ann', [])).toEqual([]);
	});
});

it.each([
	['🐦', 'large'],
	['👩‍👩‍👧 🎉', 'large'],
	['🐦🐦🐦🐦', 'medium'],
	['🐦'.repeat(8), 'medium'],
	['🐦'.repeat(9), null],
	['🐦 hello', null],
	['12', null],
	['', null]
])('%s alone is shown %s', (text, size) => {
	expect(emojiSize(text)).toBe(size);
});

it.each([
	['Hello there. (Really?) 3 > 2 and a-b, 你好！', false],
	['https://example.org/a?b=c#d', false],
	['snake_case', true],
	['*a*', true],
	['> quoted', true],
	['- point', true],
	['one\n2. two', true],
	['[a](https://example.org)', true]
])('%s may have marks: %s', (text, may) => {
	expect(mayHaveMarks(text)).toBe(may);
});
