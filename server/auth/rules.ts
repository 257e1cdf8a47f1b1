/** What a new account may look like. */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { nameKey } from '../../src/lib/protocol/name-key.ts';
import { nameProblem } from '../../src/lib/protocol/names.ts';
import {
	hasControls,
	normalizePassword,
	passwordTooLong
} from '../../src/lib/protocol/passwords.ts';
import { refuse, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { isCommon } from './common-passwords.ts';

/** One @, something before it, and a dot inside what follows: what mail servers make of the rest is theirs to say. */
const EMAIL = /^[^\s@\p{Cc}]+@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)+$/u;

/** A new account as typed, tidied. */
interface Applicant {
	name: string;
	email: string;
	password: string;
}

/**
 * The first thing wrong with a new account, or null.
 * @param passwordMin code points a password has at least
 */
export function applicantProblem(who: Applicant, passwordMin: number): Refusal | null {
	const name = nameProblem(who.name);
	if (name) return refuse(name, { field: 'name' });
	return emailProblem(who.email) ?? passwordProblem(who, passwordMin);
}

/** Why something is no e-mail address, or null. */
export function emailProblem(email: string): Refusal | null {
	const isFit = codePoints(email) <= LIMITS.emailMax && EMAIL.test(email);
	return isFit ? null : refuse('email_invalid', { field: 'email' });
}

/** The first thing wrong with a new password, or null. */
export function passwordProblem(
	{ name, email, password: typed }: Applicant,
	passwordMin: number
): Refusal | null {
	const field = 'password';
	if (passwordTooLong(typed)) return refuse('password_too_long', { field });
	if (hasControls(typed)) return refuse('password_invalid', { field });
	const password = normalizePassword(typed);
	if (codePoints(password) < passwordMin) return refuse('password_too_short', { field });
	const own = [nameKey(name), nameKey(email)];
	if (isCommon(password) || own.includes(nameKey(password))) {
		return refuse('password_common', { field });
	}
	return null;
}
