/**
 * Which public keys are none: points of small order, under which everybody can "sign" or knows the shared
 * secret, and second spellings of a number, which engines treat differently.
 */
import type { Bytes } from './bytes.ts';

/** The prime of both curves, 2^255 - 19. */
const P = 2n ** 255n - 19n;
/** The order of Ed25519's base point (RFC 8032, section 5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** y of the points of order 8 on Ed25519; the negative belongs to the other four. */
const Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
/** y of all eight points whose order divides 8: the point at zero, order 2, 4 and 8. */
const SMALL_Y: ReadonlySet<bigint> = new Set([1n, P - 1n, 0n, Y8, P - Y8]);

/** u of the points of order 8 on Curve25519 (RFC 7748) and on its twist. */
const U8 = 0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n;
const V8 = 0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn;
const SMALL_U: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, U8, V8]);

/** The number that bytes write, the lowest byte first. */
function numberOf(bytes: Bytes): bigint {
	let number = 0n;
	for (let i = bytes.length - 1; i >= 0; i--) number = (number << 8n) | BigInt(bytes[i]!);
	return number;
}

/** Without the highest bit, which says the sign of x. */
const unsigned = (number: bigint) => number & ((1n << 255n) - 1n);

/** Whether 32 bytes are a key that Ed25519 signatures may be checked with. */
export function isSigningKey(bytes: Bytes): boolean {
	const y = unsigned(numberOf(bytes));
	return bytes.length === 32 && y < P && !SMALL_Y.has(y);
}

/** Whether 64 bytes are written as an Ed25519 signature must be: R and s each below its bound. */
export function isSignature(bytes: Bytes): boolean {
	if (bytes.length !== 64) return false;
	return unsigned(numberOf(bytes.subarray(0, 32))) < P && numberOf(bytes.subarray(32)) < L;
}

/** Whether 32 bytes are an X25519 key that secrets may be wrapped for. */
export function isBoxKey(bytes: Bytes): boolean {
	const u = numberOf(bytes);
	return bytes.length === 32 && u < P && !SMALL_U.has(u);
}
