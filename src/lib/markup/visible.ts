/** Bounds what a text or name of somebody else can do to the screen around it. */

/** Combining marks on one letter that any language writes: Tibetan and Hebrew come to six. */
const MARKS_MAX = 8;
const PILED = new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu');
/** Marks that change the direction of what follows and are not undone where the text ends. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/gu;

/** What most names are made of: nothing to do. */
const PLAIN = /^[ -~]*$/u;

/** A text whose letters carry no more marks than fit above and below a line. */
export function calm(text: string): string {
	return text.replace(PILED, '$1');
}

/** A name in one line: its marks bounded, no line breaks, nothing that turns the direction of what stands beside it. */
export function calmName(name: string): string {
	return PLAIN.test(name) ? name : calm(name).replace(DIRECTION, '').replace(/\s+/gu, ' ');
}
