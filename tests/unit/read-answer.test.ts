/** What a device understands of what the server says: every kind of row of this release, and no more. */
import { describe, expect, test } from 'vitest';
import { readAnswer, readFrame } from '../../src/lib/net/read-answer.ts';
import type { Row } from '../../src/lib/protocol/change.ts';
import { card, id, listing, member, message } from '../contract/rows.ts';

const room = id();
const person = id();
const at = { rev: 1, at: 1 };

/** One plain row of each kind. */
const SAMPLES: { [K in Row['kind']]: Extract<Row, { kind: K }> } = {
	message: message(room, 1),
	room: {
		...{ kind: 'room', id: room, number: 1, rev: 1, name: 'r', description: '', private: false },
		...{ owner: person, at: 1 }
	},
	member: member(room, person, 1),
	seen: { kind: 'seen', id: person, room, rev: 1, upto: 1 },
	roomMembership: { kind: 'roomMembership', id: room, rev: 1, state: 'in' },
	read: { kind: 'read', id: room, rev: 1, upto: 1 },
	contact: { kind: 'contact', id: person, state: 'friend', card: card(person), ...at },
	draft: { kind: 'draft', id: room, body: '', ...at },
	pref: { kind: 'pref', id: 'a', rev: 1, value: '' },
	invite: { kind: 'invite', id: id(), room, token: 't', ...at },
	self: { kind: 'self', id: person, rev: 1, card: card(person) },
	directory: listing(room, 1)
};

function read(rows: unknown[]): Row[] {
	const cursor = { i: 'x', g: 1, s: 1, h: 'h' };
	return readFrame({ stream: room, from: 0, prev: '', upto: cursor, rows, cards: [] })!.rows;
}

describe('rows', () => {
	test.each(Object.values(SAMPLES).map((row) => [row.kind, row] as const))(
		'%s is understood',
		(_kind, row) => {
			expect(read([row])).toEqual([row]);
		}
	);

	test.each(['member', 'contact', 'self'] as const)('%s without its card is not kept', (kind) => {
		const { card: _card, ...rest } = SAMPLES[kind];
		expect(read([rest, SAMPLES.message])).toEqual([SAMPLES.message]);
	});

	test('of a kind that this release does not know are passed over', () => {
		expect(read([{ kind: 'later', id: person, rev: 1 }, SAMPLES.self])).toEqual([SAMPLES.self]);
	});
});

describe('questions', () => {
	test('somebody found, and nobody', () => {
		expect(readAnswer('find', { card: card(person) })).toEqual({ card: card(person) });
		expect(readAnswer('find', { card: null })).toEqual({ card: null });
	});

	test('what is behind an invite link, and nothing', () => {
		const behind = { id: room, name: 'r', description: '', private: true, members: 2 };
		expect(readAnswer('invite', { room: behind })).toEqual({ room: behind });
		expect(readAnswer('invite', { room: null })).toEqual({ room: null });
	});

	test('messages found; what is no message is passed over', () => {
		const row = {
			kind: 'message',
			id: room,
			room,
			author: person,
			body: 'x',
			rev: 2,
			seq: 2,
			at: 1
		};
		const newer = { kind: 'poll', id: room, rev: 3 };
		const rest = { next: null, complete: true };
		const said = { rows: [row, newer, { ...row, body: 7 }], cards: [card(person), {}], ...rest };
		expect(readAnswer('search', said)).toEqual({ rows: [row], cards: [card(person)], ...rest });
		expect(() => readAnswer('search', { ...said, complete: 'yes' })).toThrow();
	});
});
