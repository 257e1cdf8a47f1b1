/** What a person takes for one character: a letter with its marks, a family emoji, a flag. */

/** Without Intl.Segmenter (Firefox before 125): marks, joined emoji, skin colours and flags stay together. */
const ROUGH =
	/\p{RI}{2}|(?:\P{M}|^\p{M})(?:\u200d\P{M}?|\u200c|[\p{M}\p{EMod}]|[\u{e0020}-\u{e007f}])*/gu;

const segmenter =
	typeof Intl !== 'undefined' && 'Segmenter' in Intl
		? new Intl.Segmenter(undefined, { granularity: 'grapheme' })
		: null;

/** A text in graphemes, without Intl.Segmenter; nothing of it is lost. */
export function roughGraphemes(text: string): string[] {
	return text.match(ROUGH) ?? [];
}

/** A text in graphemes; joined they are the text. */
export function graphemes(text: string): string[] {
	if (!segmenter) return roughGraphemes(text);
	return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
