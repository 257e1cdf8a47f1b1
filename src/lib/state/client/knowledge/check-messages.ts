/** Compares the messages that are kept of a room with the server's, by digests, and mends what differs. */
import * as v from 'valibot';
import { blocksOf, CompareAnswer, COMPARED_SEQS } from '../../../protocol/compare.ts';
import type { Cursor } from '../../../protocol/change.ts';
import type { RoomId } from '../../../protocol/ids.ts';
import {
	compareBlocks,
	findingsOf,
	windows,
	type Checked,
	type ComparedBlock
} from '../../../read-model/comparison.ts';
import { anySignal } from '../../../sync/any-signal.ts';
import { cover, covers, holes, uncover } from '../../../sync/reconcile/range.ts';
import type { Range, StreamChange, StreamState } from '../../../sync/ports.ts';
import { change, countable } from '../../../sync/reconcile/stream-state.ts';
import { nextChange } from '../next-change.ts';
import type { KnowledgeParts } from './parts.ts';
import { writeState } from './write-state.ts';

/** A stretch of seqs that is compared. */
interface Stretch {
	from: number;
	to: number;
	/** no range names it, but messages of it are kept */
	isStray: boolean;
}

/** A room that moves on meanwhile is looked at this often. */
const LOOKS = 10;

/** Stretches in holes of which messages are kept. */
async function strayStretches(
	{ cache }: KnowledgeParts,
	{ id, ranges, cursor }: StreamState
): Promise<Stretch[]> {
	const found: Stretch[] = [];
	for (const { after, before } of holes(ranges, cursor?.s ?? 0)) {
		for (let from = after + 1; from < before;) {
			const [first] = await cache.messages(id, from, before - 1, 1, 'bottom');
			if (!first) break;
			const end = Math.min(before - 1, first.seq + COMPARED_SEQS - 1);
			const [last = first] = await cache.messages(id, first.seq, end, 1, 'top');
			found.push({ from: first.seq, to: last.seq, isStray: true });
			from = last.seq + 1;
		}
	}
	return found;
}

/** What is to be compared: what follows the cursor. What is older than it is brought up to date by itself. */
async function stretchesOf(parts: KnowledgeParts, state: StreamState): Promise<Stretch[]> {
	const fresh = state.ranges.filter(({ asOf }) => asOf === null);
	const held = windows(fresh, COMPARED_SEQS).map((part) => ({ ...part, isStray: false }));
	return [...held, ...(await strayStretches(parts, state))];
}

/** A block, and where this device stood when it was compared. */
interface BlockAsOf extends ComparedBlock {
	cursor: Cursor;
}

/** Waits for the next change; answers whether one came. Rejects with the signal's reason. */
async function hasCome(changed: Promise<void>): Promise<boolean> {
	try {
		await changed;
		return true;
	} catch (error) {
		if (error instanceof DOMException && error.name === 'TimeoutError') return false;
		throw error;
	}
}

/** Compares one stretch at a moment at which this device stands where the server does; null: there was none. */
async function compareStretch(
	{ cache, hub }: KnowledgeParts,
	room: RoomId,
	stretch: Stretch,
	signal: AbortSignal
): Promise<BlockAsOf[] | null> {
	const { from, to } = stretch;
	for (let look = 0; look < LOOKS; look++) {
		signal.throwIfAborted();
		// From before the reads on: what comes while the server is asked is not waited for once more.
		const waiting = new AbortController();
		const changed = hasCome(nextChange(cache, room, anySignal([signal, waiting.signal])));
		try {
			const before = await cache.stream(room);
			if (!before?.cursor) return null;
			const rows = await cache.messages(room, from, to, COMPARED_SEQS, 'bottom');
			const { cursor } = before;
			const answer = v.parse(
				CompareAnswer,
				await hub.ask('compare', { stream: room, cursor, from, to })
			);
			if (answer.type !== 'compared') return null;
			const after = await cache.stream(room);
			if (answer.asOf === cursor.s && after?.version === before.version)
				return compareBlocks(blocksOf(rows, from, to), answer.blocks, stretch).map((block) => ({
					...block,
					cursor
				}));
			if (answer.asOf > (after?.cursor?.s ?? 0) && !(await changed)) return null;
		} finally {
			// It is not waited for any more, so that its end is no error.
			changed.catch(() => undefined);
			waiting.abort();
		}
	}
	return null;
}

