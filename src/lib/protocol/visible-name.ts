/** Whether a name shows anything: not only spaces, fillers, joiners, marks and what has no picture. */

/** Letters, digits, signs and emoji; but not those that fonts leave blank: Hangul fillers, the blank of Braille. */
const SEEN = /(?![\u2800\p{Default_Ignorable_Code_Point}])[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u;

/** Whether somebody who looks at the name sees it. */
export function isVisible(name: string): boolean {
	return SEEN.test(name);
}
