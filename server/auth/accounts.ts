/** Registering and signing in: rules, limits, and hashing, in the order that costs an attacker most and us least. */
import { tidyName, nameKey } from '../../src/lib/protocol/names.ts';
import type { RegisterBody, SignInBody } from '../../src/lib/protocol/http.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Domain, Hasher } from '../domain/ports.ts';
import { addressKey, type Limits } from './limits.ts';
import { applicantProblem, passwordProblem, passwordTooLong } from './rules.ts';

export interface Accounts {
	/** Makes an account. Rejects with RefusalError. @param address where the request came from */
	register(body: RegisterBody, address: string): Promise<PersonId>;
	/** Finds out who signs in. Rejects with RefusalError. */
	signIn(body: SignInBody, address: string): Promise<PersonId>;
	/** Sets another password for whoever knows the present one. Rejects with RefusalError. */
	changePassword(person: PersonId, current: string, next: string): Promise<void>;
	/** Ends an account for whoever knows its password. Rejects with RefusalError. */
	remove(person: PersonId, password: string): Promise<void>;
}

/** What accounts are made of. */
interface Parts {
	domain: Domain;
	hasher: Hasher;
	limits: Limits;
	/** code points a new password has at least */
	passwordMin: number;
}

export function createAccounts({ domain, hasher, limits, passwordMin }: Parts): Accounts {
	// Verified against when there is no such account, so that an unknown name takes as long as a
	// wrong password. Made at the start, when nobody waits for the hasher.
	const nobody = hasher.hash('nobody has this password');

	/** A wrong present password is a fault of the form, not the end of a session (compat-api 1.3). */
	async function prove(person: PersonId, password: string): Promise<void> {
		const wrong = refuse('current_password_wrong', { field: 'current' });
		if (passwordTooLong(password)) throw new RefusalError(wrong);
		await limits.take('own-password', person);
		const known = await domain.passwordHash(person);
		if (!(await hasher.verify(known ?? (await nobody), password)) || !known) {
			throw new RefusalError(wrong);
		}
		await limits.giveBack('own-password', person);
	}

	return {
		async changePassword(person, current, next) {
			const account = await domain.account(person);
			if (!account) throw new RefusalError(refuse('session_ended'));
			const { card, email } = account;
			const problem = passwordProblem({ name: card.name, email, password: next }, passwordMin);
			if (problem) throw new RefusalError(problem);
			await prove(person, current);
			await domain.setPassword(person, await hasher.hash(next));
		},

		async remove(person, password) {
			await prove(person, password);
			await domain.deleteAccount(person);
		},

		async register(body, address) {
			const applicant = { ...body, name: tidyName(body.name), email: tidyName(body.email) };
			const problem = applicantProblem(applicant, passwordMin);
			if (problem) throw new RefusalError(problem);
			await limits.take('register', addressKey(address));
			const { name, email, password } = applicant;
			const made = await domain.register({
				name,
				email,
				passwordHash: await hasher.hash(password)
			});
			if ('refused' in made) throw new RefusalError(made.refused);
			return made.person;
		},

		async signIn(body, address) {
			const login = tidyName(body.name);
			if (passwordTooLong(body.password)) {
				throw new RefusalError(refuse('password_too_long', { field: 'password' }));
			}
			const from = addressKey(address);
			const account = login.includes('@') ? login.toLowerCase() : nameKey(login);
			const counted = [
				['sign-in-address', from],
				['sign-in-pair', `${from} ${account}`],
				['sign-in-account', account]
			] as const;
			for (const [kind, key] of counted) await limits.take(kind, key);
			const known = await domain.credentials(login);
			const hash = known?.passwordHash ?? (await nobody);
			const matches = await hasher.verify(hash, body.password);
			if (!known || !matches || known.disabled) throw new RefusalError(refuse('sign_in_failed'));
			for (const [kind, key] of counted) await limits.giveBack(kind, key);
			return known.person;
		}
	};
}
