/** What holds for everything: one form for each value, and opening gives back what was sealed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	b64,
	fromUtf8,
	isB64,
	join,
	same,
	unb64,
	utf8,
	type Bytes
} from '../../../src/lib/protocol/sealed/bytes.ts';
import { canon, readCanon, type Field } from '../../../src/lib/protocol/sealed/canon.ts';
import { Forged } from '../../../src/lib/protocol/sealed/forged.ts';
import { pad, padded, unpad } from '../../../src/lib/protocol/sealed/padding.ts';
import { readSaid, writeSaid } from '../../../src/lib/protocol/sealed/said.ts';
import { readRecoveryCode, recoveryText } from '../../../src/lib/e2ee/recovery-code.ts';
import { LIB, loadCore } from './core.ts';
import { personOf, placeOf, roomOf } from './people.ts';

const bytes = (max = 300) =>
	fc.uint8Array({ maxLength: max }).map((one): Bytes => new Uint8Array(one));
const text = fc.string({ unit: 'binary', maxLength: 200 });
const halves = fc
	.string({ unit: 'binary', maxLength: 50 })
	.map((one) => `${one}\ud800${one}\udfff`);
const leaf: fc.Arbitrary<Field> = fc.oneof(text, fc.maxSafeInteger(), fc.constant(null));
const field: fc.Arbitrary<Field> = fc.oneof(leaf, fc.array(fc.oneof(leaf, fc.array(leaf))));

describe('bytes', () => {
	it('base64url is that of Node, and reads back', () => {
		fc.assert(
			fc.property(bytes(), (one) => {
				const written = b64(one);
				expect(written).toBe(Buffer.from(one).toString('base64url'));
				expect(unb64(written, one.length)).toEqual(one);
				expect(isB64(written, one.length + 1)).toBe(false);
			})
		);
	});

	it('no two texts are the same bytes', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'AQgw_-9=+/ '), maxLength: 6 }), (one) => {
				let read: Bytes;
				try {
					read = unb64(one);
				} catch (fault) {
					expect(fault).toBeInstanceOf(Forged);
					return;
				}
				expect(b64(read)).toBe(one);
			})
		);
	});

	it('texts go through UTF-8, and parts stay apart', () => {
		fc.assert(fc.property(text, (one) => fromUtf8(utf8(one)) === one));
		expect(fromUtf8(utf8('\ufeffx'))).toBe('\ufeffx');
		expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(Forged);
		fc.assert(
			fc.property(bytes(20), bytes(20), (one, two) => {
				expect([...join(one, two)]).toEqual([...one, ...two]);
				expect(same(one, two)).toBe(b64(one) === b64(two));
			})
		);
	});
});

describe('the canonical form', () => {
	it('reads back as what was written, and has no second spelling', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.array(field), (label, fields) => {
				const written = canon(label, ...fields);
				expect(readCanon(written)).toEqual([label, ...fields]);
				const spellings = [
					` ${written}`,
					`${written} `,
					written.replace('[', '[ '),
					`${written}[]`
				];
				for (const one of spellings) if (one !== written) expect(readCanon(one)).toBe(null);
			})
		);
	});

	it.each([[NaN], [1.5], [2 ** 53], [-0], ['\ud800'], [[[[[1]]]]], [undefined], [true], [{}]])(
		'refuses %j, which has no single form',
		(value) => {
			expect(() => canon('x', value as Field)).toThrow(Forged);
			expect(readCanon(JSON.stringify(['x', value === undefined ? true : value]) ?? '')).toSatisfy(
				(read) => read === null || Object.is(value, -0) || Number.isNaN(value)
			);
		}
	);

	it('reads only what it writes', () => {
		const texts = [
			'',
			'x',
			'5',
			'null',
			'{}',
			'[]',
			'[5]',
			'["x",1e1]',
			'["x","\\u0041"]',
			'["x",1.0]',
			'["x",-0]'
		];
		for (const one of [...texts, '["\\ud800"]', `${'['.repeat(100_000)}`])
			expect(readCanon(one)).toBe(null);
	});
});

describe('padding', () => {
	it('gives back what was padded, and only in steps', () => {
		fc.assert(
			fc.property(bytes(3000), (one) => {
				const all = pad(one);
				expect(all.length).toBe(padded(one.length + 1));
				expect(unpad(all)).toEqual(one);
				expect(() => unpad(join(all, Uint8Array.of(0)))).toThrow(Forged);
			})
		);
	});
});

describe('what is said', () => {
	it('reads back; half of a surrogate pair and NUL go as they do in open rooms', () => {
		fc.assert(
			fc.property(fc.oneof(text, halves), (one) => {
				const kept = one.toWellFormed().replaceAll('\0', '');
				expect(readSaid(writeSaid({ text: one }))).toEqual({ text: kept });
			})
		);
	});

	it('sealed and opened it is the same, and the same bytes each time', async () => {
		const core = await loadCore(LIB);
		const anna = await personOf(core);
		const room = await roomOf(core, [anna]);
		const arbitrary = fc.record({
			text: fc.oneof(text, halves),
			version: fc.integer({ min: 1, max: 2 ** 50 })
		});
		await fc.assert(
			fc.asyncProperty(arbitrary, async ({ text, version }) => {
				const place = placeOf(room.id, anna.id, { version });
				const envelope = await core.seal({ text }, place, room.epoch, anna.keys, 1);
				expect(await core.seal({ text }, place, room.epoch, anna.keys, 1)).toEqual(envelope);
				const opened = await core.open(envelope, place, room.epoch, anna.identity, 1);
				expect(opened).toEqual({ text: text.toWellFormed().replaceAll('\0', '') });
			}),
			{ numRuns: 50 }
		);
	});
});

describe('the recovery code', () => {
	it('is read as it was written', async () => {
		const codes = fc.uint8Array({ minLength: 16, maxLength: 16 });
		await fc.assert(
			fc.asyncProperty(codes, async (one) => {
				const code = new Uint8Array(one);
				expect(await readRecoveryCode(await recoveryText(code))).toEqual(code);
			})
		);
	});
});
