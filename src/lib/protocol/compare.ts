/**
 * Comparing what a device keeps of a room with what stands on the server, without sending it: a digest of each block
 * of seqs. It finds damage, it proves nothing against whoever wants to deceive: both sides are the same person's.
 */
import * as v from 'valibot';
import { Cursor, type MessageRow } from './change.ts';
import { count, uid } from './scalars.ts';
import { Gone, Reset } from './down.ts';

/** Seqs that one digest is about, and seqs of one question at most. */
export const BLOCK_SEQS = 64;
export const COMPARED_SEQS = 512;

/** What do the messages with `from <= seq <= to` come to, block by block? */
export const CompareRequest = v.pipe(
	v.object({ stream: uid, cursor: Cursor, from: count, to: count }),
	v.check(({ from, to }) => from <= to && to - from < COMPARED_SEQS)
);
export type CompareRequest = v.InferOutput<typeof CompareRequest>;

/** How many messages a block has, and the digest of them. */
export const Block = v.tuple([count, v.string()]);
export type Block = v.InferOutput<typeof Block>;

/** One block for each BLOCK_SEQS seqs from `from` on, as of change `asOf`. */
export const Compared = v.object({
	type: v.literal('compared'),
	stream: v.string(),
	asOf: count,
	blocks: v.array(Block)
});
export type Compared = v.InferOutput<typeof Compared>;
export const CompareAnswer = v.variant('type', [Compared, Reset, Gone]);
export type CompareAnswer = v.InferOutput<typeof CompareAnswer>;

/** Multipliers and shifts of cyrb53, a published mixing of 53 bits. */
const [MIX_A, MIX_B, END_A, END_B] = [2_654_435_761, 1_597_334_677, 2_246_822_507, 3_266_489_909];

/** 64 bits of a text in hex; each UTF-16 unit counts. */
function mixed(text: string): string {
	let [a, b] = [0xdead_beef, 0x41c6_ce57];
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		a = Math.imul(a ^ unit, MIX_A);
		b = Math.imul(b ^ unit, MIX_B);
	}
	a = Math.imul(a ^ (a >>> 16), END_A) ^ Math.imul(b ^ (b >>> 13), END_B);
	b = Math.imul(b ^ (b >>> 16), END_A) ^ Math.imul(a ^ (a >>> 13), END_B);
	return [b, a].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

/** What of a message is compared: that it is there, in which form, and its words. */
type ComparedRow = Pick<MessageRow, 'id' | 'seq' | 'rev' | 'body' | 'author'>;

/**
 * The blocks of a span of seqs.
 * @param rows messages of it, ascending seq
 */
export function blocksOf(rows: readonly ComparedRow[], from: number, to: number): Block[] {
	const blocks: Block[] = [];
	let at = 0;
	for (let start = from; start <= to; start += BLOCK_SEQS) {
		const first = at;
		while (at < rows.length && rows[at]!.seq < start + BLOCK_SEQS) at++;
		const part = rows.slice(first, at);
		const text = JSON.stringify(
			part.map((row) => [row.id, row.seq, row.rev, row.author, row.body])
		);
		blocks.push([part.length, mixed(text)]);
	}
	return blocks;
}
