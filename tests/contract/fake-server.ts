/** A server of one person in one room, as far as catching up needs it: it answers what it is asked from what it has. */
import type { Card, Cursor, MessageRow, Row } from '../../src/lib/protocol/change.ts';
import { DIRECTORY } from '../../src/lib/protocol/ids.ts';
import type { PullAnswer } from '../../src/lib/protocol/down.ts';
import type { Requests } from '../../src/lib/protocol/events.ts';
import type { Link } from '../../src/lib/sync/ports.ts';
import { kindOf } from '../../src/lib/sync/reconcile/stream-state.ts';
import { countUnread } from '../../src/lib/sync/reconcile/unread.ts';
import { card, id, listing, ME, member, message, OTHER } from './rows.ts';

type Answers = { [N in 'heads' | 'pull' | 'history' | 'refresh']: Requests[N] };

const MESSAGES = 12;
const READ = 5;

export class FakeServer {
	readonly room = id();
	private readonly rows: Record<string, Row[]>;
	private readonly cards: Card[] = [card(ME, 1, 'me'), card(OTHER, 3, 'other')];

	constructor() {
		const { room } = this;
		const [mine, theirs] = this.cards as [Card, Card];
		this.rows = {
			[room]: [
				{
					kind: 'room',
					id: room,
					number: 1,
					rev: 1,
					name: 'room',
					description: '',
					private: false,
					owner: OTHER,
					at: 1
				},
				member(room, OTHER, 2, { role: 'owner', card: theirs }),
				member(room, ME, 3, { card: mine }),
				{ kind: 'seen', id: OTHER, room, rev: 3, upto: 3 },
				...Array.from({ length: MESSAGES }, (_, n) =>
					message(room, n + 4, {
						mentions: [['me', ME]],
						reactions: [['+', [1]]],
						forward: { author: OTHER, name: 'other', at: 1 },
						edited: 5
					})
				)
			],
			[ME]: [
				{ kind: 'self', id: ME, rev: 1, card: mine },
				{ kind: 'roomMembership', id: room, rev: 2, state: 'in' },
				{ kind: 'read', id: room, rev: 3, upto: READ },
				{ kind: 'contact', id: OTHER, rev: 4, state: 'friend', at: 1, card: theirs },
				{ kind: 'draft', id: room, rev: 5, body: 'half a', at: 1 },
				{ kind: 'pref', id: 'sound', rev: 6, value: 'true' },
				{ kind: 'invite', id: id(), rev: 7, room, token: 'secret', at: 1 }
			],
			[DIRECTORY]: [listing(room, 1), listing(id(), 2)]
		};
	}

	link(): Link {
		return {
			live: true,
			ask: async (name, ask) => this.answer(name as keyof Answers, ask) as never,
			watch: () => undefined,
			typing: () => undefined,
			close: () => undefined
		};
	}

	private answer(name: keyof Answers, raw: unknown): Answers[keyof Answers]['answer'] {
		switch (name) {
			case 'heads':
				return this.heads();
			case 'pull':
				return { pages: (raw as Answers['pull']['ask']).streams.map((one) => this.pull(one)) };
			case 'history': {
				const { stream, after, before } = raw as Answers['history']['ask'];
				const rows = this.messages().filter(({ seq }) => after < seq && seq < before);
				const { s: asOf } = this.cursor(stream);
				const to = before - 1;
				return { type: 'history', stream, from: after + 1, to, asOf, rows, cards: this.cards };
			}
			case 'refresh': {
				const { stream, part } = raw as Answers['refresh']['ask'];
				const { s: upto } = this.cursor(stream);
				const rows =
					part === 'nonMessageRows'
						? this.rows[stream]!.filter((row) => row.kind !== 'message')
						: this.messages().filter(({ seq }) => part.from <= seq && seq <= part.to);
				return { type: 'refresh', stream, upto, complete: true, rows, cards: [] };
			}
		}
	}

	private heads(): Answers['heads']['answer'] {
		const heads: Answers['heads']['answer']['heads'] = {};
		for (const stream of Object.keys(this.rows)) {
			const { s, h } = this.cursor(stream);
			heads[stream] = [s, h, kindOf(stream, ME)];
		}
		return {
			now: 1,
			person: this.cards[0]!,
			instance: 'db',
			generation: 1,
			heads
		};
	}

	private pull({
		id: stream,
		cursor
	}: Answers['pull']['ask']['streams'][number]): PullAnswer['pages'][number] {
		const rows = this.rows[stream];
		if (!rows) return { type: 'gone', stream };
		const upto = this.cursor(stream);
		const count = countUnread(
			this.messages().filter(({ seq }) => seq > READ),
			ME
		);
		if (stream !== this.room) {
			const from = cursor?.s ?? 0;
			const after = rows.filter(({ rev }) => rev > from);
			return { type: 'page', stream, from, upto, complete: true, rows: after, cards: [] };
		}
		const rest = { stream, ...count, cards: this.cards };
		if (cursor) {
			return { ...rest, type: 'page', from: cursor.s, upto, complete: true, rows: [] };
		}
		return { ...rest, type: 'skipToNewest', cursor: upto, covered: 1, read: READ, rows };
	}

	private messages(): MessageRow[] {
		return this.rows[this.room]!.filter((row) => row.kind === 'message');
	}

	private cursor(stream: string): Cursor {
		const s = Math.max(...(this.rows[stream] ?? []).map(({ rev }) => rev));
		return { i: 'db', g: 1, s, h: `h${s}` };
	}
}
