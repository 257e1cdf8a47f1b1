import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refuse } from '../../../src/lib/protocol/refusal.ts';
import type { Act } from '../../../src/lib/protocol/up.ts';
import { directId, isDirectId, otherOf, uuid7 } from '../../../src/lib/protocol/ids.ts';
import {
	directoryItems,
	roomItems,
	type RoomListInput
} from '../../../src/lib/read-model/optimistic-rooms.ts';
import { outboxItems } from '../../../src/lib/read-model/outbox-items.ts';
import type { OutboxRow, StreamState } from '../../../src/lib/sync/ports.ts';
import { card, id, listing, ME, message, OTHER, post, state } from '../../contract/rows.ts';

let n = 0;
function queued(act: Act, more: Partial<OutboxRow> = {}): OutboxRow {
	return {
		order: ++n,
		id: act.id,
		lane: 'room' in act ? act.room : ME,
		act,
		state: 'queued',
		refusal: null,
		at: 1,
		tries: 0,
		...more
	};
}

function input(more: Partial<RoomListInput>): RoomListInput {
	return {
		states: [],
		directory: [],
		contacts: [],
		drafts: [],
		outbox: [],
		me: ME,
		sending: new Set(),
		cards: new Map(),
		files: new Map(),
		...more
	};
}

function known(room: string, name: string, at = 1, more: Partial<StreamState> = {}): StreamState {
	return state(room, {
		ready: true,
		role: 'member',
		room: {
			kind: 'room',
			id: room,
			number: 1,
			rev: 1,
			name,
			description: '',
			private: false,
			owner: OTHER,
			at: 1
		},
		last: message(room, 1, { at }),
		...more
	});
}

describe('room list', () => {
	test('shows a room at once that is still to be made, and a refused one with its reason', () => {
		const room = id();
		const create: Act = {
			kind: 'room.create',
			id: id(),
			at: 1,
			room,
			name: 'Birds',
			description: 'd'
		};
		const [waiting] = roomItems(input({ outbox: [queued(create)] }));
		expect(waiting).toMatchObject({ id: room, name: 'Birds', state: 'creating', queued: 1 });
		const refusal = refuse('room_name_taken');
		const [refused] = roomItems(input({ outbox: [queued(create, { state: 'refused', refusal })] }));
		expect(refused).toMatchObject({
			state: 'refused',
			name: 'Birds',
			needsYou: 1,
			refused: { refusal }
		});
	});

	test('a create that has landed but is still in the outbox does not double the room', () => {
		const room = id();
		const create: Act = {
			kind: 'room.create',
			id: id(),
			at: 1,
			room,
			name: 'Birds',
			description: ''
		};
		const items = roomItems(input({ states: [known(room, 'Birds')], outbox: [queued(create)] }));
		expect(items).toMatchObject([{ state: 'in', name: 'Birds' }]);
	});

	test('shows queued joins, leaves and edits', () => {
		const [a, b, c] = [id(), id(), id()];
		const outbox = [
			queued({ kind: 'room.join', id: id(), at: 1, room: a }),
			queued({ kind: 'room.leave', id: id(), at: 1, room: b }),
			queued({ kind: 'room.edit', id: id(), at: 1, room: c, name: 'New' })
		];
		const directory = [listing(a, 1, { name: 'A' }), listing(b, 1, { name: 'B' })];
		const given = input({ states: [known(b, 'B'), known(c, 'Old')], outbox, directory });
		const byId = new Map(roomItems(given).map((room) => [room.id, room]));
		expect(byId.get(a)).toMatchObject({ state: 'joining', name: 'A' });
		expect(byId.get(b)).toMatchObject({ state: 'leaving' });
		expect(byId.get(c)).toMatchObject({ state: 'in', name: 'New' });
		expect(directoryItems(given).map((item) => item.state)).toEqual(['joining', 'leaving']);
	});

	test('the room in which something was done last is first; device clocks do not count', () => {
		const [a, b, c] = [id(), id(), id()];
		const states = [known(a, 'a', 500), known(b, 'b', 900), known(c, 'c', 100)];
		expect(roomItems(input({ states })).map((room) => room.name)).toEqual(['b', 'a', 'c']);
		const outbox = [queued(post(c, 'hi'), { at: 0 })];
		expect(roomItems(input({ states, outbox }))[0]).toMatchObject({
			name: 'c',
			last: { body: 'hi', delivery: 'queued', mine: true }
		});
	});

	test('read positions are nobody’s unsent act', () => {
		const room = id();
		const outbox = [queued({ kind: 'read.mark', id: id(), at: 1, room, upto: 3 })];
		const given = input({ states: [known(room, 'a')], outbox });
		expect(roomItems(given)[0]).toMatchObject({ queued: 0, needsYou: 0 });
		expect(outboxItems(given)).toEqual([]);
	});

	test('a deleted room is not listed', () => {
		const room = id();
		const states = [known(room, 'a')];
		states[0]!.room!.deleted = true;
		expect(roomItems(input({ states }))).toEqual([]);
		expect(directoryItems(input({ directory: [listing(room, 2, { deleted: true })] }))).toEqual([]);
	});
});

