import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageItem } from '../../../src/lib/state/client/client-types.ts';
import {
	dayAbove,
	GROUP_WITHIN,
	steadyRows,
	toRows,
	type Row
} from '../../../src/lib/ui/chat/rows.ts';

const NOON = new Date(2026, 4, 10, 12).getTime();

function message(seq: number, more: Partial<MessageItem> = {}): MessageItem {
	return {
		type: 'message',
		key: `m${seq}`,
		id: `m${seq}`,
		room: 'room',
		seq,
		author: 'ann',
		card: null,
		mine: false,
		body: `text ${seq}`,
		files: [],
		at: NOON + seq * 1000,
		edited: false,
		deleted: false,
		system: false,
		delivery: 'sent',
		refusal: null,
		change: null,
		note: null,
		call: null,
		reply: null,
		mentions: [],
		reactions: [],
		pinned: false,
		forward: null,
		...more
	};
}

/** The rows in short: day, unread, hole, and messages with [ for first and ] for last of a group. */
function short(rows: Row[]): string {
	return rows
		.map((row) =>
			row.type === 'message'
				? `${row.first ? '[' : ''}${row.item.key}${row.last ? ']' : ''}`
				: row.type
		)
		.join(' ');
}

describe('rows of a conversation', () => {
	it('messages of one author within five minutes are one group', () => {
		const items = [
			message(1),
			message(2),
			message(3, { author: 'bob' }),
			message(4, { author: 'bob', at: NOON + 3000 + GROUP_WITHIN + 1 })
		];
		expect(short(toRows(items, null))).toBe('day [m1 m2] [m3] [m4]');
	});

	it('a new day begins with its line, even within five minutes', () => {
		const midnight = new Date(2026, 4, 11).getTime();
		const items = [message(1, { at: midnight - 1000 }), message(2, { at: midnight + 1000 })];
		expect(short(toRows(items, null))).toBe('day [m1] day [m2]');
	});

	it('the unread line stands before the first message of others after the read position', () => {
		const items = [message(1), message(2, { mine: true, author: 'me' }), message(3), message(4)];
		expect(short(toRows(items, 1))).toBe('day [m1] [m2] unread [m3 m4]');
	});

	it('no unread line when only my own messages follow', () => {
		const items = [message(1), message(2, { mine: true, author: 'me', seq: null })];
		expect(short(toRows(items, 1))).toBe('day [m1] [m2]');
	});

	it('a hole parts a group (complaint 8: it is seen)', () => {
		const items = [
			message(1),
			{ type: 'hole' as const, key: 'h', after: 1, before: 9 },
			message(9, { at: NOON + 2000 })
		];
		expect(short(toRows(items, null))).toBe('day [m1] hole [m9]');
	});

	it('every row has a key of its own', () => {
		const items = [message(1), message(2, { at: NOON + 86_400_000 }), message(3, { at: NOON })];
		const keys = toRows(items, 1).map((row) => row.key);
		expect(new Set(keys).size).toBe(keys.length);
	});
});

describe('the day above what is at the top', () => {
	const [MONDAY, TUESDAY] = [Date.UTC(2026, 0, 5), Date.UTC(2026, 0, 6)];
	const rows: Row[] = [
		{ type: 'unread', key: 'first' },
		{ type: 'day', key: 'monday', at: MONDAY },
		{ type: 'unread', key: 'a' },
		{ type: 'day', key: 'tuesday', at: TUESDAY },
		{ type: 'unread', key: 'b' }
	];
	it.each([
		[0, null],
		[1, null],
		[2, MONDAY],
		[3, null],
		[4, TUESDAY],
		[5, TUESDAY]
	])('with row %i at the top', (top, at) => {
		expect(dayAbove(rows, top)).toBe(at);
	});
});

describe('rows that stay', () => {
	const row = fc.record({
		key: fc.constantFrom('a', 'b', 'c', 'd'),
		body: fc.constantFrom('x', 'y'),
		first: fc.boolean(),
		card: fc.option(fc.record({ id: fc.constant('ann'), v: fc.nat(2) })),
		people: fc.array(fc.nat(2), { maxLength: 2 })
	});
	const rows = fc.uniqueArray(row, { selector: ({ key }) => key }).map((made) =>
		made.map(({ key, body, first, card, people }): Row => {
			const reactions = [{ emoji: '+', people, mine: false, queued: false }];
			const item = message(1, { key, body, card: card as never, reactions });
			return { type: 'message', key, item, first, last: true };
		})
	);

	it('say what the new rows say, and are the old objects exactly where these say the same', () => {
		fc.assert(
			fc.property(rows, rows, (before, now) => {
				const steady = steadyRows();
				steady(before);
				const kept = steady(now);
				expect(kept).toEqual(now);
				for (const one of kept) {
					const old = before.find(({ key }) => key === one.key);
					const saysTheSame = JSON.stringify(old) === JSON.stringify(one);
					expect(one === old).toBe(saysTheSame);
				}
			})
		);
	});
});
