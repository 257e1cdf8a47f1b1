/** Hides how long a text is: it is seen in steps only. */
import type { Bytes } from './bytes.ts';
import { forged } from './forged.ts';

const STEP = 64;
const STEPS_UP_TO = 1024;
/** Stands behind the text; what follows it is zeros. */
const END = 0x80;

/**
 * Bytes that `length` bytes take: steps of 64 up to 1 KiB, then at most 12 % more (Padmé, from "Reducing Metadata
 * Leakage from Encrypted Files and Communication with PURBs", 2019).
 */
export function padded(length: number): number {
	if (length <= STEPS_UP_TO) return Math.max(STEP, Math.ceil(length / STEP) * STEP);
	const exponent = Math.floor(Math.log2(length));
	const free = exponent - (Math.floor(Math.log2(exponent)) + 1);
	const step = 2 ** free;
	return Math.ceil(length / step) * step;
}

export function pad(bytes: Bytes): Bytes {
	const all = new Uint8Array(padded(bytes.length + 1));
	all.set(bytes);
	all[bytes.length] = END;
	return all;
}

/** @throws Forged when it was not padded by `pad` */
export function unpad(bytes: Bytes): Bytes {
	let end = bytes.length - 1;
	while (bytes[end] === 0) end--;
	if (bytes[end] !== END || padded(end + 1) !== bytes.length) forged('wrong padding');
	return bytes.slice(0, end);
}
