/**
 * What a person may be called. Both sides use these rules: the form tells at once, the server decides.
 */
import { codePoints, LIMITS } from './limits.ts';
import type { RefusalCode } from './refusal.ts';

/** Letters of any script (Chinese characters are letters), decimal digits, underscore. */
const NAME = /^[\p{L}\p{Nd}_]+$/u;
/** Letters that show nothing, such as the Hangul fillers. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** A name as it is kept: without spaces around it, in the composed form (NFC). */
export function tidyName(name: string): string {
	return name.normalize('NFC').trim();
}

/**
 * @param name a user name, tidied
 * @returns the code of the refusal, or null when the name is allowed
 */
export function nameProblem(name: string): RefusalCode | null {
	const length = codePoints(name);
	if (length < LIMITS.nameMin || length > LIMITS.nameMax) return 'name_invalid';
	return NAME.test(name) && !INVISIBLE.test(name) ? null : 'name_invalid';
}

/** What must be unique among e-mail addresses, and what one signs in by. */
export function emailKey(email: string): string {
	return tidyName(email).toLowerCase().normalize('NFC');
}
