/** What was written in several places at the same time is kept one above the other, and none is lost. */

/** Between texts that were written side by side. */
const BETWEEN = '\n\n';

/** UTF-16 units of a text that stands in another one by no chance: "no" is in "know". */
const TELLING = 20;

/** The texts of which a kept `other` consists. */
export function textsOf(other: string | null | undefined): string[] {
	return other ? other.split(BETWEEN) : [];
}

/**
 * Texts that were written elsewhere and do not stand in `body` already, each once; null: there is none. Pure.
 * @param isOwn whether a text was written by whoever asks
 */
export function foreignTexts(
	texts: readonly string[],
	body: string,
	isOwn: (text: string) => boolean
): string | null {
	const own = new Set([body, ...textsOf(body)]);
	const isContained = (text: string): boolean =>
		own.has(text) || (text.length >= TELLING && body.includes(text));
	const foreign = texts.filter((text) => text !== '' && !isOwn(text) && !isContained(text));
	return foreign.length > 0 ? [...new Set(foreign)].join(BETWEEN) : null;
}
