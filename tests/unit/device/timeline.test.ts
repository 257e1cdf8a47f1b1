import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import { refuse } from '../../../src/lib/protocol/refusal.ts';
import type { Act } from '../../../src/lib/protocol/up.ts';
import type { OutboxRow, Range } from '../../../src/lib/sync/ports.ts';
import { timelineItems, type TimelineInput } from '../../../src/lib/sync/timeline.ts';
import type { MessageItem, TimelineItem } from '../../../src/lib/sync/views.ts';
import { id, ME, message, post, state } from '../../contract/rows.ts';

const ROOM = id();
let n = 0;

function queued(act: Act, more: Partial<OutboxRow> = {}): OutboxRow {
	return {
		n: ++n,
		id: act.id,
		lane: ROOM,
		act,
		state: 'queued',
		refusal: null,
		at: 1,
		tries: 0,
		...more
	};
}

function show(more: Partial<TimelineInput>, ranges: Range[] = []): TimelineItem[] {
	const top = Math.max(0, ...ranges.map((range) => range.to));
	return timelineItems({
		state: state(ROOM, { ranges, cursor: { i: 'db', g: 1, s: top, h: '' } }),
		rows: [],
		low: 0,
		high: Infinity,
		outbox: [],
		landed: new Set(),
		me: ME,
		sending: new Set(),
		cards: new Map(),
		...more
	});
}

const isMessage = (item: TimelineItem): item is MessageItem => item.type === 'message';
const bodies = (items: TimelineItem[]) =>
	items.map((item) => (item.type === 'hole' ? `(${item.after}..${item.before})` : item.body));
const whole: Range[] = [{ from: 1, to: 100, asOf: null }];

describe('timeline', () => {
	test('promise 10: an own message is there exactly once, queued, landed or both', () => {
		const act = post(ROOM, 'mine');
		const row = message(ROOM, 7, { id: act.id, author: ME, body: 'mine' });
		expect(bodies(show({ outbox: [queued(act)] }, whole))).toEqual(['mine']);
		expect(bodies(show({ outbox: [queued(act)], rows: [row] }, whole))).toEqual(['mine']);
		expect(bodies(show({ rows: [row] }, whole))).toEqual(['mine']);
		expect(bodies(show({ outbox: [queued(act)], landed: new Set([act.id]) }, whole))).toEqual([]);
	});

	test('says which of the four states a message is in', () => {
		const [a, b, c] = [post(ROOM, 'a'), post(ROOM, 'b'), post(ROOM, 'c')];
		const refusal = refuse('not_a_member');
		const items = show(
			{
				rows: [message(ROOM, 1)],
				outbox: [queued(a), queued(b), queued(c, { state: 'refused', refusal })],
				sending: new Set([a.id])
			},
			whole
		).filter(isMessage);
		expect(items.map((item) => item.delivery)).toEqual(['sent', 'sending', 'queued', 'refused']);
		expect(items[3]?.refusal).toEqual(refusal);
	});

	test('complaint 8: holes stand between what is held, at the bottom edge too', () => {
		const ranges = [
			{ from: 5, to: 6, asOf: 9 },
			{ from: 10, to: 12, asOf: null }
		];
		const rows = [5, 6, 10, 12].map((seq) => message(ROOM, seq));
		expect(bodies(show({ rows, outbox: [queued(post(ROOM, 'mine'))] }, ranges))).toEqual([
			'(0..5)',
			'text 5',
			'text 6',
			'(6..10)',
			'text 10',
			'text 12',
			'mine'
		]);
	});

	test('a window above the newest shows no unsent messages and no holes beyond it', () => {
		const ranges = [
			{ from: 5, to: 6, asOf: 9 },
			{ from: 10, to: 12, asOf: null }
		];
		const shown = show(
			{ rows: [message(ROOM, 5)], low: 5, high: 5, outbox: [queued(post(ROOM, 'mine'))] },
			ranges
		);
		expect(bodies(shown)).toEqual(['text 5']);
	});

	test('complaint 6: a queued edit or recall is shown as done, a refused one only says so', () => {
		const [a, b, c] = [1, 2, 3].map((seq) => message(ROOM, seq, { author: ME })) as [
			MessageRow,
			MessageRow,
			MessageRow
		];
		const edit = (row: MessageRow, body: string): Act => ({
			kind: 'message.edit',
			id: id(),
			at: 1,
			room: ROOM,
			message: row.id,
			body
		});
		const recall: Act = { kind: 'message.recall', id: id(), at: 1, room: ROOM, message: b.id };
		const items = show(
			{
				rows: [a, b, c],
				outbox: [
					queued(edit(a, 'A')),
					queued(recall),
					queued(edit(c, 'C'), { state: 'refused', refusal: refuse('message_deleted') })
				]
			},
			whole
		).filter(isMessage);
		expect(items.map((item) => item.body)).toEqual(['A', '', 'text 3']);
		expect(items.map((item) => item.deleted)).toEqual([false, true, false]);
		expect(items.map((item) => item.change?.delivery)).toEqual(['queued', 'queued', 'refused']);
	});

	test('complaint 11: seq orders what is on the server, local order what is not, whatever the clocks say', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }),
				fc.array(fc.nat(), { maxLength: 10 }),
				fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
				(seqs, times, covered) => {
					const ranges: Range[] = [];
					covered.forEach((isCovered, i) => {
						if (isCovered) ranges.push({ from: i + 1, to: i + 1, asOf: null });
					});
					const held = seqs.filter((seq) => covered[seq - 1]).sort((a, b) => a - b);
					const rows = held.map((seq) => message(ROOM, seq, { at: (seq * 7919) % 97 }));
					const outbox = times.map((at) => queued(post(ROOM, 'x'), { at }));
					const items = show({ rows, outbox }, ranges);
					const shown = items.filter(isMessage);
					expect(shown.map((item) => item.seq)).toEqual([...held, ...times.map(() => null)]);
					expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
					for (let i = 1; i < items.length; i++) {
						const [before, here] = [items[i - 1]!, items[i]!];
						const low = before.type === 'hole' ? before.before : before.seq;
						const high = here.type === 'hole' ? here.after : here.seq;
						if (low !== null && high !== null) expect(low).toBeLessThanOrEqual(high);
					}
				}
			)
		);
	});
});
