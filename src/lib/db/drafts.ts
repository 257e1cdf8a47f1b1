/** The draft of a room that a person's devices share, with this device's own queued one laid over it. */
import type { DraftRow } from '../protocol/change.ts';
import type { MessageId, RoomId } from '../protocol/ids.ts';
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
}

const NONE: SharedDraft = {
	body: '',
	reply: null,
	rev: 0,
	other: null,
	queued: false,
	underWay: false
};

/** What the devices of a person share of a room's draft. Pure. */
export function sharedDraft(row: DraftRow | null, unsent: readonly OutboxRow[]): SharedDraft {
	const shared = row
		? { ...NONE, body: row.body, reply: row.reply ?? null, rev: row.rev, other: row.other ?? null }
		: NONE;
	const queued = unsent.filter(({ act, state }) => act.kind === 'draft.save' && state === 'queued');
	const act = queued.at(-1)?.act;
	if (act?.kind !== 'draft.save') return shared;
	return {
		...shared,
		body: act.body,
		reply: act.reply ?? null,
		// Whoever builds on what the server has has seen the other text, too.
		other: act.base >= shared.rev ? null : shared.other,
		queued: true,
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
			return sharedDraft(row, unsent);
		},
		[(changed) => cache.watch(me, changed), (changed) => outbox.watch(changed)],
		complain
	);
}
