/** Complaint 7: the words of windows that went away before a database came to it are there again, and only those. */
import { expect, test } from 'vitest';
import { withLastWords, type LastWords } from '../../../src/lib/db/last-words.ts';
import type { Draft } from '../../../src/lib/sync/ports.ts';

const kept = (body: string, more: Partial<Draft> = {}): Draft => ({
	room: 'r',
	body,
	at: 5,
	...more
});
const last = (body: string, more: Partial<LastWords> = {}): LastWords => ({
	body,
	reply: null,
	over: '',
	at: 9,
	...more
});
const never = (): boolean => false;

test.each<[what: string, Draft | null, LastWords[], body: string | null, other?: string]>([
	['nothing was left', kept('kept'), [], 'kept'],
	['nothing was kept', null, [last('typed')], 'typed'],
	['a later form of what was kept', kept('half'), [last('hXlf', { over: 'half' })], 'hXlf'],
	[
		'one goes on with what was kept',
		kept('half'),
		[last('half a thought', { over: 'ha' })],
		'half a thought'
	],
	['cleared in the last moment', kept('half', { other: 'b' }), [last('', { over: 'half' })], 'b'],
	['all cleared', kept('half'), [last('', { over: 'half' })], null],
	['another tab kept its own', kept('theirs'), [last('mine')], 'mine', 'theirs'],
	['another tab kept its own later', kept('theirs', { at: 20 }), [last('mine')], 'theirs', 'mine'],
	['two tabs', null, [last('one'), last('two', { at: 10 })], 'two', 'one']
])('%s', (_, draft, words, body, other) => {
	const found = withLastWords(draft, words, never);
	expect([found?.body ?? null, found?.other]).toEqual([body, other]);
});

test('what was said since is a draft no longer', () => {
	const isSaid = (text: string): boolean => text === 'sent by the other tab';
	expect(withLastWords(null, [last('sent by the other tab')], isSaid)).toBe(null);
	expect(withLastWords(kept('next'), [last('sent by the other tab')], isSaid)).toEqual(
		kept('next')
	);
});

test('what the kept draft builds on, and what it answers, stays with it', () => {
	const draft = kept('half', { base: 3, sent: 'hal', reply: 'm' });
	const words = [last('half a thought', { over: 'half', reply: 'm' })];
	expect(withLastWords(draft, words, never)).toEqual({
		...draft,
		body: 'half a thought',
		at: 9
	});
});
