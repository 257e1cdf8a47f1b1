/** Blocks by which a device and the server compare what they keep of a room. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BLOCK_SEQS, blocksOf, COMPARED_SEQS } from '../../src/lib/protocol/compare.ts';

const rows = fc
	.uniqueArray(fc.integer({ min: 1, max: COMPARED_SEQS }), { minLength: 1 })
	.chain((seqs) =>
		fc.tuple(
			...seqs
				.sort((a, b) => a - b)
				.map((seq) =>
					fc.record({
						seq: fc.constant(seq),
						id: fc.uuid(),
						author: fc.uuid(),
						rev: fc.nat(9_999),
						body: fc.string()
					})
				)
		)
	);

it('names the block in which a row is missing, changed or too many, and no other', () => {
	fc.assert(
		fc.property(rows, fc.nat(), fc.constantFrom('drop', 'rev', 'body'), (all, pick, what) => {
			const at = pick % all.length;
			const hit = all[at]!;
			const other =
				what === 'drop'
					? all.filter((row) => row !== hit)
					: all.map((row) =>
							row !== hit
								? row
								: { ...row, ...(what === 'rev' ? { rev: row.rev + 1 } : { body: `${row.body}x` }) }
						);
			const ours = blocksOf(all, 1, COMPARED_SEQS);
			const theirs = blocksOf(other, 1, COMPARED_SEQS);
			const differing = ours.flatMap((block, n) => (block.join() === theirs[n]!.join() ? [] : [n]));
			expect(differing).toEqual([Math.floor((hit.seq - 1) / BLOCK_SEQS)]);
		})
	);
});

it('has a block for every stretch asked for, and counts each row once', () => {
	fc.assert(
		fc.property(rows, fc.integer({ min: 1, max: COMPARED_SEQS }), (all, from) => {
			const within = all.filter((row) => row.seq >= from);
			const blocks = blocksOf(within, from, COMPARED_SEQS);
			expect(blocks).toHaveLength(Math.ceil((COMPARED_SEQS - from + 1) / BLOCK_SEQS));
			expect(blocks.reduce((sum, [count]) => sum + count, 0)).toBe(within.length);
		})
	);
});
