/** Whom a text names (A11): the server notifies exactly those whom the screen shows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	callsIn,
	CALLS_MAX,
	mentionsIn,
	resolveMentions
} from '../../../src/lib/markup/mentions.ts';
import { parseMarkup } from '../../../src/lib/markup/parse.ts';
import type { Mention } from '../../../src/lib/protocol/change.ts';
import { nameKey } from '../../../src/lib/protocol/name-key.ts';
import { inlines } from './shown.ts';

const people = ['ann', 'annabelle', '李雷', '李雷雷', 'a_b', 'bob', 'x_'];
const directory = new Map(people.map((name) => [nameKey(name), `id of ${name}`]));

function shown(text: string, mentions: Mention[]): string[] {
	return inlines(parseMarkup(text, resolveMentions(mentions))).flatMap(
		function find(node): string[] {
			if (node.type === 'mention') return [`${node.text} ${node.person}`];
			return 'children' in node ? node.children.flatMap(find) : [];
		}
	);
}
const called = (text: string): string[] => shown(text, mentionsIn(text, directory));

describe('names', () => {
	it.each([
		['hi @ann, and @annabelle', ['@ann id of ann', '@annabelle id of annabelle']],
		['@李雷雷你好', ['@李雷雷 id of 李雷雷']],
		['你好@李雷你好', ['@李雷 id of 李雷']],
		['**@李雷** 你好', ['@李雷 id of 李雷']],
		['> @bob said', ['@bob id of bob']],
		['- @bob', ['@bob id of bob']],
		['@a_b_', []],
		['write to ann@ann.example', []],
		['https://example.org/@ann', []],
		['`kick @bob now`', []],
		['```\n@bob\n```', []],
		['[ask @bob](https://example.org)', []],
		['`a` @bob `c`', ['@bob id of bob']]
	])('%j', (text, expected) => {
		expect(called(text)).toEqual(expected);
	});

	it('only what the server says is a mention', () => {
		expect(shown('@ann', [])).toEqual([]);
	});
});

it('whoever is notified is shown, and whoever is shown is notified', { timeout: 60_000 }, () => {
	const piece = fc.constantFrom(
		...[
			'@ann',
			'@bob',
			'@李雷',
			'@x_',
			'@',
			'ann',
			'`',
			'```',
			'\n',
			' ',
			'*',
			'_',
			'**',
			'[',
			'](',
			')',
			'> ',
			'- '
		],
		...['https://a.b/', '.', '，', '你好', '\\']
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
			const text = pieces.join('');
			const mentions = mentionsIn(text, directory);
			const onScreen = new Set(shown(text, mentions).map((one) => one.replace(/^.*id of /, '')));
			expect(onScreen).toEqual(new Set(mentions.map(([, person]) => person.replace('id of ', ''))));
		}),
		{ numRuns: 2_000 }
	);
});

it('a text that calls without end costs no more than one that calls often', () => {
	const text = ('@' + '\ufdfa'.repeat(20) + ' ').repeat(181);
	expect(callsIn(text)).toEqual([]);
	expect(callsIn('@someone_there_1234 '.repeat(200)).length).toBe(CALLS_MAX);
});
