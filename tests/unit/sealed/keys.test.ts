/** Keys that are none: of small order, spelled in a second way, off the curve. Signatures and wraps likewise. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { b64, unb64, utf8, type Bytes } from '../../../src/lib/protocol/sealed/bytes.ts';
import { isBoxKey, isSigningKey } from '../../../src/lib/protocol/sealed/curve-points.ts';
import { Forged } from '../../../src/lib/protocol/sealed/forged.ts';
import { parseLinkBody, writeLinkBody } from '../../../src/lib/protocol/sealed/link-body.ts';
import { isSigned, random, sign } from '../../../src/lib/protocol/sealed/primitives.ts';
import { newDeviceKeys } from '../../../src/lib/e2ee/device-keys.ts';
import { newBox, unwrap, wrap } from '../../../src/lib/e2ee/hpke.ts';
import { uid } from './people.ts';

const hex = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'hex'));
const FF = 'ff'.repeat(30);
const ZEROS = '00'.repeat(30);

/** The eight points of Ed25519 whose order divides 8. */
const SMALL = [
	`01${ZEROS}00`,
	`ec${FF}7f`,
	`00${ZEROS}00`,
	`00${ZEROS}80`,
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'
];
/** Second spellings of them: a sign of x = 0, and y not reduced. */
const SECOND = [`01${ZEROS}80`, `ec${FF}ff`, `ee${FF}7f`, `ee${FF}ff`, `ed${FF}7f`, `ed${FF}ff`];
/** Second spellings of other numbers, and bytes of other lengths. */
const OTHERS = [`f0${FF}7f`, `f3${FF}ff`, `ff${FF}7f`, '', '01', `01${ZEROS}`, `01${ZEROS}0000`];

/** Points of small order of Curve25519 and its twist, and second spellings (cr.yp.to/ecdh.html). */
const SMALL_BOXES = [
	`00${ZEROS}00`,
	`01${ZEROS}00`,
	'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
	'5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
	`ec${FF}7f`,
	`ed${FF}7f`,
	`ee${FF}7f`,
	'cdeb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880',
	'4c9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7',
	`d9${FF}ff`,
	`da${FF}ff`,
	`db${FF}ff`
];

describe('sealed X4 keys that are none', () => {
	it('the lists are right: the eight are of small order, and noble knows of no others', () => {
		for (const key of SMALL) {
			expect(ed25519.Point.fromBytes(hex(key)).isSmallOrder(), key).toBe(true);
		}
		const point = ed25519.Point.fromBytes(hex(SMALL[4]!));
		const all = Array.from({ length: 8 }, (_, i) =>
			i === 0 ? ed25519.Point.ZERO : point.multiplyUnsafe(BigInt(i))
		);
		expect(new Set(all.map((one) => one.toHex()))).toEqual(new Set(SMALL));
	});

	it.each([...SMALL, ...SECOND, ...OTHERS])('no signature counts under the key %s', async (key) => {
		expect(isSigningKey(hex(key))).toBe(false);
		// R = the neutral point, s = 0: right for every message under the neutral key, by the bare equation.
		for (const sig of [`01${'00'.repeat(63)}`, `${key}${'00'.repeat(32)}`]) {
			expect(await isSigned(b64(hex(key)), b64(hex(sig)), utf8('anything'))).toBe(false);
		}
	});

	it('a signature has one spelling', async () => {
		const { signer } = await newDeviceKeys(uid());
		const data = utf8('x');
		const sig = unb64(await sign(signer, data));
		expect(await isSigned(signer.pub, b64(sig), data)).toBe(true);
		const order = ed25519.Point.Fn.ORDER;
		const s = BigInt(`0x${Buffer.from(sig.slice(32).reverse()).toString('hex')}`) + order;
		const high = hex(s.toString(16).padStart(64, '0')).reverse();
		expect(
			await isSigned(signer.pub, b64(new Uint8Array([...sig.slice(0, 32), ...high])), data)
		).toBe(false);
		const unreduced = new Uint8Array([...hex(`ee${FF}7f`), ...sig.slice(32)]);
		expect(await isSigned(signer.pub, b64(unreduced), data)).toBe(false);
		for (const wrong of ['', b64(sig.slice(1)), `${b64(sig)}=`, 'ü']) {
			expect(await isSigned(signer.pub, wrong, data)).toBe(false);
			expect(await isSigned(wrong, b64(sig), data)).toBe(false);
		}
	});

	it('keys that are used are keys, on the curve or not: what is off it signs nothing', async () => {
		for (let i = 0; i < 50; i++) {
			const bytes = random(32);
			bytes[31]! &= 0x7f;
			expect(await isSigned(b64(bytes), b64(random(64)), utf8('x'))).toBe(false);
		}
		for (let i = 0; i < 20; i++) {
			expect(isSigningKey(new Uint8Array(ed25519.getPublicKey(random(32))))).toBe(true);
			expect(isBoxKey(new Uint8Array(x25519.getPublicKey(random(32))))).toBe(true);
		}
	});

	it.each([...SMALL_BOXES, `f0${FF}7f`, `09${ZEROS}80`, '', '09'])(
		'nothing is wrapped for the key %s',
		async (key) => {
			expect(isBoxKey(hex(key))).toBe(false);
			await expect(wrap(b64(hex(key)), utf8('info'), random(32))).rejects.toThrow(Forged);
			const sealed = b64(new Uint8Array([...hex(key), ...random(48)]));
			await expect(unwrap(await newBox(), utf8('info'), sealed)).rejects.toThrow(Forged);
		}
	);

	it('a link that names such a key is none', async () => {
		const { signer, box } = await newDeviceKeys(uid());
		const good = { kind: 'reroot', root: signer.pub, rbox: box.pub } as const;
		const at = { person: uid(), n: 2, prev: b64(random(32)) };
		expect(parseLinkBody(writeLinkBody({ ...at, change: good }))).toEqual({ ...at, change: good });
		for (const key of SMALL) {
			const bad = writeLinkBody({ ...at, change: { ...good, root: b64(hex(key)) } });
			expect(() => parseLinkBody(bad)).toThrow('root');
		}
		for (const key of SMALL_BOXES) {
			const bad = writeLinkBody({ ...at, change: { ...good, rbox: b64(hex(key)) } });
			expect(() => parseLinkBody(bad)).toThrow('rbox');
		}
	});
});
