/** Files, reactions, and what people keep for their own devices. */
import { expect } from 'vitest';
import type { Case, Core } from '../core.ts';
import { nextOf, personOf, remove, roomOf, secondOf, uid } from '../people.ts';

function bytesOf(core: Core, size: number) {
	const all = new Uint8Array(size);
	for (let at = 0; at < size; at += 60_000) all.set(core.random(Math.min(60_000, size - at)), at);
	return all;
}

export const thingCases: Case[] = [
	{
		name: 'sealed E17 files: same bytes after a cut, no end missing, no piece swapped',
		async run(core) {
			const [text, id] = [core.newFileKey(), uid()];
			const key = await core.fileKey(text, id);
			const piece = core.PIECE + 16;
			const big = bytesOf(core, core.PIECE * 2 + 1000);
			const sealed = await core.sealFile(key, big);
			expect(await core.openFile(key, sealed, big.length)).toEqual(big);
			const again = await core.sealPiece(key, big.slice(core.PIECE, 2 * core.PIECE), 1, big.length);
			expect(again).toEqual(sealed.slice(piece, 2 * piece));
			const swapped = core.join(
				sealed.slice(piece, 2 * piece),
				sealed.slice(0, piece),
				sealed.slice(2 * piece)
			);
			await expect(core.openFile(key, swapped, big.length)).rejects.toThrow(core.Forged);
			// Cut at a piece, and the message says so: still the piece does not say that it is the last.
			const cut = sealed.slice(0, 2 * piece);
			await expect(core.openFile(key, cut, core.PIECE * 2)).rejects.toThrow(core.Forged);
			await expect(core.openFile(key, cut, big.length)).rejects.toThrow('another length');
			for (const other of [
				await core.fileKey(text, uid()),
				await core.fileKey(core.newFileKey(), id)
			]) {
				await expect(core.openFile(other, sealed, big.length)).rejects.toThrow(core.Forged);
			}
			await expect(core.fileKey('short', id)).rejects.toThrow(core.Forged);
		}
	},
	{
		name: 'sealed X16 files of 0 bytes, of exactly one piece, and one byte more; any piece alone',
		async run(core) {
			const key = await core.fileKey(core.newFileKey(), uid());
			for (const size of [0, 1, core.PIECE - 1, core.PIECE, core.PIECE + 1]) {
				const bytes = bytesOf(core, size);
				const sealed = await core.sealFile(key, bytes);
				expect(sealed.length).toBe(core.sealedSize(size));
				expect(await core.openFile(key, sealed, size)).toEqual(bytes);
				const last = core.pieceCount(size) - 1;
				const [from, to] = core.sealedPiece(last, size);
				expect(to).toBe(sealed.length);
				const alone = await core.openPiece(key, sealed.slice(from, to), last, size);
				expect(alone).toEqual(bytes.slice(last * core.PIECE));
			}
			expect(core.pieceCount(0)).toBe(1);
			expect(core.pieceCount(core.PIECE + 1)).toBe(2);
		}
	},
	{
		name: 'sealed E18 reactions: grouped blindly, put by nobody else, readable after edits',
		async run(core) {
			const [anna, boris] = [await personOf(core), await personOf(core)];
			const room = await roomOf(core, [anna, boris]);
			const to = { room: room.id, message: uid(), epoch: room.epoch };
			const one = await core.react('👍🏽', true, to, anna.id, anna.keys);
			const two = await core.react('👍🏽', true, to, boris.id, boris.keys);
			expect([two.token, two.box]).toEqual([one.token, one.box]);
			expect(await core.readReaction(two, to, boris.identity)).toBe('👍🏽');
			expect((await core.react('👍', true, to, anna.id, anna.keys)).token).not.toBe(one.token);
			const elsewhere = { ...to, message: uid() };
			expect((await core.react('👍🏽', true, elsewhere, anna.id, anna.keys)).token).not.toBe(
				one.token
			);
			const next = await nextOf(core, room, [anna]);
			const taken = await core.react('👍🏽', false, to, boris.id, boris.keys);
			const refused = [
				() => core.readReaction(two, to, anna.identity),
				() => core.readReaction({ ...two, d: anna.keys.id }, to, anna.identity),
				() => core.readReaction(two, elsewhere, boris.identity),
				() => core.readReaction(two, { ...to, epoch: next.epoch }, boris.identity),
				() => core.readReaction(taken, to, boris.identity)
			];
			for (const one of refused) await expect(one()).rejects.toThrow(core.Forged);
			await expect(core.react('x'.repeat(49), true, to, anna.id, anna.keys)).rejects.toThrow(
				RangeError
			);
		}
	},
	{
		name: 'sealed X17 a reaction stays though the device that put it was taken away since',
		async run(core) {
			const anna = await personOf(core);
			const tablet = await secondOf(core, anna);
			const room = await roomOf(core, [anna]);
			const to = { room: room.id, message: uid(), epoch: room.epoch };
			const put = await core.react('🎉', true, to, anna.id, tablet);
			await remove(core, anna, tablet.id);
			expect(await core.readReaction(put, to, anna.identity)).toBe('🎉');
		}
	},
	{
		name: 'sealed E9c what a person keeps for their own devices opens as that and nothing else',
		async run(core) {
			const [seed, id] = [core.random(32), uid()];
			const sealed = await core.sealOwn('draft', id, 'the heron', 3, seed);
			const seeds = new Map([[3, seed]]);
			expect(await core.openOwn('draft', id, sealed, seeds)).toBe('the heron');
			expect(await core.sealOwn('draft', id, 'the heron', 3, seed)).not.toBe(sealed);
			const refused = [
				() => core.openOwn('draft', uid(), sealed, seeds),
				() => core.openOwn('checkpoint', id, sealed, seeds),
				() => core.openOwn('draft', id, sealed, new Map([[3, core.random(32)]])),
				() => core.openOwn('draft', id, sealed, new Map([[2, seed]])),
				() => core.openOwn('draft', id, '3.AAAA', seeds),
				() => core.openOwn('draft', id, 'nothing', seeds)
			];
			for (const one of refused) await expect(one()).rejects.toThrow(core.Forged);
		}
	}
];
