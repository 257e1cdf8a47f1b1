/**
 * Wrapping a secret for whoever has a key: HPKE (RFC 9180) in base mode, with DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256 and AES-256-GCM.
 */
import * as hpke from 'hpke';
import { b64, join, unb64, type Bytes } from '../protocol/sealed/bytes.ts';
import { isBoxKey } from '../protocol/sealed/curve-points.ts';
import { forged } from '../protocol/sealed/forged.ts';
import type { Box } from '../protocol/sealed/primitives.ts';

const suite = new hpke.CipherSuite(
	hpke.KEM_DHKEM_X25519_HKDF_SHA256,
	hpke.KDF_HKDF_SHA256,
	hpke.AEAD_AES_256_GCM
);
/** Bytes of an encapsulated secret, which come first in a wrap. */
const ENCAPSULATED = 32;

/** A new key pair. Its secret half cannot be read, only used. */
export async function newBox(): Promise<Box> {
	return boxOf(await suite.GenerateKeyPair(false));
}

/** The key pair of a seed (RFC 9180, DeriveKeyPair): the same wherever the seed is known. */
export async function boxFromSeed(seed: Bytes): Promise<Box> {
	return boxOf(await suite.DeriveKeyPair(seed, false));
}

async function boxOf({ privateKey, publicKey }: hpke.KeyPair<CryptoKey>): Promise<Box> {
	return { key: privateKey, pub: b64(new Uint8Array(await suite.SerializePublicKey(publicKey))) };
}

async function publicKeyOf(pub: string): Promise<CryptoKey> {
	const bytes = unb64(pub, 32);
	return isBoxKey(bytes) ? suite.DeserializePublicKey(bytes) : forged('a key that is none');
}

/**
 * Wraps a secret.
 * @param pub for whom: their public key, base64url
 * @param info what it is and for whom; it opens with the same only
 * @returns base64url
 * @throws Forged when the key is none, or its shared secret would be known to everybody
 */
export async function wrap(pub: string, info: Bytes, secret: Bytes): Promise<string> {
	const { encapsulatedSecret, ciphertext } = await suite.Seal(await publicKeyOf(pub), secret, {
		info
	});
	return b64(join(new Uint8Array(encapsulatedSecret), new Uint8Array(ciphertext)));
}

/**
 * Opens a wrap.
 * @throws Forged when it is for somebody else or for something else, or was changed
 */
export async function unwrap(box: Box, info: Bytes, wrapped: string): Promise<Bytes> {
	const bytes = unb64(wrapped);
	const pair = { privateKey: box.key, publicKey: await publicKeyOf(box.pub) };
	const encapsulated = bytes.slice(0, ENCAPSULATED);
	if (encapsulated.length < ENCAPSULATED || !isBoxKey(encapsulated)) forged('no wrap');
	try {
		return new Uint8Array(
			await suite.Open(pair, encapsulated, bytes.slice(ENCAPSULATED), { info })
		);
	} catch (fault) {
		if (fault instanceof hpke.OpenError || fault instanceof hpke.DecapError) {
			return forged('a wrap for somebody or something else');
		}
		throw fault;
	}
}