describe('direct conversations', () => {
	const room = directId(ME, OTHER);
	const open: Act = { kind: 'direct.open', id: id(), at: 1, room, person: OTHER };

	test('the other one is told from the id alone, whoever asks', () => {
		const person = fc
			.tuple(fc.nat({ max: 2 ** 48 - 1 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
			.map(([now, chance]) => uuid7(now, chance));
		fc.assert(
			fc.property(person, person, (a, b) => {
				const direct = directId(a, b);
				expect(isDirectId(direct)).toBe(true);
				expect(otherOf(direct, a)).toBe(b);
				expect(otherOf(direct, b)).toBe(a);
			})
		);
	});

	test('one begun offline is there at once, under the other one’s name', () => {
		const cards = new Map([[OTHER, { ...card(OTHER, 1, 'bob'), display: 'Bob B.' }]]);
		const outbox = [queued(open), queued(post(room, 'hello'))];
		expect(roomItems(input({ outbox, cards }))).toMatchObject([
			{
				id: room,
				name: 'Bob B.',
				state: 'creating',
				private: false,
				direct: { person: OTHER, blocked: false },
				last: { body: 'hello', delivery: 'queued' },
				queued: 2
			}
		]);
	});

	test('a block and a draft are known to the list', () => {
		const contacts = [
			{
				kind: 'contact' as const,
				id: OTHER,
				rev: 1,
				state: 'none' as const,
				blocked: true as const,
				at: 1,
				card: card(OTHER, 1, 'bob')
			}
		];
		const drafts = [{ kind: 'draft' as const, id: room, rev: 1, body: 'well', at: 1 }];
		const states = [known(room, '')];
		expect(roomItems(input({ states, contacts, drafts }))[0]).toMatchObject({
			name: 'bob',
			draft: true,
			direct: { blocked: true }
		});
	});

	test('drafts and choices are nobody’s unsent act; a friend request is', () => {
		const outbox = [
			queued({ kind: 'draft.save', id: id(), at: 1, room, body: 'x', base: 0 }),
			queued({ kind: 'pref.set', id: id(), at: 1, key: 'a', value: '1' }),
			queued({ kind: 'friend.ask', id: id(), at: 1, name: 'ann' })
		];
		expect(outboxItems(input({ outbox }))).toMatchObject([
			{ kind: 'friend.ask', person: 'ann', room: null, roomName: null, on: true }
		]);
		expect(roomItems(input({ outbox, states: [known(room, '')] }))[0]).toMatchObject({
			queued: 0,
			draft: true
		});
	});

	test('a room that is being deleted or opened to all shows it before the server knows', () => {
		const [a, b] = [id(), id()];
		const outbox = [
			queued({ kind: 'room.delete', id: id(), at: 1, room: a }),
			queued({ kind: 'room.edit', id: id(), at: 1, room: b, password: 'secret 12' })
		];
		const byId = new Map(
			roomItems(input({ states: [known(a, 'a'), known(b, 'b')], outbox })).map((one) => [
				one.id,
				one
			])
		);
		expect(byId.get(a)).toMatchObject({ state: 'leaving' });
		expect(byId.get(b)).toMatchObject({ private: true });
	});
});
