import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import { refuse } from '../../../src/lib/protocol/refusal.ts';
import type { Act } from '../../../src/lib/protocol/up.ts';
import type { OutboxRow, Range } from '../../../src/lib/sync/ports.ts';
import { timelineItems, type TimelineInput } from '../../../src/lib/read-model/timeline.ts';
import type { MessageItem, TimelineItem } from '../../../src/lib/read-model/views.ts';
import { localFile } from '../../contract/file-queue.ts';
import { id, ME, message, OTHER, post, state } from '../../contract/rows.ts';

const ROOM = id();
let n = 0;

function queued(act: Act, more: Partial<OutboxRow> = {}): OutboxRow {
	return {
		order: ++n,
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
		keeping: new Set(),
		landed: new Set(),
		me: ME,
		sending: new Set(),
		cards: new Map(),
		files: new Map(),
		quoted: new Map(),
		people: new Map(),
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

	test('an unsent message shows its files as the server will; one that was taken back has none', () => {
		const file = localFile({ name: 'view.png', type: 'image/png', width: 40, height: 30 });
		const drawing = localFile({ name: 'logo.svg', type: 'image/svg+xml', width: 10, height: 10 });
		const act = { ...post(ROOM, ''), files: [file.id, drawing.id] };
		const files = new Map([file, drawing].map((one) => [one.id, one]));
		const [unsent] = show({ outbox: [queued(act)], files }, whole).filter(isMessage);
		expect(unsent!.files.map(({ name, kind, width }) => [name, kind, width])).toEqual([
			['view.png', 'image', 40],
			['logo.svg', 'file', 10]
		]);
		const row = message(ROOM, 7, { author: ME, files: unsent!.files });
		const recall = {
			kind: 'message.recall',
			id: id(),
			at: 1,
			room: ROOM,
			message: row.id
		} as const;
		const items = show({ rows: [row], outbox: [queued(recall)] }, whole).filter(isMessage);
		expect(items[0]).toMatchObject({ deleted: true, files: [] });
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

	describe('what a message answers', () => {
		const target = message(ROOM, 3, { body: 'the question' });
		const answer = message(ROOM, 9, { reply: target.id, replySeq: 3 });
		const quoteIn = (items: TimelineItem[]) => items.filter(isMessage).at(-1)?.reply;

		test('is quoted from the window, from the device, or said to be absent', () => {
			const held = { id: target.id, seq: 3, state: 'held', body: 'the question' };
			expect(quoteIn(show({ rows: [target, answer] }, whole))).toMatchObject(held);
			const quoted = new Map([[target.id, target]]);
			expect(quoteIn(show({ rows: [answer], quoted }, whole))).toMatchObject(held);
			expect(quoteIn(show({ rows: [answer] }, whole))).toMatchObject({
				seq: 3,
				state: 'absent',
				body: ''
			});
		});

		test('shows nothing of what was recalled, and the queued text of what was changed', () => {
			const gone = { ...target, body: '', deleted: true as const };
			expect(quoteIn(show({ rows: [gone, answer] }, whole))).toMatchObject({ state: 'recalled' });
			const own = { ...target, author: ME };
			const act: Act = {
				kind: 'message.edit',
				id: id(),
				at: 1,
				room: ROOM,
				message: own.id,
				body: 'asked anew'
			};
			const items = show({ rows: [own, answer], outbox: [queued(act)] }, whole);
			expect(quoteIn(items)).toMatchObject({ body: 'asked anew', mine: true });
		});

		test('is quoted by what is still queued, and may be queued itself', () => {
			const first = post(ROOM, 'first');
			const second = { ...post(ROOM, 'second'), reply: first.id };
			const items = show({ outbox: [queued(first), queued(second)] }, whole);
			expect(quoteIn(items)).toMatchObject({ state: 'held', seq: null, body: 'first', mine: true });
		});
	});

	describe('reactions', () => {
		const cards = new Map([[ME, { id: ME, number: 7, name: 'me', v: 1 }]]);
		const row = message(ROOM, 1, {
			reactions: [
				['👍', [3, 7]],
				['🎉', [3]]
			]
		});
		const react = (emoji: string, on: boolean, more: Partial<OutboxRow> = {}) =>
			queued(
				{ kind: 'message.react', id: id(), at: 1, room: ROOM, message: row.id, emoji, on },
				more
			);
		const after = (...outbox: OutboxRow[]) =>
			show({ rows: [row], cards, outbox }, whole)
				.filter(isMessage)[0]!
				.reactions.map(
					({ emoji, people, mine, queued: waits }) =>
						`${emoji}${people.join()}${mine ? ' mine' : ''}${waits ? ' queued' : ''}`
				);

		test('say who put them there, and which are mine', () => {
			expect(after()).toEqual(['👍3,7 mine', '🎉3']);
		});

		test('that wait are shown as done: joined, begun, taken back, and the last one gone', () => {
			expect(after(react('🎉', true))).toEqual(['👍3,7 mine', '🎉3,7 mine queued']);
			expect(after(react('🐦', true))).toEqual(['👍3,7 mine', '🎉3', '🐦7 mine queued']);
			expect(after(react('👍', false))).toEqual(['👍3 queued', '🎉3']);
			expect(after(react('🐦', true), react('🐦', false))).toEqual(['👍3,7 mine', '🎉3']);
		});

		test('that were refused, and those under a recalled message, are not', () => {
			const refusal = refuse('reactions_full');
			expect(after(react('🐦', true, { state: 'refused', refusal }))).toEqual([
				'👍3,7 mine',
				'🎉3'
			]);
			const gone = { ...row, reactions: [], body: '', deleted: true as const };
			const items = show({ rows: [gone], cards, outbox: [react('🐦', true)] }, whole);
			expect(items.filter(isMessage)[0]?.reactions).toEqual([]);
		});
	});

	test('a queued pin is shown as done, a refused one is not', () => {
		const row = message(ROOM, 1);
		const pin = (more: Partial<OutboxRow> = {}) =>
			queued({ kind: 'message.pin', id: id(), at: 1, room: ROOM, message: row.id, on: true }, more);
		const pinned = (outbox: OutboxRow[]) =>
			show({ rows: [row], outbox }, whole).filter(isMessage)[0]?.pinned;
		expect(pinned([])).toBe(false);
		expect(pinned([pin()])).toBe(true);
		expect(pinned([pin({ state: 'refused', refusal: refuse('pins_full') })])).toBe(false);
	});

	test('what is passed on says whose words it is before the server does', () => {
		const cards = new Map([[OTHER, { id: OTHER, number: 2, name: 'bob', v: 1 }]]);
		const source = message(id(), 4, { body: 'the words' });
		const act = { ...post(ROOM, 'the words'), forward: source.id };
		const quoted = new Map([[source.id, source]]);
		const items = show({ outbox: [queued(act)], quoted, cards }, whole).filter(isMessage);
		expect(items[0]?.forward).toEqual({ author: OTHER, name: 'bob', at: source.at });
	});

	test('mentions in unsent texts are known from the members', () => {
		const people = new Map([['bob', OTHER]]);
		const items = show({ outbox: [queued(post(ROOM, 'hi @bob'))], people }, whole);
		expect(items.filter(isMessage)[0]?.mentions).toEqual([['bob', OTHER]]);
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
