/** A message in one line, for quotes and pins. */

/** UTF-16 units; more never fits into the two lines there are. */
const LONGEST = 240;

/** The beginning of a text without line breaks and without the marks of its markup. */
export function excerpt(body: string): string {
	return body
		.slice(0, LONGEST)
		.replace(/```[\w+-]*|(\*\*|~~|`)/gu, '')
		.replace(/^(?:>|[-*]) /gmu, '')
		.replace(/\s+/gu, ' ')
		.trim();
}
