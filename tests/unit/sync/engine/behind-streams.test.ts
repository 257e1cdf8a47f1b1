import { describe, expect, test } from 'vitest';
import type { PullAnswer } from '../../../../src/lib/protocol/down.ts';
import { DIRECTORY } from '../../../../src/lib/protocol/ids.ts';
import { BehindStreams } from '../../../../src/lib/sync/engine/behind-streams.ts';
import type { StreamState } from '../../../../src/lib/sync/ports.ts';
import { id, ME, state } from '../../../contract/rows.ts';

const ROOM = id();
const cursorAt = (s: number) => ({ i: 'db', g: 1, s, h: '' });

type Page = Extract<PullAnswer['pages'][number], { type: 'page' }>;
const page = (upto: number, more: Partial<Page> = {}): Page => ({
	type: 'page',
	stream: ROOM,
	from: 0,
	upto: cursorAt(upto),
	complete: true,
	rows: [],
	cards: [],
	...more
});
const stateAt = (s: number, more: Partial<StreamState> = {}) =>
	state(ROOM, { cursor: cursorAt(s), ...more });

/** Only the room is behind, and is known to have come to this seq. */
function behindTo(seq: number): BehindStreams {
	const streams = new BehindStreams(ME);
	streams.mark(ROOM, seq);
	return streams;
}

test('the own feed is asked for first, then what is on screen, the directory last', () => {
	const streams = new BehindStreams(ME);
	const other = id();
	for (const stream of [DIRECTORY, other, ROOM, ME]) streams.mark(stream);
	expect(streams.next(ROOM)).toEqual([ME, ROOM, other, DIRECTORY]);
});

describe('a page that was written (C7)', () => {
	test('ends a stream when it reaches what is known to exist', () => {
		const streams = behindTo(5);
		streams.noteWritten(page(5), stateAt(5));
		expect(streams.size).toBe(0);
	});

	test('that is not the last leaves the stream behind', () => {
		const streams = behindTo(5);
		streams.noteWritten(page(3, { complete: false }), stateAt(3));
		expect(streams.next(null)).toEqual([ROOM]);
	});

	test('that was not applied leaves the stream behind', () => {
		const streams = behindTo(5);
		streams.noteWritten(page(5), stateAt(2));
		expect(streams.next(null)).toEqual([ROOM]);
	});

	test('short of what a frame promised is asked for once more, not for ever', () => {
		const streams = behindTo(9);
		streams.noteWritten(page(5), stateAt(5));
		expect(streams.size).toBe(1);
		streams.noteWritten(page(5), stateAt(5));
		expect(streams.size).toBe(0);
	});

	test('overtaken by frames is asked for again while only the server can count', () => {
		const counted = page(5, { unread: 3 });
		const streams = behindTo(5);
		streams.noteWritten(counted, stateAt(7, { unreadBy: 'server' }));
		expect(streams.size).toBe(1);
		streams.noteWritten(counted, stateAt(7, { unreadBy: 'device' }));
		expect(streams.size).toBe(0);
	});
});

test('a stream that is gone is not asked for; one that begins anew is', () => {
	const streams = behindTo(5);
	streams.noteWritten({ type: 'gone', stream: ROOM }, undefined);
	expect(streams.size).toBe(0);
	streams.noteWritten({ type: 'reset', stream: ROOM, why: 'hash' }, stateAt(0));
	expect(streams.next(null)).toEqual([ROOM]);
});
