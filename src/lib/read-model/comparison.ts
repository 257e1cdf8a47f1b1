/** What a device and the server say of the same streams, and where they differ. Pure. */
import type { Block } from '../protocol/compare.ts';
import { BLOCK_SEQS } from '../protocol/compare.ts';
import type { Heads } from '../protocol/down.ts';
import type { StreamId } from '../protocol/ids.ts';
import type { Range, StreamState } from '../sync/ports.ts';

/** What may be wrong with a stream on this device. */
type Fault =
	/** the server has more, and it is not being fetched */
	| 'behind'
	/** the device knows of changes that the server does not have */
	| 'ahead'
	/** same place, another past */
	| 'other-past'
	/** a conversation that the device does not know of; one that is not the person's any more */
	| 'unknown'
	| 'not-mine'
	/** messages that the device lacks, has too many of, or has in another form, in what it takes for held */
	| 'missing'
	| 'surplus'
	| 'changed'
	/** messages that are kept, but that no range names */
	| 'lost-range'
	/** rows that are no messages: members, read marks, contacts, rooms that can be found */
	| 'rows'
	| 'read'
	| 'unread';

/** One difference. */
export interface Finding {
	stream: StreamId;
	fault: Fault;
	/** how many changes, messages or rows it is about; of "unread" and "read": what the device says */
	count: number;
	/** seqs between which it lies; of "unread" and "read" `to` is what is right */
	from: number;
	to: number;
}

/** A difference, and whether it is gone now. */
export interface Checked extends Finding {
	isMended: boolean;
}

const found = (
	stream: StreamId,
	fault: Fault,
	count: number,
	from: number,
	to: number
): Finding => ({
	stream,
	fault,
	count,
	from,
	to
});

/**
 * Compares where streams stand.
 * @param states read before the heads were asked for, so that nothing is ahead for being newer
 */
export function compareHeads(states: readonly StreamState[], answer: Heads): Finding[] {
	const known = new Map(states.map((state) => [state.id, state]));
	const findings = Object.entries(answer.heads).flatMap(([id, [head, hash]]): Finding[] => {
		const state = known.get(id);
		if (!state) return [found(id, 'unknown', head, 0, head)];
		const unknown = { i: answer.instance, g: answer.generation, s: 0, h: '' };
		const { i, g, s, h } = state.cursor ?? unknown;
		if (i !== answer.instance || g !== answer.generation) return [found(id, 'other-past', s, 0, s)];
		if (s > head) return [found(id, 'ahead', s - head, head, s)];
		if (s < head) return [found(id, 'behind', head - s, s, head)];
		return h === hash ? [] : [found(id, 'other-past', s, 0, s)];
	});
	const gone = states.filter(({ id, kind }) => kind === 'room' && !answer.heads[id]);
	return [
		...findings,
		...gone.map(({ id, cursor }) => found(id, 'not-mine', cursor?.s ?? 0, 0, cursor?.s ?? 0))
	];
}

/** A block of seqs that was compared. */
export interface ComparedBlock {
	from: number;
	to: number;
	/** messages of it on this device and on the server */
	here: number;
	there: number;
	isSame: boolean;
	/** no range names it: it was compared because messages of it are kept */
	isStray: boolean;
}

/** The blocks of one answer beside those of this device. */
export function compareBlocks(
	ours: readonly Block[],
	theirs: readonly Block[],
	{ from, to, isStray }: { from: number; to: number; isStray: boolean }
): ComparedBlock[] {
	return ours.map(([here, digest], n) => {
		const [there = 0, other] = theirs[n] ?? [];
		const start = from + n * BLOCK_SEQS;
		const end = Math.min(to, start + BLOCK_SEQS - 1);
		return {
			from: start,
			to: end,
			here,
			there,
			isSame: here === there && digest === other,
			isStray
		};
	});
}

/** What compared blocks say, each fault once. */
export function findingsOf(stream: StreamId, blocks: readonly ComparedBlock[]): Finding[] {
	const held = blocks.filter(({ isStray, isSame }) => !isStray && !isSame);
	const groups: [Fault, ComparedBlock[], (block: ComparedBlock) => number][] = [
		['missing', held.filter(({ here, there }) => here < there), ({ here, there }) => there - here],
		['surplus', held.filter(({ here, there }) => here > there), ({ here, there }) => here - there],
		['changed', held.filter(({ here, there }) => here === there), () => 1],
		['lost-range', blocks.filter(({ isStray, here }) => isStray && here > 0), ({ here }) => here]
	];
	return groups.flatMap(([fault, part, countOf]) => {
		const [first] = part;
		if (!first) return [];
		const count = part.reduce((sum, block) => sum + countOf(block), 0);
		return [found(stream, fault, count, first.from, part.at(-1)!.to)];
	});
}

/** Stretches of seqs of at most `size`, in which blocks do not lie across two of them. */
export function windows(
	ranges: readonly Pick<Range, 'from' | 'to'>[],
	size: number
): Pick<Range, 'from' | 'to'>[] {
	return ranges.flatMap(({ from, to }) =>
		Array.from({ length: Math.ceil((to - from + 1) / size) }, (_, n) => ({
			from: from + n * size,
			to: Math.min(to, from + (n + 1) * size - 1)
		}))
	);
}

/** A row by what tells it apart, and the change that last touched it. */
export interface RowMark {
	key: string;
	rev: number;
}

/** How many of the server's rows this device lacks or has in an older form. @param upto the change up to which it should have them */
export function countStale(
	held: readonly RowMark[],
	theirs: readonly RowMark[],
	upto: number
): number {
	const revs = new Map(held.map(({ key, rev }) => [key, rev]));
	return theirs.filter(({ key, rev }) => rev <= upto && (revs.get(key) ?? -1) < rev).length;
}
