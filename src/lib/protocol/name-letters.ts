/**
 * Letters that look alike in common fonts although Unicode's confusables.txt (UTS 39) keeps them apart: pairs of
 * (look-alikes, what they count as). Small capitals, letters of Greek, Cyrillic and Armenian that resemble a Latin one,
 * signs of hiragana and katakana; and what a key without letter case has to take together: I, l and 1; O and 0.
 */
export const LOOK_ALIKES: readonly (readonly [string, string])[] = [
	['аαɑᴀ', 'a'],
	['вʙβß', 'b'],
	['сᴄϲ', 'c'],
	['ԁᴅ', 'd'],
	['еєᴇεꞓ', 'e'],
	['ꜰ', 'f'],
	['ɡԍɢ', 'g'],
	['һнʜհ', 'h'],
	['1|iіıιɪӏʟ', 'l'],
	['јᴊ', 'j'],
	['кκᴋĸ', 'k'],
	['mмᴍꮇʍ', 'rn'],
	['ɴηո', 'n'],
	['0оοσօᴏ', 'o'],
	['рρᴘ', 'p'],
	['ԛզ', 'q'],
	['гʀ', 'r'],
	['ѕꜱ', 's'],
	['тτᴛ', 't'],
	['υսᴜ', 'u'],
	['ѵνᴠ', 'v'],
	['wԝωᴡ', 'vv'],
	['хχ', 'x'],
	['уγʏ', 'y'],
	['ᴢ', 'z'],
	['з', '3'],
	['ヘ', 'へ'],
	['リ', 'り'],
	['ー', '一'],
	['チ', '千']
];

/** What no reader sees in a name: joiners, marks of direction, fillers, controls, white space, the blank of Braille. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\s\u2800]/gu;

/** Compatibility forms (full width, mathematical letters, radicals of Chinese) folded, and nothing that is not seen. */
export const seenLetters = (name: string): string => name.normalize('NFKC').replace(UNSEEN, '');

/** Letters without case and marks above, below and through them. */
export const bareLetters = (name: string): string =>
	name.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
