import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLargeEmoji, linkify } from '../../../src/lib/ui/chat/linkify.ts';

const links = (text: string): string[] =>
	linkify(text).flatMap((part) => (part.href === null ? [] : [part.text]));

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
				const parts = linkify(text);
				expect(parts.map((part) => part.text).join('')).toBe(text);
				for (const part of parts) if (part.href !== null) expect(part.href).toMatch(/^https?:/u);
			})
		);
	});
});

it.each([
	['🐦', true],
	['👩‍👩‍👧 🎉', true],
	['🐦🐦🐦🐦', false],
	['🐦 hello', false],
	['12', false],
	['', false]
])('%s alone is shown large: %s', (text, large) => {
	expect(isLargeEmoji(text)).toBe(large);
});
