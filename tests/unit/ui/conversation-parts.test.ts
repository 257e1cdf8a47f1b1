/** The small decisions of the conversation on screen. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { MessageItem } from '../../../src/lib/state/client/client-types.ts';
import { anchoredPosition } from '../../../src/lib/ui/base/anchored-position.ts';
import {
	GapFetcher,
	GIVE_UP_AFTER,
	type GapRequest
} from '../../../src/lib/ui/chat/gap-fetcher.ts';
import { plainLine } from '../../../src/lib/markup/plain-text.ts';
import { noteParts } from '../../../src/lib/ui/chat/message/note-parts.ts';
import { readersByRow, seenByAll } from '../../../src/lib/ui/chat/read-marks.ts';
import type { Row } from '../../../src/lib/ui/chat/rows.ts';

const card = (id: string): Card => ({ id, number: 1, name: id, v: 1 });

describe('something that pops up', () => {
	const window = { width: 1000, height: 600 };
	const size = { width: 300, height: 200 };
	const inside = ({ left, top }: { left: number; top: number }) =>
		left >= 0 && top >= 0 && left + size.width <= 1000 && top + size.height <= 600;

	it('stands below where there is room, else above, and never outside of the window', () => {
		const at = (left: number, top: number) =>
			anchoredPosition({ left, right: left + 30, top, bottom: top + 30 }, size, window);
		expect(at(100, 100)).toEqual({ left: 100, top: 136 });
		expect(at(100, 500).top).toBeLessThan(500 - size.height);
		expect(at(960, 100).left).toBe(990 - size.width);
		for (const left of [-50, 0, 480, 999]) {
			for (const top of [-50, 0, 300, 599]) expect(inside(at(left, top))).toBe(true);
		}
	});
});

describe('read marks', () => {
	const message = (seq: number | null, author = 'bob'): Row => ({
		type: 'message',
		key: `m${seq}`,
		item: { seq, author } as MessageItem,
		first: true,
		last: true
	});
	const rows = [message(3), message(5), message(8), message(null)];
	const marks = (upto: number, hasNewer = false) =>
		[...readersByRow(rows, [{ card: card('ann'), upto }], hasNewer).keys()].join();

	it('stand at the last message that was seen, never at one that was not', () => {
		expect(marks(5)).toBe('m5');
		expect(marks(7)).toBe('m5');
		expect(marks(9)).toBe('m8');
		expect(marks(2)).toBe('');
	});

	it('say nothing under one’s own words', () => {
		const own = [message(3), message(5, 'ann')];
		expect([...readersByRow(own, [{ card: card('ann'), upto: 5 }], false)]).toEqual([]);
	});

	it('of those who have read beyond the window are not in it', () => {
		expect(marks(9, true)).toBe('');
		expect(marks(8, true)).toBe('m8');
		expect(marks(5, true)).toBe('m5');
	});

	it('seen means by everybody', () => {
		const readers = [
			{ card: card('ann'), upto: 8 },
			{ card: card('bob'), upto: 5 }
		];
		expect(seenByAll(readers, 2)).toBe(5);
		expect(seenByAll(readers, 3)).toBe(0);
		expect(seenByAll([], 0)).toBe(0);
	});
});

describe('what is fetched first', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());
	const hole = { hole: { type: 'hole', key: 'h', after: 2, before: 9 }, end: 'top' } as const;

	function watch() {
		const wishes: (GapRequest | null)[] = [];
		const again = vi.fn();
		return { wishes, again, watch: new GapFetcher((wish) => wishes.push(wish), again) };
	}

	it('the message jumped to, then the hole in view, then what others answer', () => {
		const it = watch();
		it.watch.see(50, hole, [7]);
		it.watch.see(null, hole, [7]);
		it.watch.see(null, hole, [7]);
		it.watch.see(null, null, [7]);
		it.watch.see(null, null, []);
		expect(it.wishes).toEqual([
			{ after: 49, before: 51, end: 'top' },
			{ after: 2, before: 9, end: 'top' },
			{ after: 6, before: 8, end: 'top' },
			null
		]);
		it.watch.stop();
	});

	it('a wish is told again when the link has changed: one told without a link is lost', () => {
		const it = watch();
		it.watch.see(null, hole, []);
		it.watch.retry();
		it.watch.see(null, hole, []);
		expect(it.wishes).toEqual([it.wishes[0], it.wishes[0]]);
	});

	it('an answered message that does not come makes room for the next, until there is a link again', () => {
		const it = watch();
		it.watch.see(null, null, [7, 4]);
		vi.advanceTimersByTime(GIVE_UP_AFTER);
		expect(it.again).toHaveBeenCalledOnce();
		it.watch.see(null, null, [7, 4]);
		expect(it.wishes.at(-1)).toEqual({ after: 3, before: 5, end: 'top' });
		it.watch.retry();
		expect(it.again).toHaveBeenCalledTimes(2);
		it.watch.see(null, null, [7, 4]);
		expect(it.wishes.at(-1)).toEqual({ after: 6, before: 8, end: 'top' });
		it.watch.stop();
	});
});

it.each([
	['**bold** and `code`\n\n> quote', 'bold and code quote'],
	['```js\nlet a;\n```', 'let a;'],
	['snake_case stays', 'snake_case stays'],
	['x'.repeat(1000), 'x'.repeat(240)]
])('%j in one line', (body, expected) => {
	expect(plainLine(body, 240)).toBe(expected);
});

describe('system messages', () => {
	const names = { who: 'Ann', whom: 'Bob', pin: 'a message' };
	const note = (what: string, more = {}) =>
		noteParts({ body: '', note: { what, card: null, ...more } } as MessageItem, names);
	const said = (what: string, more = {}) =>
		note(what, more)
			.map((part) => (part.name ? `[${part.text}]` : part.text))
			.join('');

	it.each([
		['joined', '[Ann] joined'],
		['removed', '[Ann] removed [Bob]'],
		['owner', '[Ann] handed the room over to [Bob]'],
		['pinned', '[Ann] pinned [a message]']
	])('%s', (what, expected) => {
		expect(said(what)).toBe(expected);
	});

	it('a name with anything in it is only text', () => {
		expect(said('renamed', { text: 'The {who} <b>Bob</b>' })).toBe(
			'[Ann] renamed the room to “The {who} <b>Bob</b>”'
		);
	});

	it('what a newer server tells is not silent', () => {
		expect(said('invented-later')).not.toBe('');
	});
});
