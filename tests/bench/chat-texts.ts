/**
 * Texts as a chat has them, made by a seed: words as unevenly frequent as they are in real texts (Zipf), three of
 * four messages Chinese. Deflate makes 64 kB of the Chinese ones about as small as it makes real prose.
 */

/** A number from 0 (inclusive) to 1, the same for the same seed. */
type Chance = () => number;

/** mulberry32: small, and good enough to make texts with. */
export function seeded(seed: number): Chance {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Draws the nth of some things about 1/n^exponent as often as the first. */
function zipf<T>(things: readonly T[], exponent: number, chance: Chance): () => T {
	let sum = 0;
	const sums = things.map((_, n) => (sum += 1 / (n + 1) ** exponent));
	return () => {
		const drawn = chance() * sum;
		let [low, high] = [0, sums.length - 1];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (sums[middle]! < drawn) low = middle + 1;
			else high = middle;
		}
		return things[low]!;
	};
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

const HAN = 3_000;
const CHINESE_WORDS = 8_000;
const LATIN_WORDS = 5_000;

/** Words of one to four characters, most of them of two. */
function chineseWords(chance: Chance): string[] {
	const characters = times(HAN, () => String.fromCodePoint(0x4e00 + Math.floor(chance() * 20_000)));
	const draw = zipf(characters, 0.7, chance);
	const lengths = [1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 4];
	return times(CHINESE_WORDS, () =>
		times(lengths[Math.floor(chance() * lengths.length)]!, draw).join('')
	);
}

/** Words of one to four syllables. */
function latinWords(chance: Chance): string[] {
	const draw = zipf([...'etaoinshrdlucmfwygpbvk'], 0.6, chance);
	const vowel = zipf([...'eaoiu'], 0.6, chance);
	return times(LATIN_WORDS, () =>
		times(
			1 + Math.floor(chance() * 4),
			() => draw() + vowel() + (chance() < 0.3 ? draw() : '')
		).join('')
	);
}

/** Makes a message at each call. */
export function chatTexts(seed: number): () => string {
	const chance = seeded(seed);
	const chinese = zipf(chineseWords(chance), 1, chance);
	const latin = zipf(latinWords(chance), 1, chance);
	return () => {
		const words = 1 + Math.floor(22 * chance() * chance());
		if (chance() < 0.25) return times(words, latin).join(' ');
		const marks = ['，', '，', '。', '？', '！', ''];
		return times(
			words,
			() => chinese() + (chance() < 0.15 ? marks[Math.floor(chance() * 6)]! : '')
		).join('');
	};
}
