/** The draft of a room that a person's devices share, with this device's own queued one laid over it. */
import type { DraftRow, MessageRow } from '../protocol/change.ts';
import { textsOf } from '../protocol/draft-texts.ts';
import type { MessageId, RoomId } from '../protocol/ids.ts';
import { becameAct, becameMessage } from '../sync/outbox/create-act.ts';
import type { Draft, OutboxRow } from '../sync/ports.ts';
import { takeLastWords, withLastWords } from './last-words.ts';
import { liveValue, type Live } from './live.ts';
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
	/** what this device keeps: what each of its tabs wrote last */
	kept: readonly string[];
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
	kept: [],
	queued: false,
	underWay: false,
	said: false
};

/** Whether it is about to be said: a message that begins like it waits, queued after it. */
const isQueued = (draft: string, after: number, unsent: readonly OutboxRow[]): boolean =>
	unsent.some(
		({ act, order, state }) => state === 'queued' && order > after && becameAct(draft, act)
	);

/** Whether a text was said, by a message that has come since or one that waits. @param mine the person's last messages */
function isSaidSince(
	text: string,
	since: number,
	mine: readonly Pick<MessageRow, 'body' | 'at'>[],
	unsent: readonly OutboxRow[]
): boolean {
	const has = mine.some(({ body, at }) => at >= since && becameMessage(text, body));
	return has || isQueued(text, 0, unsent);
}

/**
 * What the devices of a person share of a room's draft. Pure.
 * @param unsent of the room, ascending n
 * @param mine the person's last messages in the room
 * @param held the draft that this device keeps
 */
export function sharedDraft(
	row: DraftRow | null,
	unsent: readonly OutboxRow[],
	mine: readonly Pick<MessageRow, 'body' | 'at'>[],
	held: Draft | null = null
): SharedDraft {
	const kept = held ? [...textsOf(held.other), held.body] : [];
	const shared = row
		? {
				...NONE,
				kept,
				body: row.body,
				reply: row.reply ?? null,
				rev: row.rev,
				other: row.other ?? null,
				said: isSaidSince(row.body, row.at, mine, unsent)
			}
		: { ...NONE, kept };
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
		said: isQueued(act.body, last.order, unsent),
		underWay: queued.some(({ tries }) => tries > 0)
	};
}

type SaidParts = Pick<WindowParts, 'cache' | 'outbox' | 'me'>;

/** What the person said last in a room: what waits, and what the room has. */
async function justSaid(room: RoomId, { cache, outbox, me }: SaidParts) {
	// The outbox first: what has left it since is in the cache already (rule O5).
	const unsent = (await outbox.all()).filter((row) => row.lane === room);
	const newest = await cache.messages(room, 0, Infinity, JUST_SAID, 'top');
	return { unsent, mine: newest.filter(({ author, forward }) => author === me && !forward) };
}

/** The draft that this device keeps, with what stood last in windows that went away. */
export async function keptDraft(room: RoomId, parts: SaidParts): Promise<Draft | null> {
	const kept = await parts.outbox.draft(room);
	const last = takeLastWords(parts.me, room);
	if (last.length === 0) return kept;
	const { unsent, mine } = await justSaid(room, parts);
	const draft = withLastWords(kept, last, (text, at) => isSaidSince(text, at, mine, unsent));
	return draft && { ...draft, room };
}

/** Follows the shared draft of a room. */
export function watchDraft(
	room: RoomId,
	{ cache, outbox, me, onError }: Pick<WindowParts, 'cache' | 'outbox' | 'me' | 'onError'>
): Live<SharedDraft> {
	return liveValue(
		async () => {
			const { unsent, mine } = await justSaid(room, { cache, outbox, me });
			const held = await outbox.draft(room);
			const row = (await cache.own('draft')).find((one) => one.id === room) ?? null;
			return sharedDraft(row, unsent, mine, held);
		},
		[
			(changed) => cache.watch(me, changed),
			(changed) => cache.watch(room, changed),
			(changed) => outbox.watch(changed)
		],
		onError
	);
}
