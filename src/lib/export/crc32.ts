/** The check sum that zip files carry. */

const POLYNOMIAL = 0xedb8_8320;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let sum = byte;
	for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
	return sum;
});

/** Goes on with a check sum. @param before that of the bytes so far; 0 at the beginning */
export function crc32(bytes: Uint8Array, before = 0): number {
	let sum = ~before;
	for (let at = 0; at < bytes.length; at++) sum = (sum >>> 8) ^ TABLE[(sum ^ bytes[at]!) & 255]!;
	return ~sum >>> 0;
}
