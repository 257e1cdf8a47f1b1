/**
 * Files: AES-256-GCM in pieces (as in the STREAM construction), so that an upload goes on where it was cut
 * with the same bytes, a film plays from the middle, and a missing end is noticed. Each has one random key.
 */
import { b64, unb64, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import { forged } from '../protocol/sealed/forged.ts';
import { asForged, derive, random, secretOf } from '../protocol/sealed/primitives.ts';

const { subtle } = crypto;

/** Bytes of a piece; the last one may be shorter. */
export const PIECE = 65_536;
/** Bytes that each piece is longer when sealed. */
const TAG = 16;
const KEY_BYTES = 32;

/** What a message says of its file's key: base64url. */
export function newFileKey(): string {
	return b64(random(KEY_BYTES));
}

/** @param id of the file: the same key under another one opens nothing */
export async function fileKey(key: string, id: string): Promise<CryptoKey> {
	const secret = await secretOf(unb64(key, KEY_BYTES));
	const raw = await derive(secret, utf8(canon('roost.e1.file', id)), 32);
	return subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** Pieces of a file of `size` bytes; an empty one has one. */
export function pieceCount(size: number): number {
	return Math.max(1, Math.ceil(size / PIECE));
}

/** Bytes that a file of `size` bytes has when sealed. */
export function sealedSize(size: number): number {
	return size + pieceCount(size) * TAG;
}

/** Where piece `i` (from 0) of the sealed bytes begins and ends. */
export function sealedPiece(i: number, size: number): [from: number, to: number] {
	const from = i * (PIECE + TAG);
	return [from, Math.min(from + PIECE + TAG, sealedSize(size))];
}

/** AES-GCM's parameters for a piece: 11 bytes of place, and one that says whether it is the last. */
function gcm(i: number, isLast: boolean) {
	const iv = new Uint8Array(12);
	new DataView(iv.buffer).setUint32(7, i);
	iv[11] = isLast ? 1 : 0;
	return { name: 'AES-GCM', iv };
}

/** @param size of the whole file, bytes */
export async function sealPiece(
	key: CryptoKey,
	bytes: Bytes,
	i: number,
	size: number
): Promise<Bytes> {
	return new Uint8Array(await subtle.encrypt(gcm(i, i === pieceCount(size) - 1), key, bytes));
}

/**
 * @param size of the whole file, bytes, as the message says
 * @throws Forged when it is not this piece of this file
 */
export async function openPiece(
	key: CryptoKey,
	sealed: Bytes,
	i: number,
	size: number
): Promise<Bytes> {
	const [from, to] = sealedPiece(i, size);
	if (sealed.length !== to - from) forged('a piece of another length');
	return asForged('another piece, or changed bytes', async () => {
		return new Uint8Array(await subtle.decrypt(gcm(i, i === pieceCount(size) - 1), key, sealed));
	});
}

/** A whole file, for those that fit into memory. */
export async function sealFile(key: CryptoKey, bytes: Bytes): Promise<Bytes> {
	const all = new Uint8Array(sealedSize(bytes.length));
	for (let i = 0; i < pieceCount(bytes.length); i++) {
		const piece = bytes.subarray(i * PIECE, (i + 1) * PIECE);
		all.set(await sealPiece(key, piece, i, bytes.length), sealedPiece(i, bytes.length)[0]);
	}
	return all;
}

/**
 * @param size of the file, bytes, as the message says
 * @throws Forged
 */
export async function openFile(key: CryptoKey, sealed: Bytes, size: number): Promise<Bytes> {
	if (sealed.length !== sealedSize(size)) forged('a file of another length');
	const all = new Uint8Array(size);
	for (let i = 0; i < pieceCount(size); i++) {
		const [from, to] = sealedPiece(i, size);
		all.set(await openPiece(key, sealed.subarray(from, to), i, size), i * PIECE);
	}
	return all;
}
