/** Whether a password is right: verified under limits, and hashed anew where the hash is of an earlier form. */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { passwordTooLong } from '../../src/lib/protocol/passwords.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Domain, Hasher } from '../domain/ports.ts';
import { isForeignHash } from './foreign-hash.ts';
import type { Limits } from './limits.ts';
import type { Proof } from './session-store.ts';

export interface PasswordContext {
	domain: Domain;
	hasher: Hasher;
	limits: Limits;
	/**
	 * Verified against when there is no such account, so that an unknown name takes as long as a wrong password.
	 */
	nobodysHash: Promise<string>;
}

/** Who may have a password: an account, or nobody, when what was typed names none. */
type Candidate = { person: PersonId; passwordHash: string } | null;

/**
 * The hash that a password matches; null when it does not match. One that was hashed as typed, before passwords
 * were normalised, or by another system, is hashed anew, unless another was set meanwhile.
 */
export async function matchPassword(
	{ domain, hasher, nobodysHash }: PasswordContext,
	candidate: Candidate,
	password: string
): Promise<string | null> {
	const known = candidate?.passwordHash ?? (await nobodysHash);
	const isRight = await hasher.verify(known, password);
	if (isRight && !isForeignHash(known)) return known;
	if (!isRight && !(await hasher.verifyAsTyped(known, password))) return null;
	if (!candidate) return known;
	const { person } = candidate;
	const hash = await hasher.hash(password);
	if (await domain.setPassword({ person, passwordHash: known }, hash)) return hash;
	// Another sign-in was faster, or the password was changed.
	const present = await domain.passwordHash(person);
	return present !== null && (await hasher.verify(present, password)) ? present : null;
}

/**
 * Verifies a person's own password. Rejects with RefusalError: a wrong one is an error in the form, not the end
 * of a session (compat-api 1.3).
 */
export async function proveOwnPassword(
	context: PasswordContext,
	person: PersonId,
	password: string
): Promise<Proof> {
	const { domain, limits } = context;
	if (passwordTooLong(password)) throw wrongPassword();
	await limits.take('own-password', person);
	const known = await domain.passwordHash(person);
	const candidate = known ? { person, passwordHash: known } : null;
	const hash = await matchPassword(context, candidate, password);
	if (!hash || !known) throw wrongPassword();
	await limits.refund('own-password', person);
	return { person, passwordHash: hash };
}

export const wrongPassword = (): RefusalError =>
	new RefusalError(refuse('current_password_wrong', { field: 'current' }));

/** Counts a try on a known device, which no tries from elsewhere use up (HTTP-23). Otherwise as countSignIn. */
export async function countOwnSignIn(limits: Limits, device: string): Promise<() => Promise<void>> {
	await limits.take('sign-in-device', device);
	return () => limits.refund('sign-in-device', device);
}

/**
 * Counts a try to sign in; rejects with RefusalError("too_many"). Wrong tries from elsewhere never lock an account:
 * they only slow down whoever goes on (HTTP-23).
 * @returns to be called when the password was right
 */
export async function countSignIn(
	limits: Limits,
	from: string,
	account: string
): Promise<() => Promise<void>> {
	const pair = `${from} ${account}`;
	await limits.take('sign-in-address', from);
	await limits.take('sign-in-pair', pair);
	await limits.take('sign-in-account', account, 1, pair);
	return async () => {
		await limits.refund('sign-in-address', from);
		await limits.refund('sign-in-pair', pair);
		await limits.refund('sign-in-account', account, pair);
	};
}
