/** The draft of a room that a person's devices share, with this device's own queued one laid over it. */
import type { DraftRow, MessageRow } from '../protocol/change.ts';
import type { MessageId, RoomId } from '../protocol/ids.ts';
import { becameAct, becameMessage } from '../sync/compose.ts';
import type { OutboxRow } from '../sync/ports.ts';
import { live, type Live } from './live.ts';
import type { WindowParts } from './timeline-window.ts';

/** A text not yet sent, as the person's devices share it. */
export interface SharedDraft {
	/** empty: there is none */
	body: string;
	/** the message it answers */
	reply: MessageId | null;
	/** of the row that the server has; 0: none */
	rev: number;
	/** another device wrote this at the same time */
	other: string | null;
	/** this device has handed a text over that the server does not have yet, as far as is known */
	queued: boolean;
	/** it may be with the server already: another one has to wait for the answer */
	underWay: boolean;
	/** the person has said this meanwhile: it is a left-over */
	said: boolean;
}

/** Messages among which one is looked for that was a draft before. */
const JUST_SAID = 10;

const NONE: SharedDraft = {
	body: '',
	reply: null,
	rev: 0,
	other: null,
	queued: false,
	underWay: false,
	said: false
};

/** Whether it is about to be said: a message that begins like it waits, queued after it. */
const isQueued = (draft: string, after: number, unsent: readonly OutboxRow[]): boolean =>
	unsent.some(({ act, n, state }) => state === 'queued' && n > after && becameAct(draft, act));

/**
 * What the devices of a person share of a room's draft. Pure.
 * @param unsent of the room, ascending n
 * @param mine the person's last messages in the room
 */
export function sharedDraft(
	row: DraftRow | null,
	unsent: readonly OutboxRow[],
	mine: readonly Pick<MessageRow, 'body' | 'at'>[]
): SharedDraft {
	const shared = row
		? {
				...NONE,
				...{ body: row.body, reply: row.reply ?? null, rev: row.rev, other: row.other ?? null },
				said:
					mine.some(({ body, at }) => at >= row.at && becameMessage(row.body, body)) ||
					isQueued(row.body, 0, unsent)
			}
		: NONE;
	const queued = unsent.filter(({ act, state }) => act.kind === 'draft.save' && state === 'queued');
	const last = queued.at(-1);
	if (last?.act.kind !== 'draft.save') return shared;
	const { act } = last;
	return {
		...shared,
		body: act.body,
		reply: act.reply ?? null,
		// Whoever builds on what the server has has seen the other text, too.
		other: act.base >= shared.rev ? null : shared.other,
		queued: true,
		said: isQueued(act.body, last.n, unsent),
		underWay: queued.some(({ tries }) => tries > 0)
	};
}

/** Follows the shared draft of a room. */
export function watchDraft(
	room: RoomId,
	{ cache, outbox, me, complain }: Pick<WindowParts, 'cache' | 'outbox' | 'me' | 'complain'>
): Live<SharedDraft> {
	return live(
		async () => {
			// The outbox first: what has left it since is in the cache already (rule O5).
			const unsent = (await outbox.all()).filter((row) => row.lane === room);
			const row = (await cache.own('draft')).find((one) => one.id === room) ?? null;
			const newest = await cache.messages(room, 0, Infinity, JUST_SAID, 'top');
			return sharedDraft(
				row,
				unsent,
				newest.filter(({ author, forward }) => author === me && !forward)
			);
		},
		[
			(changed) => cache.watch(me, changed),
			(changed) => cache.watch(room, changed),
			(changed) => outbox.watch(changed)
		],
		complain
	);
}
