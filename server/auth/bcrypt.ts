/**
 * Checks passwords against hashes of bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999), for people
 * who come from a system that kept theirs so. New hashes are never made of it.
 */
import { timingSafeEqual } from 'node:crypto';

const HASH = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Beyond it a sign-in would take longer than anybody waits for. */
const COST_MAX = 14;
const ROUNDS = 16;
const P_WORDS = ROUNDS + 2;
const S_WORDS = 4 * 256;
/** Bytes of a password that count. */
const KEY_MAX = 72;
/** Key expansions after which others get their turn: about 10 ms. */
const AT_ONCE = 32;
/** "OrpheanBeholderScryDoubt" */
const MAGIC = [0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274];

/** Whether a hash is one that can be checked here. */
export function isBcrypt(hash: string): boolean {
	const cost = Number(HASH.exec(hash)?.[1] ?? NaN);
	return cost >= 4 && cost <= COST_MAX;
}

/** The fraction of pi as 32-bit words, of which Blowfish's tables consist; by Machin's formula. */
function piWords(count: number): Uint32Array {
	const bits = BigInt(count * 32);
	const guard = 64n;
	const one = 1n << (bits + guard);
	const arctan = (x: bigint): bigint => {
		let [term, sum] = [one / x, one / x];
		for (let n = 3n, sign = -1n; term !== 0n; n += 2n, sign = -sign) {
			term /= x * x;
			sum += sign * (term / n);
		}
		return sum;
	};
	const pi = 4n * (4n * arctan(5n) - arctan(239n));
	const hex = ((pi >> guard) & ((1n << bits) - 1n)).toString(16).padStart(count * 8, '0');
	return Uint32Array.from({ length: count }, (_, i) =>
		Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16)
	);
}

let tables: Uint32Array | undefined;

/** A Blowfish cipher while its key is being expanded. */
class Blowfish {
	readonly p: Uint32Array;
	readonly s: Uint32Array;

	constructor() {
		tables ??= piWords(P_WORDS + S_WORDS);
		this.p = tables.slice(0, P_WORDS);
		this.s = tables.slice(P_WORDS);
	}

	/** Encrypts two words of a list in their place. */
	encrypt(words: Uint32Array, at: number): void {
		const { p, s } = this;
		let [left, right] = [words[at]!, words[at + 1]!];
		for (let i = 0; i < ROUNDS; i += 2) {
			left ^= p[i]!;
			right ^= this.#mixed(s, left);
			right ^= p[i + 1]!;
			left ^= this.#mixed(s, right);
		}
		words[at] = right ^ p[ROUNDS + 1]!;
		words[at + 1] = left ^ p[ROUNDS]!;
	}

	/** Mixes a key, and a salt where there is one, into the tables. */
	expand(key: Uint32Array, salt: Uint32Array | null): void {
		for (let i = 0; i < P_WORDS; i++) this.p[i]! ^= key[i % key.length]!;
		const block = new Uint32Array(2);
		let turn = 0;
		for (const table of [this.p, this.s]) {
			for (let i = 0; i < table.length; i += 2) {
				if (salt) {
					block[0]! ^= salt[turn]!;
					block[1]! ^= salt[turn + 1]!;
					turn = (turn + 2) % salt.length;
				}
				this.encrypt(block, 0);
				table[i] = block[0]!;
				table[i + 1] = block[1]!;
			}
		}
	}

	#mixed(s: Uint32Array, word: number): number {
		const sum =
			(s[word >>> 24]! + s[256 + ((word >>> 16) & 255)]!) ^ s[512 + ((word >>> 8) & 255)]!;
		return (sum + s[768 + (word & 255)]!) | 0;
	}
}

/** Bytes as words of 32 bits, repeated until there are as many as wanted. */
const wordsOf = (bytes: Uint8Array, count: number): Uint32Array =>
	Uint32Array.from({ length: count }, (_, i) => {
		let word = 0;
		for (let n = 0; n < 4; n++) word = (word << 8) | bytes[(i * 4 + n) % bytes.length]!;
		return word;
	});

/** bcrypt's own base64: other letters, no padding. */
function decoded(text: string, length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	let [bits, held, at] = [0, 0, 0];
	for (const letter of text) {
		held = (held << 6) | ALPHABET.indexOf(letter);
		bits += 6;
		if (bits < 8 || at >= length) continue;
		bits -= 8;
		bytes[at++] = (held >> bits) & 255;
	}
	return bytes;
}

const turnOfOthers = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Whether a password has this hash. Gives others their turn meanwhile. */
export async function verifyBcrypt(hash: string, password: string): Promise<boolean> {
	const found = HASH.exec(hash);
	if (!found || !isBcrypt(hash)) return false;
	const [, cost, saltText, digest] = found;
	// The byte that ends the text is part of the key.
	const bytes = Buffer.concat([Buffer.from(password, 'utf8'), Buffer.alloc(1)]).subarray(
		0,
		KEY_MAX
	);
	const key = wordsOf(bytes, P_WORDS);
	const salt = decoded(saltText!, 16);
	const saltWords = wordsOf(salt, 4);
	const saltKey = wordsOf(salt, P_WORDS);
	const cipher = new Blowfish();
	cipher.expand(key, saltWords);
	for (let round = 0; round < 2 ** Number(cost); round++) {
		cipher.expand(key, null);
		cipher.expand(saltKey, null);
		if (round % AT_ONCE === AT_ONCE - 1) await turnOfOthers();
	}
	return timingSafeEqual(outcome(cipher), Buffer.from(decoded(digest!, 23)));
}

/** What a cipher makes of the magic words: 23 bytes. */
function outcome(cipher: Blowfish): Buffer {
	const words = Uint32Array.from(MAGIC);
	for (let n = 0; n < 64; n++) {
		for (let at = 0; at < words.length; at += 2) cipher.encrypt(words, at);
	}
	const bytes = Buffer.alloc(24);
	for (const [i, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, i * 4);
	return bytes.subarray(0, 23);
}
