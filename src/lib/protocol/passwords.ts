/**
 * Passwords as they are compared: the same words typed on two keyboards are one password. Profile
 * OpaqueString of RFC 8265, but that only control characters are refused.
 */
import { LIMITS, utf8Bytes } from './limits.ts';

const CONTROL = /\p{Cc}/u;
/** UTF-16 units above which a password is too long in every form: composing leaves at least a third of it. */
const HOPELESS = LIMITS.passwordMaxBytes * 4;

/** A password as it is hashed: other spaces are plain ones, and letters are composed (NFC). */
export function normalizePassword(typed: string): string {
	return typed.replace(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** Whether a password has characters that no keyboard types in a field of one line. */
export function hasControls(password: string): boolean {
	return CONTROL.test(password);
}

/** Whether a password is longer than what is ever hashed, both as typed and as it is compared (HTTP-2). */
export function passwordTooLong(typed: string): boolean {
	if (typed.length > HOPELESS) return true;
	const forms = [typed, normalizePassword(typed)];
	return forms.every((form) => utf8Bytes(form) > LIMITS.passwordMaxBytes);
}
