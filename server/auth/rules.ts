/** What a new account may look like. */
import { codePoints, LIMITS, utf8Bytes } from '../../src/lib/protocol/limits.ts';
import { nameKey, nameProblem } from '../../src/lib/protocol/names.ts';
import { refuse, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { isCommon } from './common-passwords.ts';

/** One @, something before it, and a dot inside what follows: what mail servers make of the rest is theirs to say. */
const EMAIL = /^[^\s@\p{Cc}]+@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)+$/u;

/** A new account as typed, tidied. */
export interface Applicant {
	name: string;
	email: string;
	password: string;
}

/** Whether a password is longer than what is ever hashed; checked before any hashing (H2). */
export function passwordTooLong(password: string): boolean {
	return utf8Bytes(password) > LIMITS.passwordMaxBytes;
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
	{ name, email, password }: Applicant,
	passwordMin: number
): Refusal | null {
	const field = 'password';
	if (passwordTooLong(password)) return refuse('password_too_long', { field });
	if (codePoints(password) < passwordMin) return refuse('password_too_short', { field });
	const own = [nameKey(name), nameKey(email)];
	if (isCommon(password) || own.includes(nameKey(password))) {
		return refuse('password_common', { field });
	}
	return null;
}
