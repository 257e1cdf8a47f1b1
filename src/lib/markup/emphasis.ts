/**
 * Which asterisks, underscores and tildes of a text are marks. Only what was surely meant is: whole words between two
 * equal marks. Never a mark inside a word or number ("2*3*4", "snake_case"), around a sign alone ("*^_^*") or around
 * a name of a program ("__init__"). Chinese, Japanese and Korean are written without spaces, so there a double mark may
 * stand between two letters; a single one needs a space or punctuation on one side, for "单价*数量*折扣" is a product.
 */
import { isLetter, SPACE, UNSPACED, WORD } from './characters.ts';

type Emphasis = 'strong' | 'em' | 'del';

/** Mark -> what it makes of the words between, the outermost first. */
export const MARKS: Readonly<Record<string, readonly Emphasis[]>> = {
	'*': ['em'],
	_: ['em'],
	'**': ['strong'],
	__: ['strong'],
	'~~': ['del'],
	'***': ['strong', 'em'],
	___: ['strong', 'em']
};

/** A run of equal signs that could be a mark. */
export interface Mark {
	sign: string;
	from: number;
	to: number;
}

/** What is asked about stretches of one text, each answered in one step. */
interface Stretches {
	text: string;
	kinds: Uint8Array;
	/** at each place: letters and digits before it */
	letters: Int32Array;
	/** at each place: signs before it that no name of a program has */
	foreign: Int32Array;
}

const PROGRAM_NAME = /\w/;

/** @param kinds of the text (characters.ts) */
export function stretchesOf(text: string, kinds: Uint8Array): Stretches {
	const letters = new Int32Array(text.length + 1);
	const foreign = new Int32Array(text.length + 1);
	for (let at = 0; at < text.length; at++) {
		letters[at + 1] = letters[at]! + (isLetter(kinds[at]) ? 1 : 0);
		foreign[at + 1] = foreign[at]! + (PROGRAM_NAME.test(text[at]!) ? 0 : 1);
	}
	return { text, kinds, letters, foreign };
}

/** Whether words can begin behind this run. */
export function canOpen({ kinds, text }: Stretches, { from, to }: Mark): boolean {
	const before = kinds[from - 1] ?? SPACE;
	const after = kinds[to] ?? SPACE;
	return after !== SPACE && before !== WORD && text[from - 1] !== '\\';
}

/** Whether words can end before this run. */
export function canClose({ kinds, text }: Stretches, { from, to }: Mark): boolean {
	const before = kinds[from - 1] ?? SPACE;
	return before !== SPACE && kinds[to] !== WORD && text[from - 1] !== '\\';
}

/** Whether both marks together surely mean the words between them. */
export function isMeant(stretches: Stretches, open: Mark, close: Mark): boolean {
	const { kinds, letters, foreign } = stretches;
	if (letters[close.from] === letters[open.to]) return false;
	if (open.sign.startsWith('_') && foreign[close.from] === foreign[open.to]) {
		return open.sign === '_' && !stretches.text.slice(open.to, close.from).includes('_');
	}
	if (open.sign.length > 1) return true;
	const around = [kinds[open.from - 1], kinds[close.to]];
	const inside = [kinds[open.to], kinds[close.from - 1]];
	const isInsideWord = around.every((kind) => kind === UNSPACED) && inside.every(isLetter);
	return !isInsideWord;
}
