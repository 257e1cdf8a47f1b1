/** WebCrypto in the forms that are used here: SHA-2, HKDF, HMAC, AES-256-GCM, Ed25519. */
import { b64, EMPTY, unb64, type Bytes } from './bytes.ts';
import { isSignature, isSigningKey } from './curve-points.ts';
import { Forged, forged } from './forged.ts';

const { subtle } = crypto;

/** A key pair that signs (Ed25519). A plain object of what IndexedDB stores as it is. */
export interface Signer {
	/** base64url */
	pub: string;
	key: CryptoKey;
}
/** A key pair that secrets are wrapped for (X25519); stored like a `Signer`. */
export interface Box {
	/** base64url */
	pub: string;
	key: CryptoKey;
}

/** So many bytes that nobody can guess. */
export function random(count: number): Bytes {
	return crypto.getRandomValues(new Uint8Array(count));
}

export async function sha256(data: Bytes): Promise<Bytes> {
	return new Uint8Array(await subtle.digest('SHA-256', data));
}

export async function sha512(data: Bytes): Promise<Bytes> {
	return new Uint8Array(await subtle.digest('SHA-512', data));
}

/** A secret from which keys are derived; its bytes cannot be read again. */
export function secretOf(raw: Bytes): Promise<CryptoKey> {
	return subtle.importKey('raw', raw, 'HKDF', false, ['deriveBits']);
}

/** HKDF-SHA-256 (RFC 5869). */
export async function derive(
	secret: CryptoKey,
	info: Bytes,
	bytes: number,
	salt: Bytes = EMPTY
): Promise<Bytes> {
	const how = { name: 'HKDF', hash: 'SHA-256', salt, info };
	return new Uint8Array(await subtle.deriveBits(how, secret, bytes * 8));
}

/** HMAC-SHA-256 (RFC 2104). */
export async function mac(key: Bytes, data: Bytes): Promise<Bytes> {
	const made = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [
		'sign'
	]);
	return new Uint8Array(await subtle.sign('HMAC', made, data));
}

const gcm = (keyAndNonce: Bytes, additionalData: Bytes) => ({
	name: 'AES-GCM',
	iv: keyAndNonce.subarray(32, 44),
	additionalData
});

/**
 * AES-256-GCM.
 * @param keyAndNonce 32 bytes of key and 12 of nonce, which no two texts may ever share
 * @param open bytes that lie open and are bound
 */
export async function lock(keyAndNonce: Bytes, open: Bytes, plain: Bytes): Promise<Bytes> {
	const key = await subtle.importKey('raw', keyAndNonce.subarray(0, 32), 'AES-GCM', false, [
		'encrypt'
	]);
	return new Uint8Array(await subtle.encrypt(gcm(keyAndNonce, open), key, plain));
}

/** @throws Forged when anything was changed, or the key is another one */
export async function unlock(keyAndNonce: Bytes, open: Bytes, locked: Bytes): Promise<Bytes> {
	const key = await subtle.importKey('raw', keyAndNonce.subarray(0, 32), 'AES-GCM', false, [
		'decrypt'
	]);
	return asForged('another key, or changed bytes', async () => {
		return new Uint8Array(await subtle.decrypt(gcm(keyAndNonce, open), key, locked));
	});
}

/** Tells what WebCrypto says of bytes that do not open ("OperationError") from every other fault. */
export async function asForged<T>(why: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (fault) {
		if (fault instanceof DOMException && fault.name === 'OperationError') return forged(why);
		throw fault;
	}
}

/** A signature (base64url). WebKit signs the same bytes differently each time. */
export async function sign(signer: Signer, data: Bytes): Promise<string> {
	return b64(new Uint8Array(await subtle.sign('Ed25519', signer.key, data)));
}

/** Keys that were looked at lately; importing one costs as much as half a check. */
const verifiers = new Map<string, Promise<CryptoKey>>();
const VERIFIERS_KEPT = 1000;

function verifierOf(pub: string): Promise<CryptoKey> {
	const known = verifiers.get(pub);
	if (known) return known;
	const bytes = unb64(pub, 32);
	if (!isSigningKey(bytes)) forged('a key that is none');
	const made = subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']);
	if (verifiers.size >= VERIFIERS_KEPT) verifiers.delete(verifiers.keys().next().value!);
	verifiers.set(pub, made);
	return made;
}

/**
 * Whether the signature (base64url) of `data` was made with this public key (base64url).
 * Keys of small order, second spellings of key or signature, and what is none of these are "no".
 */
export async function isSigned(pub: string, sig: string, data: Bytes): Promise<boolean> {
	try {
		const bytes = unb64(sig, 64);
		return (
			isSignature(bytes) && (await subtle.verify('Ed25519', await verifierOf(pub), bytes, data))
		);
	} catch (fault) {
		// A key that is no point of the curve is a DataError on some engines.
		if (fault instanceof Forged) return false;
		if (fault instanceof DOMException && fault.name === 'DataError') return false;
		throw fault;
	}
}
