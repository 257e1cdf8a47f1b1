/** Messages: what is bound, who may have said it, what a report proves, and what of it all is seen. */
import { expect } from 'vitest';
import type { Said } from '../../../../src/lib/protocol/sealed/said.ts';
import type { Case, Core } from '../core.ts';
import { nextOf, personOf, placeOf, remove, roomOf, secondOf, uid } from '../people.ts';

const said: Said = { text: 'meet at nine, by the heron' };

async function scene(core: Core) {
	const [anna, boris] = [await personOf(core), await personOf(core)];
	const room = await roomOf(core, [anna, boris]);
	const place = placeOf(room.id, anna.id, { told: [boris.id] });
	const envelope = await core.seal(said, place, room.epoch, anna.keys, 1);
	const open = (more: { envelope?: object; place?: object } = {}) =>
		core.open(
			{ ...envelope, ...more.envelope },
			{ ...place, ...more.place },
			room.epoch,
			anna.identity,
			1
		);
	return { anna, boris, room, place, envelope, open };
}

/** base64url with one bit changed. */
function flipped(core: Core, text: string, bit: number): string {
	const bytes = core.unb64(text);
	bytes[bit >> 3]! ^= 1 << (bit & 7);
	return core.b64(bytes);
}

export const messageCases: Case[] = [
	{
		name: 'sealed E1 no word, name or key stands in what is handed over',
		async run(core) {
			const { anna, room, place } = await scene(core);
			const key = core.newFileKey();
			const file = {
				id: uid(),
				name: 'heron.pdf',
				size: 5,
				type: 'application/pdf',
				kind: 'file'
			} as const;
			const words = {
				...said,
				files: [{ ...file, key }],
				mentions: [['heron', uid()] as [string, string]]
			};
			const at = { ...place, files: [file.id] };
			const { b, ...open } = await core.seal(words, at, room.epoch, anna.keys, 1);
			const seen =
				JSON.stringify(open) +
				core.unb64(b).reduce((text, byte) => text + String.fromCharCode(byte), '');
			for (const word of ['heron', 'nine', 'pdf', key]) expect(seen).not.toContain(word);
			const opened = await core.open({ b, ...open }, at, room.epoch, anna.identity, 1);
			expect(opened).toEqual(words);
		}
	},
	{
		name: 'sealed E3 sealing is a function of what is said: same words, same bytes; no key and nonce meet two texts',
		async run(core) {
			const { anna, room, place, envelope } = await scene(core);
			const again = await core.seal({ ...said }, { ...place }, room.epoch, anna.keys, 1);
			expect(again).toEqual(envelope);
			const other = await core.seal(
				{ text: 'meet at nine, by the hide' },
				place,
				room.epoch,
				anna.keys,
				1
			);
			expect(other.k).not.toBe(envelope.k);
			// With key and nonce met twice, equal beginnings would look equal.
			expect(other.b.slice(0, 16)).not.toBe(envelope.b.slice(0, 16));
			// Two tabs whose engine signs differently sealed one and the same act.
			const signed = { ...envelope, s: other.s };
			expect(core.withoutSignatures({ sealed: signed, told: ['s'] })).toEqual(
				core.withoutSignatures({ sealed: envelope, told: ['s'] })
			);
			expect(core.withoutSignatures({ sealed: other })).not.toEqual(
				core.withoutSignatures({ sealed: envelope })
			);
		}
	},
	{
		name: 'sealed E14 what lies open is bound: nothing is changed, moved, or repeated elsewhere',
		async run(core) {
			const { anna, boris, room, place, open } = await scene(core);
			expect(await open()).toEqual(said);
			const moves = [
				{ id: uid() },
				{ room: uid() },
				{ version: 2 },
				{ sent: place.sent + 1 },
				{ told: [] },
				{ told: [boris.id, anna.id] },
				{ files: [uid()] },
				{ author: boris.id }
			];
			for (const move of moves) {
				await expect(open({ place: move }), JSON.stringify(move)).rejects.toThrow(core.Forged);
			}
			const next = await nextOf(core, room, [anna, boris]);
			for (const change of [
				{ v: 2 },
				{ n: 2 },
				{ e: 2 },
				{ h: next.keys.hash },
				{ i: 2 },
				{ d: boris.keys.id }
			]) {
				await expect(open({ envelope: change }), JSON.stringify(change)).rejects.toThrow(
					core.Forged
				);
			}
			// Renumbered together with the place, it is still another text.
			await expect(open({ envelope: { n: 2 }, place: { version: 2 } })).rejects.toThrow(
				core.Forged
			);
		}
	},
	{
		name: 'sealed E14b not one bit of an envelope can be changed',
		async run(core) {
			const { envelope, open } = await scene(core);
			for (const field of ['k', 's', 'b'] as const) {
				const bits = core.unb64(envelope[field]).length * 8;
				const step = field === 'b' ? 61 : 7;
				for (let bit = 0; bit < bits; bit += step) {
					const changed = { [field]: flipped(core, envelope[field], bit) };
					await expect(open({ envelope: changed }), `${field} ${bit}`).rejects.toThrow(core.Forged);
				}
				for (const changed of [
					`${envelope[field]}A`,
					envelope[field].slice(4),
					`${envelope[field]}=`,
					''
				]) {
					await expect(open({ envelope: { [field]: changed } })).rejects.toThrow(core.Forged);
				}
			}
		}
	},
	{
		name: 'sealed E14c nobody who knows the secret speaks as somebody else, or says two things at once',
		async run(core) {
			const { anna, boris, room, place } = await scene(core);
			const asAnna = await core.seal(said, place, room.epoch, boris.keys, 1);
			await expect(core.open(asAnna, place, room.epoch, anna.identity, 1)).rejects.toThrow(
				'device'
			);
			const named = await core.seal(
				said,
				place,
				room.epoch,
				{ ...boris.keys, id: anna.keys.id },
				1
			);
			await expect(core.open(named, place, room.epoch, anna.identity, 1)).rejects.toThrow(
				'signature'
			);
			// A commitment that is not to these words: no report could prove what everybody read.
			const plain = core.writeSaid(said);
			const k = core.b64(core.random(32));
			const open = { e: room.epoch.n, h: room.epoch.hash, d: anna.keys.id, i: 1, k };
			const header = core.headerOf(place, open);
			const use = core.canon('roost.e1.key', place.room, place.id, 1, anna.id, anna.keys.id);
			const key = await core.derive(room.epoch.secret, core.utf8(use), 44, core.unb64(k));
			const locked = await core.lock(key, header, plain);
			const s = await core.sign(anna.keys.signer, await core.signedOf(header, locked));
			const double = { v: 1, n: 1, ...open, b: core.b64(locked), s };
			await expect(core.open(double, place, room.epoch, anna.identity, 1)).rejects.toThrow(
				'to others'
			);
		}
	},
	{
		name: 'sealed E11d a device that was taken away says nothing under a later epoch, however long it says its chain was',
		async run(core) {
			const [anna, boris] = [await personOf(core), await personOf(core)];
			const tablet = await secondOf(core, anna);
			const room = await roomOf(core, [anna, boris]);
			const place = placeOf(room.id, anna.id);
			const before = await core.seal(said, place, room.epoch, tablet, 2);
			await remove(core, anna, tablet.id);
			// What it said before stays.
			expect(await core.open(before, place, room.epoch, anna.identity, 2)).toEqual(said);
			const next = await nextOf(core, room, [anna, boris]);
			const listed = next.keys.people.get(anna.id)![2];
			for (const n of [1, 2, 3, 4]) {
				const later = await core.seal(said, place, next.epoch, tablet, n);
				await expect(core.open(later, place, next.epoch, anna.identity, listed)).rejects.toThrow(
					'device'
				);
			}
		}
	},
	{
		name: 'sealed E16 a report proves what was said, and opens nothing else',
		async run(core) {
			const { anna, boris, room, place, envelope } = await scene(core);
			const { pub } = anna.keys.signer;
			const report = await core.report(said, envelope, place, room.epoch);
			expect(await core.provenSaid(report, envelope, place, pub)).toEqual(said);
			const lie = await core.report({ text: 'viler' }, envelope, place, room.epoch);
			const unproved = [
				await core.provenSaid(lie, envelope, place, pub),
				await core.provenSaid(
					{ ...report, frank: core.b64(core.random(32)) },
					envelope,
					place,
					pub
				),
				await core.provenSaid({ plain: '=', frank: '' }, envelope, place, pub),
				await core.provenSaid(report, envelope, placeOf(room.id, anna.id), pub),
				await core.provenSaid(report, { ...envelope, n: 2 }, place, pub),
				await core.provenSaid(report, envelope, place, boris.keys.signer.pub)
			];
			expect(unproved).toEqual(unproved.map(() => null));
			// The key of the commitment is none of any text: not of this one, not of the next.
			const key = core.join(core.unb64(report.frank), core.unb64(report.frank).slice(0, 12));
			await expect(
				core.unlock(key, core.headerOf(place, envelope), core.unb64(envelope.b))
			).rejects.toThrow(core.Forged);
			const edit = { ...place, version: 2 };
			const next = await core.seal(said, edit, room.epoch, anna.keys, 1);
			expect(await core.provenSaid(report, next, edit, pub)).toBe(null);
		}
	},
	{
		name: 'sealed E22 lengths are seen in steps only',
		async run(core) {
			const { anna, room, place } = await scene(core);
			const sizes = new Set<number>();
			for (let length = 0; length <= 40; length++) {
				const { b } = await core.seal(
					{ text: 'x'.repeat(length) },
					place,
					room.epoch,
					anna.keys,
					1
				);
				sizes.add(b.length);
			}
			expect(sizes.size).toBe(1);
			expect(core.padded(1)).toBe(64);
			expect(core.padded(65)).toBe(128);
			for (let length = 1; length < 40_000; length += 37) {
				const all = core.padded(length);
				expect(all).toBeGreaterThanOrEqual(length);
				expect(all).toBeLessThanOrEqual(Math.max(length + 64, length * 1.12));
				expect(core.padded(all)).toBe(all);
			}
		}
	},
	{
		name: 'sealed E24 whoever an epoch is not for cannot speak under it, whatever they know',
		async run(core) {
			const { room } = await scene(core);
			const eve = await personOf(core);
			const place = placeOf(room.id, eve.id);
			const envelope = await core.seal(said, place, room.epoch, eve.keys, 1);
			await expect(core.open(envelope, place, room.epoch, eve.identity, null)).rejects.toThrow(
				'for whom the epoch is not'
			);
		}
	},
	{
		name: 'sealed X1 what is too long or of another kind is no message, whoever signed it',
		async run(core) {
			const { anna, room, place } = await scene(core);
			const long = { text: '\u0001'.repeat(4000) };
			const fits = await core.seal(long, place, room.epoch, anna.keys, 1);
			expect(await core.open(fits, place, room.epoch, anna.identity, 1)).toEqual(long);
			await expect(
				core.seal({ text: 'x'.repeat(40_000) }, place, room.epoch, anna.keys, 1)
			).rejects.toThrow(RangeError);
			const over = await core.seal({ text: 'x'.repeat(4001) }, place, room.epoch, anna.keys, 1);
			await expect(core.open(over, place, room.epoch, anna.identity, 1)).rejects.toThrow(
				'no words'
			);
			const wrong = [
				{ text: 5 },
				{ text: 'x', reply: 'y' },
				{ text: 'x', mentions: [['a', 'b', 'c']] },
				{}
			];
			for (const one of wrong) {
				const sealed = await core.seal(one as Said, place, room.epoch, anna.keys, 1);
				await expect(core.open(sealed, place, room.epoch, anna.identity, 1)).rejects.toThrow(
					'no words'
				);
			}
			for (const plain of ['', '[]', '5', 'null', '{"t":', '{"t":"x"} {}']) {
				expect(() => core.readSaid(core.pad(core.utf8(plain)))).toThrow(core.Forged);
			}
			for (const plain of [
				[],
				[0],
				[0x80],
				[...new Array(64).fill(0)],
				[...new Array(63).fill(0x80), 1]
			]) {
				expect(() => core.readSaid(Uint8Array.from(plain as number[]))).toThrow(core.Forged);
			}
			const halves = core.readSaid(core.writeSaid({ text: 'a\ud800b\0c' }));
			expect(halves).toEqual({ text: 'a\ufffdbc' });
			expect(core.readSaid(core.pad(core.utf8('{"t":"a\\ud800b\\u0000c"}')))).toEqual(halves);
		}
	}
];
