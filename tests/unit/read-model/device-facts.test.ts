/** What the page about a device tells of a conversation and of what waits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import { refuse } from '../../../src/lib/protocol/refusal.ts';
import { streamFacts, waitingActs } from '../../../src/lib/read-model/device-facts.ts';
import type { OutboxRow, StreamState } from '../../../src/lib/sync/ports.ts';
import { freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';

const ME = 'me';
const state: StreamState = {
	...freshStream('room', 'room'),
	cursor: { i: 'db', g: 1, s: 20, h: 'abc' },
	ranges: [{ from: 11, to: 20, asOf: null }],
	read: 15,
	unread: 7,
	mentioned: 0
};
const message = (seq: number, author: string, mentions: [string, string][] = []): MessageRow =>
	({ kind: 'message', seq, author, mentions, body: '' }) as unknown as MessageRow;

describe('a conversation', () => {
	it('is counted where all messages after the read position are held, with mentions', () => {
		const after = [message(16, 'bob'), message(17, ME), message(18, 'bob', [['me', ME]])];
		const facts = streamFacts(state, { messages: 9, strays: 0, after }, ME);
		expect(facts.counted).toEqual({ unread: 2, mentioned: 1 });
		expect(facts.holes).toEqual([{ after: 0, before: 11 }]);
	});

	it('is not counted where a hole lies after the read position', () => {
		const facts = streamFacts({ ...state, read: 3 }, { messages: 9, strays: 0, after: [] }, ME);
		expect(facts.counted).toBeNull();
	});
});

const row = (id: string, lane: string, more: Partial<OutboxRow> = {}): OutboxRow => ({
	order: 1,
	id,
	lane,
	act: { kind: 'message.post', id, at: 0, room: lane, body: '' },
	state: 'queued',
	refusal: null,
	at: 0,
	tries: 0,
	...more
});
const LIVE = { link: 'live', sending: [], unsentFiles: new Map() } as const;
const why = (rows: OutboxRow[], sending: Parameters<typeof waitingActs>[1]) =>
	waitingActs(rows, sending).map((act) => act.why.is);

describe('what waits', () => {
	it('has one reason each: refused, sending, no link, files, the line, nothing', () => {
		const refused = row('a', 'x', { state: 'refused', refusal: refuse('muted') });
		const rows = [refused, row('b', 'x'), row('c', 'x'), row('d', 'y')];
		expect(why(rows, LIVE)).toEqual(['refused', 'next', 'in-line', 'next']);
		expect(why(rows, { ...LIVE, sending: ['b'] })[1]).toBe('sending');
		expect(why(rows, { ...LIVE, unsentFiles: new Map([['d', 2]]) })[3]).toBe('files');
		expect(why(rows, { ...LIVE, link: 'offline' })).toEqual([
			'refused',
			'no-link',
			'no-link',
			'no-link'
		]);
	});

	it('has one that goes out now in each lane that has any, while there is a link', () => {
		const lanes = fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1 });
		fc.assert(
			fc.property(lanes, (all) => {
				const rows = all.map((lane, n) => row(`act${n}`, lane));
				const next = waitingActs(rows, LIVE).filter((act) => act.why.is === 'next');
				expect(next.map((act) => act.room).sort()).toEqual([...new Set(all)].sort());
			})
		);
	});
});
