import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Heads } from '../../../../src/lib/protocol/down.ts';
import { applyHeads, uncounted } from '../../../../src/lib/sync/reconcile/heads.ts';
import { freshStream } from '../../../../src/lib/sync/reconcile/stream-state.ts';
import type { StreamState } from '../../../../src/lib/sync/ports.ts';
import { card, change, id, ME, state } from '../../../contract/rows.ts';

const ROOMS = Array.from({ length: 4 }, () => id());
const at = (s: number, h = `h${s}`) => ({ i: 'db', g: 1, s, h });
const feed = (s: number): StreamState => ({ ...freshStream(ME, 'feed'), cursor: at(s) });
const room = (stream: string, s: number | null): StreamState =>
	state(stream, { cursor: s === null ? null : at(s) });
const byId = (states: StreamState[]) => new Map(states.map((one) => [one.id, one]));
const answer = (heads: Heads['heads']): Heads => ({
	person: card(ME),
	instance: 'db',
	generation: 1,
	now: 0,
	heads
});

describe('heads (R9)', () => {
	test('behind is exactly what stands elsewhere; forgotten is exactly what is not named', () => {
		const stands = fc.array(
			fc.record({ held: fc.option(fc.nat(9)), known: fc.boolean(), head: fc.option(fc.nat(9)) }),
			{ minLength: ROOMS.length, maxLength: ROOMS.length }
		);
		fc.assert(
			fc.property(stands, (all) => {
				const states = byId([
					feed(3),
					...all.flatMap(({ held, known }, i) => (known ? [room(ROOMS[i]!, held)] : []))
				]);
				const heads: Heads['heads'] = { [ME]: [3, 'h3', 'feed'] };
				all.forEach(({ head }, i) => {
					if (head !== null) heads[ROOMS[i]!] = [head, `h${head}`, 'room'];
				});
				const found = applyHeads(states, answer(heads), ME);
				const behind = all.flatMap(({ held, known, head }, i) =>
					head !== null && !(known && held === head) ? [ROOMS[i]!] : []
				);
				const gone = all.flatMap(({ known, head }, i) =>
					known && head === null ? [ROOMS[i]!] : []
				);
				expect([...found.behind].sort()).toEqual(behind.sort());
				expect(found.changes.map(({ id: stream }) => stream).sort()).toEqual(gone.sort());
				expect(found.changes.every(({ next }) => next === null)).toBe(true);
				expect(found.undecided).toBe(false);
			})
		);
	});

	test('an answer older than the own feed forgets no room, and is asked for again', () => {
		const states = byId([feed(5), room(ROOMS[0]!, 2)]);
		const found = applyHeads(states, answer({ [ME]: [4, 'h4', 'feed'] }), ME);
		expect(found).toEqual({ behind: [ME], changes: [], undecided: true });
	});

	test.each([
		['another hash', { i: 'db', g: 1, s: 2, h: 'other' }],
		['another generation', { i: 'db', g: 2, s: 2, h: 'h2' }],
		['another database', { i: 'other', g: 1, s: 2, h: 'h2' }]
	])('%s at the same number is behind (promise 18)', (_, cursor) => {
		const states = byId([feed(3), state(ROOMS[0]!, { cursor })]);
		const heads: Heads['heads'] = { [ME]: [3, 'h3', 'feed'], [ROOMS[0]!]: [2, 'h2', 'room'] };
		expect(applyHeads(states, answer(heads), ME).behind).toEqual([ROOMS[0]]);
	});

	test('what an earlier link answered and the log has not brought is asked for', () => {
		const unconfirmed = [{ id: id(), rev: 3, old: true }];
		const states = byId([feed(3), { ...room(ROOMS[0]!, 2), unconfirmed }]);
		const heads: Heads['heads'] = { [ME]: [3, 'h3', 'feed'], [ROOMS[0]!]: [2, 'h2', 'room'] };
		expect(applyHeads(states, answer(heads), ME).behind).toEqual([ROOMS[0]]);
	});
});

test('only the server can count: a room that holds a hole and moved without a count', () => {
	const next = (more: Partial<StreamState>) => state(ROOMS[0]!, { cursor: at(2), ...more });
	const byServer = change(ROOMS[0]!, { next: next({ unreadBy: 'server' }) });
	expect(uncounted([byServer])).toEqual([ROOMS[0]]);
	expect(uncounted([{ ...byServer, unread: { set: 1, mentions: 0 } }])).toEqual([]);
	expect(uncounted([change(ROOMS[0]!, { next: next({ unreadBy: 'device' }) })])).toEqual([]);
	expect(uncounted([change(ROOMS[0]!, { next: null })])).toEqual([]);
});
