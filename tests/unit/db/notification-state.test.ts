/** Promises 8 and 11: what a notification stands for, after everything that can become of a message. */
import { expect, test } from 'vitest';
import { whatStands, type Stands } from '../../../src/lib/db/notification-state.ts';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import { freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';
import type { StreamState } from '../../../src/lib/sync/ports.ts';
import { card, id, ME, message, OTHER } from '../../contract/rows.ts';

const room = id();
const said = (seq: number, more: Partial<MessageRow> = {}): MessageRow =>
	message(room, seq, { author: OTHER, body: `words ${seq}`, ...more });

/** A room that is known up to seq 9. */
function state(more: Partial<StreamState> = {}): StreamState {
	const cursor = { i: 'i', g: 0, s: 9, h: '' };
	return { ...freshStream(room, 'room'), cursor, read: 5, unread: 2, ...more };
}

async function look(
	held: StreamState | null,
	rows: MessageRow[],
	isFeedKnown = true
): Promise<Stands> {
	const cache = {
		stream: async (id: string) =>
			id === room ? held : { ...freshStream(ME, 'feed'), ready: isFeedKnown },
		messages: async (_: string, from: number, to: number) =>
			rows.filter(({ seq }) => seq >= from && seq <= to),
		cards: async () => [card(OTHER, 1, 'ann')]
	};
	return whatStands(cache, ME, room, 8);
}

const words = (stands: Stands) => (stands.is === 'unread' ? stands.message.body : stands.is);
const recalled = said(8, { body: '', deleted: true });

test.each<[what: string, held: StreamState | null, rows: MessageRow[], now: string]>([
	['unread', state(), [said(8)], 'words 8'],
	['changed', state(), [said(8, { body: 'better', edited: 1 })], 'better'],
	['taken back', state({ unread: 0 }), [recalled], 'gone'],
	['taken back, with others unread', state(), [said(6), recalled, said(9)], 'words 9'],
	[
		'taken back, with only one’s own beside it',
		state(),
		[recalled, said(9, { author: ME })],
		'gone'
	],
	['read elsewhere', state({ read: 9, unread: 0 }), [said(8)], 'gone'],
	['read, with a later one unread', state({ read: 8, unread: 1 }), [said(8), said(9)], 'words 9'],
	['in a room that was left', null, [said(8)], 'gone'],
	['not come to this device yet', state({ cursor: { i: 'i', g: 0, s: 7, h: '' } }), [], 'unknown'],
	['in a room of which nothing has come', state({ cursor: null }), [], 'unknown']
])('a message that is %s', async (_, held, rows, now) => {
	expect(words(await look(held, rows))).toBe(now);
});

test('of a device that does not know yet which rooms there are, no room is gone', async () => {
	expect((await look(null, [], false)).is).toBe('unknown');
});
