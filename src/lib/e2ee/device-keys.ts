/** The keys of one device. Their secret halves never leave it: they can be used and stored, not read. */
import { b64, join, unb64, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { possessionOf, type DeviceCard } from '../protocol/sealed/link-body.ts';
import { sign, type Box, type Signer } from '../protocol/sealed/primitives.ts';
import { newBox } from './hpke.ts';

const { subtle } = crypto;

/** A plain object; IndexedDB stores it as it is. */
export interface DeviceKeys {
	/** UUIDv7, made together with the keys */
	id: string;
	signer: Signer;
	box: Box;
}

/** @param id a new UUIDv7 */
export async function newDeviceKeys(id: string): Promise<DeviceKeys> {
	return { id, signer: await newSigner(), box: await newBox() };
}

async function newSigner(): Promise<Signer> {
	const pair = (await subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
	const pub = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
	return { pub: b64(pub), key: pair.privateKey };
}

/** What stands before the 32 bytes of a secret Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8 = Uint8Array.of(
	...[
		0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20
	]
);

/** The signing keys of a seed of 32 bytes (RFC 8032). */
export async function signerFromSeed(seed: Bytes): Promise<Signer> {
	const written = join(PKCS8, seed);
	const readable = await subtle.importKey('pkcs8', written, 'Ed25519', true, ['sign']);
	const { x } = await subtle.exportKey('jwk', readable);
	const key = await subtle.importKey('pkcs8', written, 'Ed25519', false, ['sign']);
	return { pub: b64(unb64(x!, 32)), key };
}

/** What a device says of itself to those who are to add it. */
export async function cardOf(person: string, { id, signer, box }: DeviceKeys): Promise<DeviceCard> {
	const card = { device: id, sig: signer.pub, box: box.pub };
	return { ...card, pop: await sign(signer, utf8(possessionOf(person, card))) };
}
