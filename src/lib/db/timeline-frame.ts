/** Where a window on a conversation stands, and how it moves over what is held. */
import type { MessageRow, SeenRow } from '../protocol/change.ts';
import type { RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { StreamState } from '../sync/ports.ts';
import { holes, type Hole } from '../sync/reconcile/range.ts';
import type { Cache } from './cache.ts';

/** Messages in the first view and in each page. */
export const PAGE = LIMITS.pageMessages;

/**
 * Where the window stands: messages with `low <= seq <= high`. `low: null`: it is settled by the next reading, at the
 * newest page or, moved to a seq, a page on either side of that.
 */
export interface Frame {
	low: number | null;
	high: number;
	/** the seq it was moved to */
	around: number | null;
}

/** A frame whose edges are known. */
interface Settled extends Frame {
	low: number;
}

/** A frame, and the messages that were read for it last. */
export interface FrameRows {
	frame: Frame;
	rows: readonly MessageRow[];
}

/** What the cache has of a window: it stands until the cache changes or the window moves. */
export interface HeldFrame extends Settled {
	state: StreamState | null;
	rows: MessageRow[];
	hasOlder: boolean;
	/** how far the others have read */
	seen: SeenRow[];
	/** changes of the cache that had been told when this was read */
	changes: number;
}

export const NEWEST: Frame = { low: null, high: Infinity, around: null };

/** A frame that is to be settled around a seq. */
export const toBeAround = (seq: number): Frame => ({ ...NEWEST, around: seq });

/** The room whose messages are moved over. */
interface Held {
	cache: Pick<Cache, 'stream' | 'messages'>;
	room: RoomId;
}

export function isSameFrame(a: Frame, b: Frame): boolean {
	return a.low === b.low && a.high === b.high && a.around === b.around;
}

/** Lower edge of a page read from the top: 0 when nothing more lies below. */
export function bottomOf(rows: readonly MessageRow[]): number {
	return rows.length < PAGE ? 0 : rows[0]!.seq;
}

/** Upper edge of a page read from the bottom: Infinity when nothing more lies above. */
function topOf(rows: readonly MessageRow[]): number {
	return rows.length < PAGE ? Infinity : rows.at(-1)!.seq;
}

function holesOf(state: StreamState | null): Hole[] {
	return state?.cursor ? holes(state.ranges, state.cursor.s) : [];
}

/** Whether messages, or a hole, lie below a seq. */
export async function liesBelow(
	{ cache, room }: Held,
	low: number,
	state: StreamState | null
): Promise<boolean> {
	if (holesOf(state).some((hole) => hole.after + 1 < low)) return true;
	return (await cache.messages(room, 0, low - 1, 1, 'top')).length > 0;
}

/**
 * The frame with a page of older messages, up to the next hole.
 * @param isLinked whether a hole at the edge closes itself: then the frame stays
 */
export async function withOlder(
	{ cache, room }: Held,
	frame: Frame,
	isLinked: boolean
): Promise<Frame> {
	const { low } = frame;
	if (low === null || low <= 1) return frame;
	const found = holesOf(await cache.stream(room));
	if (isLinked && found.some((hole) => hole.after + 1 === low)) return frame;
	const target = bottomOf(await cache.messages(room, 0, low - 1, PAGE, 'top'));
	const hole = found.findLast(({ before, after }) => before <= low && after + 1 < low);
	return { ...frame, low: hole && target < hole.before ? hole.after + 1 : target };
}

/** The frame with a page of newer messages, up to the next hole. */
export async function withNewer({ cache, room }: Held, frame: Frame): Promise<Frame> {
	const { high } = frame;
	if (high === Infinity) return frame;
	const found = holesOf(await cache.stream(room));
	const target = topOf(await cache.messages(room, high + 1, Infinity, PAGE, 'bottom'));
	const hole = found.find(({ before }) => before > high + 1);
	return { ...frame, high: hole && target > hole.after ? hole.before - 1 : target };
}

/**
 * Messages of a window at most: what a list shows at once with two pages beyond. Without a bound each page that is
 * scrolled to would cost as much as all before it.
 */
const MOST = 360;

/**
 * A frame that has grown upwards, cut at its lower end when it holds too much. One that has not grown, or is still to be
 * settled, stays as it is.
 * @param before as it was, and the messages in it then
 */
export function boundedAbove(frame: Frame, before: FrameRows): Frame {
	const last = isOver(frame, before) ? before.rows[MOST - PAGE - 1] : undefined;
	return last ? { ...frame, high: last.seq } : frame;
}

/** The same for one that has grown downwards, cut at its upper end. */
export function boundedBelow(frame: Frame, before: FrameRows): Frame {
	const { rows } = before;
	const first = isOver(frame, before) ? rows[rows.length - (MOST - PAGE)] : undefined;
	return first ? { ...frame, low: first.seq } : frame;
}

function isOver(frame: Frame, { frame: before, rows }: FrameRows): boolean {
	return frame !== before && frame.low !== null && rows.length > MOST - PAGE;
}

/** Messages beyond which a window that goes back to the newest gives up what lies above. */
const LONG = 1.5 * PAGE;

/** The frame at the newest messages: as it is where it reaches them and is short, so that nothing goes from the screen. */
export function atNewest({ frame, rows }: FrameRows): Frame {
	const stays = frame.high === Infinity && rows.length <= LONG;
	return stays ? { ...frame, around: null } : NEWEST;
}

/** The messages of a frame. @param known those that need not be read: all of another frame, as they are now */
export async function readBetween(
	{ cache, room }: Held,
	{ low, high }: Settled,
	known: (Settled & { rows: MessageRow[] }) | null
): Promise<MessageRow[]> {
	const read = (from: number, to: number) =>
		from <= to ? cache.messages(room, from, to, Infinity, 'bottom') : [];
	if (!known || known.low > high || known.high < low) return read(low, high);
	const [above, below] = await Promise.all([
		read(low, Math.min(high, known.low - 1)),
		read(Math.max(low, known.high + 1), high)
	]);
	const between = known.rows.filter(({ seq }) => low <= seq && seq <= high);
	return [...above, ...between, ...below];
}

/** The messages of a page on either side of a seq. */
export async function readAround({ cache, room }: Held, seq: number): Promise<MessageRow[]> {
	const [above, below] = await Promise.all([
		cache.messages(room, 0, seq, PAGE, 'top'),
		cache.messages(room, seq + 1, Infinity, PAGE, 'bottom')
	]);
	return [...above, ...below];
}

/**
 * A page on either side of a seq, up to the next hole: the reader sees it, and it closes itself.
 * @param rows as `readAround` answers them
 */
function frameAround(state: StreamState | null, rows: readonly MessageRow[], seq: number): Settled {
	const found = holesOf(state);
	const within = found.find((hole) => hole.after < seq && seq < hole.before);
	if (within) return { low: within.after + 1, high: within.before - 1, around: seq };
	const higher = found.findLast((hole) => hole.before <= seq)?.after ?? -1;
	const lower = found.find((hole) => hole.after >= seq)?.before ?? Infinity;
	return {
		low: Math.max(bottomOf(rows.filter((row) => row.seq <= seq)), higher + 1),
		high: Math.min(topOf(rows.filter((row) => row.seq > seq)), lower - 1),
		around: seq
	};
}

/** Where a frame stands, by what was read for it. */
export function settle(
	{ low, high, around }: Frame,
	state: StreamState | null,
	rows: MessageRow[]
): Settled {
	if (low !== null) return { low, high, around };
	if (around === null) return { low: bottomOf(rows), high, around };
	return frameAround(state, rows, around);
}

/** Those of the messages that are in the frame. */
export function within({ low, high }: Settled, rows: MessageRow[]): MessageRow[] {
	return rows.filter(({ seq }) => low <= seq && seq <= high);
}
