/** Bytes and their forms as text. */
import { forged } from './forged.ts';

/** Bytes as WebCrypto takes them: never a view of memory that is shared. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const EMPTY: Bytes = new Uint8Array(0);

/** A text as UTF-8. Half of a surrogate pair becomes U+FFFD. */
export function utf8(text: string): Bytes {
	return encoder.encode(text);
}

/** @throws Forged when the bytes are no UTF-8 */
export function fromUtf8(bytes: Bytes): string {
	try {
		return decoder.decode(bytes);
	} catch (fault) {
		if (fault instanceof TypeError) return forged('no UTF-8');
		throw fault;
	}
}

/** The parts one behind the other. */
export function join(...parts: readonly Bytes[]): Bytes {
	const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

/** Whether two are equal, in a time that does not tell where they differ. */
export function same(a: Bytes, b: Bytes): boolean {
	if (a.length !== b.length) return false;
	let differing = 0;
	for (let i = 0; i < a.length; i++) differing |= a[i]! ^ b[i]!;
	return differing === 0;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));

/** base64url without padding (RFC 4648, section 5). */
export function b64(bytes: Bytes): string {
	let text = '';
	for (let i = 0; i < bytes.length; i += 3) {
		const left = bytes.length - i;
		const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
		text += LETTERS[three >> 18]! + LETTERS[(three >> 12) & 63]!;
		if (left > 1) text += LETTERS[(three >> 6) & 63]!;
		if (left > 2) text += LETTERS[three & 63]!;
	}
	return text;
}

/**
 * Reads base64url. Every run of bytes has exactly one form: padding, other alphabets and bits that
 * mean nothing are refused.
 * @param length how many bytes it must be; left out: any number
 * @throws Forged
 */
export function unb64(text: string, length?: number): Bytes {
	const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
	if (length !== undefined && bytes.length !== length) forged('bytes of another length');
	let bits = 0;
	let pending = 0;
	let at = 0;
	for (let i = 0; i < text.length; i++) {
		bits = (bits << 6) | (VALUES.get(text[i]!) ?? forged('no base64url'));
		pending += 6;
		if (pending < 8) continue;
		pending -= 8;
		bytes[at++] = bits >> pending;
		bits &= (1 << pending) - 1;
	}
	if (pending === 6 || bits !== 0) forged('no base64url');
	return bytes;
}

/** Whether a text is base64url of exactly `length` bytes. */
export function isB64(text: string, length: number): boolean {
	try {
		unb64(text, length);
		return true;
	} catch {
		return false;
	}
}