/** null where the stream has not moved on since: what is held follows its cursor. */
const asOfNow = ({ cursor }: StreamState, { s }: Cursor): number | null =>
	cursor?.s === s ? null : s;

/** Whether a stream still has the past in which a block was compared. */
const isSamePast = (now: Cursor | null, then: Cursor): boolean =>
	now?.i === then.i && now.g === then.g && now.s >= then.s;

/**
 * Takes what differs out of what is held, with its rows, and what turned out to be whole into it: as of the change as of
 * which it was compared, so that what changed since is asked for.
 */
export function mended(state: StreamState, blocks: readonly BlockAsOf[]): StreamChange {
	let { ranges } = state;
	for (const { from, to, isSame, isStray, cursor } of blocks) {
		const isWhole = isStray && isSame && isSamePast(state.cursor, cursor);
		if (isWhole) ranges = cover(ranges, { from, to, asOf: asOfNow(state, cursor) });
		else if (!isSame) ranges = uncover(ranges, from, to);
	}
	const next: StreamState = { ...state, ranges };
	const isCounted = countable(next);
	return {
		...change(state, { ...next, unreadBy: isCounted ? 'device' : 'server' }),
		trimBelow: (state.cursor?.s ?? 0) + 1,
		unread: isCounted ? 'recount' : null
	};
}

/** Fetches the seqs from `from` to `to`. Rejects like `nextChange`. */
async function fill(
	{ cache, hub }: KnowledgeParts,
	room: RoomId,
	{ from, to }: Pick<Range, 'from' | 'to'>,
	signal: AbortSignal
): Promise<void> {
	try {
		for (;;) {
			const changed = nextChange(cache, room, signal);
			const state = await cache.stream(room);
			if (!state || covers(state.ranges, from, Math.min(to, state.cursor?.s ?? 0))) {
				changed.catch(() => undefined);
				return;
			}
			hub.fetchHistory({ room, after: from - 1, before: to + 1, end: 'top' });
			await changed;
		}
	} finally {
		hub.fetchHistory(null);
	}
}

/** Mends a room; answers whether all of it is there again. */
async function mend(
	parts: KnowledgeParts,
	room: RoomId,
	blocks: readonly BlockAsOf[],
	signal: AbortSignal
): Promise<boolean> {
	await writeState(parts, room, (state) => mended(state, blocks));
	try {
		for (const block of blocks) if (!block.isSame) await fill(parts, room, block, signal);
		return true;
	} catch (error) {
		// The network went away: the holes close like any other when it is back.
		if (error instanceof DOMException && error.name === 'TimeoutError') return false;
		throw error;
	}
}

/**
 * Compares the messages of a room. Rejects with LinkError, or the signal's reason.
 * @returns messages that were compared, stretches that could not be, and what differs
 */
export async function checkMessages(
	parts: KnowledgeParts,
	room: RoomId,
	signal: AbortSignal
): Promise<{ messages: number; uncompared: number; findings: Checked[] }> {
	const state = await parts.cache.stream(room);
	const wrong: BlockAsOf[] = [];
	let [messages, uncompared] = [0, 0];
	for (const stretch of state ? await stretchesOf(parts, state) : []) {
		const blocks = await compareStretch(parts, room, stretch, signal);
		if (!blocks) {
			uncompared++;
			continue;
		}
		messages += blocks.reduce((sum, { here }) => sum + here, 0);
		wrong.push(...blocks.filter(({ isSame, isStray }) => !isSame || isStray));
	}
	const findings = findingsOf(room, wrong);
	if (findings.length === 0) return { messages, uncompared, findings: [] };
	const isMended = await mend(parts, room, wrong, signal);
	return { messages, uncompared, findings: findings.map((finding) => ({ ...finding, isMended })) };
}
