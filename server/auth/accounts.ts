/** Registering and signing in: rules, limits, and hashing, in the order that costs an attacker most and us least. */
import { nameKey } from '../../src/lib/protocol/name-key.ts';
import { emailKey, tidyName } from '../../src/lib/protocol/names.ts';
import type { Registration } from '../../src/lib/protocol/server-view.ts';
import type {
	AccountEndChoice,
	Receipt,
	RegisterBody,
	SignInBody
} from '../../src/lib/protocol/http.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { passwordTooLong } from '../../src/lib/protocol/passwords.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Domain, Hasher } from '../domain/ports.ts';
import type { AccountEnds } from './account-end.ts';
import type { KnownDevices } from './known-devices.ts';
import { addressKey, type Limits } from './limits.ts';
import {
	countOwnSignIn,
	countSignIn,
	matchPassword,
	proveOwnPassword,
	wrongPassword,
	type PasswordContext
} from './password-check.ts';
import { applicantProblem, passwordProblem } from './rules.ts';
import type { Proof } from './session-store.ts';

export interface Accounts {
	/** Makes an account. Rejects with RefusalError. @param address where the request came from */
	register(body: RegisterBody, address: string): Promise<Proof>;
	/**
	 * Finds out who signs in. Rejects with RefusalError.
	 * @param cookies the request's Cookie header, which tells whether the device is known
	 */
	signIn(body: SignInBody, address: string, cookies?: string): Promise<Proof>;
	/**
	 * Sets another password for whoever knows the present one. Rejects with RefusalError, also when the password
	 * was changed meanwhile.
	 */
	changePassword(person: PersonId, current: string, next: string): Promise<void>;
	/** Ends an account, now or in a week, for whoever knows its password. Rejects with RefusalError. */
	remove(person: PersonId, password: string, choice: AccountEndChoice): Promise<Receipt>;
}

interface AccountsOptions {
	domain: Domain;
	hasher: Hasher;
	limits: Limits;
	devices: Pick<KnownDevices, 'identify'>;
	ends: Pick<AccountEnds, 'plan' | 'dueOf' | 'undo'>;
	/** who may make an account */
	registration: () => Promise<Registration>;
	/** code points a new password has at least */
	passwordMin: number;
}

type AccountsContext = AccountsOptions & PasswordContext;

export function createAccounts(options: AccountsOptions): Accounts {
	// Made at the start, when nobody waits for the hasher.
	const nobodysHash = options.hasher.hash('nobody has this password');
	const context: AccountsContext = { ...options, nobodysHash };
	return {
		register: (body, address) => register(context, body, address),
		signIn: (body, address, cookies) => signIn(context, body, address, cookies),
		changePassword: (person, current, next) => changePassword(context, person, current, next),
		remove: (person, password, choice) => remove(context, person, password, choice)
	};
}

/** Rejects who cannot come in, before anything is counted or hashed. Whether they may is decided where the account is made. */
async function admit({ registration }: AccountsContext, { invite }: RegisterBody): Promise<void> {
	const who = await registration();
	if (who === 'closed') throw new RefusalError(refuse('registration_closed'));
	if (who === 'invite' && !invite) throw new RefusalError(refuse('invite_needed'));
}

async function register(
	context: AccountsContext,
	body: RegisterBody,
	address: string
): Promise<Proof> {
	const { domain, hasher, limits, passwordMin } = context;
	await admit(context, body);
	const applicant = { ...body, name: tidyName(body.name), email: tidyName(body.email) };
	const problem = applicantProblem(applicant, passwordMin);
	if (problem) throw new RefusalError(problem);
	await limits.take('register', addressKey(address));
	const { name, email, password } = applicant;
	const passwordHash = await hasher.hash(password);
	const invited = body.invite ? { invite: body.invite } : {};
	const made = await domain.register({ name, email, passwordHash, ...invited });
	if ('refused' in made) throw new RefusalError(made.refused);
	return { person: made.person, passwordHash };
}

async function signIn(
	context: AccountsContext,
	body: SignInBody,
	address: string,
	cookies: string | undefined
): Promise<Proof> {
	const { devices, domain, limits } = context;
	const login = tidyName(body.name);
	if (passwordTooLong(body.password)) {
		throw new RefusalError(refuse('password_too_long', { field: 'password' }));
	}
	const known = await domain.credentials(login);
	// Counted by account, not by what was typed: a name and an e-mail are one budget.
	const account = known?.person ?? (login.includes('@') ? emailKey(login) : nameKey(login));
	const device = known && (await devices.identify(known.person, cookies));
	const refund = device
		? await countOwnSignIn(limits, device)
		: await countSignIn(limits, addressKey(address), account);
	const passwordHash = await matchPassword(context, known, body.password);
	if (!known || !passwordHash) throw new RefusalError(refuse('sign_in_failed'));
	// Told to nobody but whoever knows the password.
	if (known.disabled) throw new RefusalError(refuse('account_disabled'));
	await refund();
	await stayOrSay(context, known.person, body);
	return { person: known.person, passwordHash };
}

/** Whoever asked for the end of the account is told so, and that it stays if they want it to. */
async function stayOrSay(
	{ ends }: AccountsContext,
	person: PersonId,
	{ keep }: SignInBody
): Promise<void> {
	const due = await ends.dueOf(person);
	if (due === null) return;
	if (!keep) throw new RefusalError(refuse('account_leaving', { at: due }));
	await ends.undo(person);
}

async function changePassword(
	context: AccountsContext,
	person: PersonId,
	current: string,
	next: string
): Promise<void> {
	const { domain, hasher, passwordMin } = context;
	const account = await domain.account(person);
	if (!account) throw new RefusalError(refuse('session_ended'));
	const { card, email } = account;
	const problem = passwordProblem({ name: card.name, email, password: next }, passwordMin);
	if (problem) throw new RefusalError(problem);
	const proof = await proveOwnPassword(context, person, current);
	const hash = await hasher.hash(next);
	if (!(await domain.setPassword(proof, hash))) throw wrongPassword();
}

async function remove(
	context: AccountsContext,
	person: PersonId,
	password: string,
	choice: AccountEndChoice
): Promise<Receipt> {
	const { passwordHash } = await proveOwnPassword(context, person, password);
	// Hashing takes its time: what was proved before it may not hold any more.
	if ((await context.domain.passwordHash(person)) !== passwordHash) throw wrongPassword();
	return context.ends.plan(person, choice);
}
