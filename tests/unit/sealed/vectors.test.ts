/** The primitives against the vectors of their standards, and against other implementations. */
import * as peer from '@hpke/core';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as hpke from 'hpke';
import { describe, expect, it } from 'vitest';
import { b64, unb64, utf8, type Bytes } from '../../../src/lib/protocol/sealed/bytes.ts';
import {
	derive,
	isSigned,
	mac,
	random,
	secretOf,
	sign
} from '../../../src/lib/protocol/sealed/primitives.ts';
import { newDeviceKeys, signerFromSeed } from '../../../src/lib/e2ee/device-keys.ts';
import { boxFromSeed, unwrap, wrap } from '../../../src/lib/e2ee/hpke.ts';
import { uid } from './people.ts';

const hex = (text: string): Bytes => new Uint8Array(Buffer.from(text, 'hex'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const range = (from: number, to: number) =>
	Uint8Array.from({ length: to - from }, (_, i) => from + i);

describe('RFC 8032, section 7.1', () => {
	it.each([
		[
			'9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
			'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
			'',
			'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
		],
		[
			'4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
			'3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
			'72',
			'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'
		],
		[
			'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
			'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
			'af82',
			'6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'
		]
	])('secret %s', async (secret, pub, message, signature) => {
		const signer = await signerFromSeed(hex(secret));
		expect(hexOf(unb64(signer.pub))).toBe(pub);
		expect(hexOf(unb64(await sign(signer, hex(message))))).toBe(signature);
		expect(await isSigned(signer.pub, b64(hex(signature)), hex(message))).toBe(true);
	});

	it('signatures pass from here to @noble/curves and back', async () => {
		const seed = random(32);
		const signer = await signerFromSeed(seed);
		const there = new Uint8Array(ed25519.sign(utf8('x'), seed));
		expect(b64(there)).toBe(await sign(signer, utf8('x')));
		expect(await isSigned(signer.pub, b64(there), utf8('x'))).toBe(true);
		const made = (await newDeviceKeys(uid())).signer;
		const here = unb64(await sign(made, utf8('y')));
		expect(ed25519.verify(here, utf8('y'), unb64(made.pub))).toBe(true);
		expect(ed25519.verify(here, utf8('z'), unb64(made.pub))).toBe(false);
	});
});

describe('RFC 7748, section 6.1', () => {
	const alice = {
		secret: '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
		pub: '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'
	};
	const bob = {
		secret: '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
		pub: 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'
	};
	const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
	const PKCS8 = '302e020100300506032b656e04220420';

	it.each([
		[alice, bob],
		[bob, alice]
	])('what $secret and the other agree on', async (own, other) => {
		const { subtle } = crypto;
		const key = await subtle.importKey('pkcs8', hex(PKCS8 + own.secret), 'X25519', false, [
			'deriveBits'
		]);
		const theirs = await subtle.importKey('raw', hex(other.pub), 'X25519', false, []);
		const bits = await subtle.deriveBits({ name: 'X25519', public: theirs }, key, 256);
		expect(hexOf(new Uint8Array(bits))).toBe(shared);
		expect(hexOf(x25519.getSharedSecret(hex(own.secret), hex(other.pub)))).toBe(shared);
	});
});

describe('RFC 5869, appendix A', () => {
	it.each([
		[
			'0b'.repeat(22),
			range(0x00, 0x0d),
			range(0xf0, 0xfa),
			'3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'
		],
		[
			hexOf(range(0x00, 0x50)),
			range(0x60, 0xb0),
			range(0xb0, 0x100),
			'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87'
		],
		[
			'0b'.repeat(22),
			range(0, 0),
			range(0, 0),
			'8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'
		]
	])('of %s', async (secret, salt, info, expected) => {
		const made = await derive(await secretOf(hex(secret)), info, expected.length / 2, salt);
		expect(hexOf(made)).toBe(expected);
	});

	it('HKDF and HMAC are those of @noble/hashes', async () => {
		const [key, salt, info] = [random(32), random(32), random(70)];
		const made = await derive(await secretOf(key), info, 44, salt);
		expect(hexOf(made)).toBe(hexOf(hkdf(sha256, key, salt, info, 44)));
		expect(hexOf(await mac(key, info))).toBe(hexOf(hmac(sha256, key, info)));
	});
});

describe('RFC 9180', () => {
	const ikmR = hex('6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037');

	it('the keys of a seed are those of appendix A.1.1', async () => {
		const { pub } = await boxFromSeed(ikmR);
		expect(hexOf(unb64(pub))).toBe(
			'3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'
		);
	});

	it('the package opens what appendix A.1.1 sealed', async () => {
		const suite = new hpke.CipherSuite(
			hpke.KEM_DHKEM_X25519_HKDF_SHA256,
			hpke.KDF_HKDF_SHA256,
			hpke.AEAD_AES_128_GCM
		);
		const enc = hex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431');
		const sealed = hex(
			'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a'
		);
		const opened = await suite.Open(await suite.DeriveKeyPair(ikmR), enc, sealed, {
			aad: utf8('Count-0'),
			info: utf8('Ode on a Grecian Urn')
		});
		expect(new TextDecoder().decode(opened)).toBe('Beauty is truth, truth beauty');
	});

	it('wraps pass from here to @hpke/core and back, for the same keys of the same seed', async () => {
		const suite = new peer.CipherSuite({
			kem: new peer.DhkemX25519HkdfSha256(),
			kdf: new peer.HkdfSha256(),
			aead: new peer.Aes256Gcm()
		});
		const [seed, info, secret] = [random(32), utf8('info'), random(32)];
		const ours = await boxFromSeed(seed);
		const theirs = await suite.kem.deriveKeyPair(seed.buffer);
		const pub = new Uint8Array(await suite.kem.serializePublicKey(theirs.publicKey));
		expect(b64(pub)).toBe(ours.pub);

		const bytes = unb64(await wrap(ours.pub, info, secret));
		expect(bytes.length).toBe(80);
		const recipientKey = theirs.privateKey;
		const enc = bytes.slice(0, 32).buffer;
		const opened = await suite.open({ recipientKey, enc, info }, bytes.slice(32));
		expect(new Uint8Array(opened)).toEqual(secret);

		const made = await suite.seal({ recipientPublicKey: theirs.publicKey, info }, secret);
		const wrapped = b64(new Uint8Array([...new Uint8Array(made.enc), ...new Uint8Array(made.ct)]));
		expect(await unwrap(ours, info, wrapped)).toEqual(secret);
		await expect(unwrap(ours, utf8('other'), wrapped)).rejects.toThrow('something else');
	});
});
