/**
 * A password that was forgotten: whoever runs the server, or an administrator, makes a link; who has it sets another
 * password, once. Only a hash of what is in the link is kept, so a stolen database opens nothing.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { AccountEnds } from './account-end.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Hasher } from '../domain/ports.ts';
import { addressKey, type Limits } from './limits.ts';
import { passwordProblem } from './rules.ts';
import type { Proof } from './session-store.ts';
import type { Sessions } from './sessions.ts';

/** ms that a link is good for: it is handed over by other ways than this app, and may be read tomorrow. */
const LASTS = 24 * 3_600_000;
/** 32 random bytes as base64url. */
const TOKEN = /^[\w-]{43}$/u;

/** Whose link it is; name and e-mail decide what is too easy a password. */
interface LinkOwner {
	person: PersonId;
	name: string;
	email: string;
}

/** What password links need of a database. */
export interface PasswordLinkStore {
	/** @returns false when there is no such person, or the account is disabled */
	insert(link: {
		id: string;
		person: PersonId;
		expiresAt: number;
		createdAt: number;
	}): Promise<boolean>;
	/** null: no such link, or too old, or its account is gone */
	find(id: string, now: number): Promise<LinkOwner | null>;
	/** Sets the password and removes all links of its person, in one step; false when the link does not hold any more. */
	redeem(id: string, passwordHash: string, now: number): Promise<boolean>;
	removeExpired(now: number): Promise<void>;
}

const hashed = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A new link: what stands in it, the hash that is kept of it, and until when it is good (ms). */
export function newPasswordLink(now = Date.now()): { token: string; link: string; until: number } {
	const token = randomBytes(32).toString('base64url');
	return { token, link: hashed(token), until: now + LASTS };
}

interface PasswordLinksOptions {
	table: PasswordLinkStore;
	hasher: Hasher;
	limits: Limits;
	ends: Pick<AccountEnds, 'undo'>;
	sessions: Pick<Sessions, 'endOthers'>;
	/** code points a new password has at least */
	passwordMin: number;
	/** ms since the epoch */
	now?: () => number;
}

export interface PasswordLinks {
	/**
	 * Sets another password and ends all sessions of that person. Rejects with RefusalError.
	 * @param address where the request came from
	 */
	redeem(token: string, password: string, address: string): Promise<Proof>;
	removeExpired(now: number): Promise<void>;
}

export function createPasswordLinks(options: PasswordLinksOptions): PasswordLinks {
	const { table, hasher, limits, sessions, ends, passwordMin, now = Date.now } = options;
	return {
		async redeem(token, password, address) {
			await limits.take('password-link', addressKey(address));
			const id = TOKEN.test(token) ? hashed(token) : null;
			const owner = id && (await table.find(id, now()));
			if (!id || !owner) throw new RefusalError(refuse('password_link_invalid'));
			const problem = passwordProblem({ ...owner, password }, passwordMin);
			if (problem) throw new RefusalError(problem);
			const passwordHash = await hasher.hash(password);
			// Hashing takes its time: somebody else may have used the link meanwhile (HTTP-22).
			if (!(await table.redeem(id, passwordHash, now()))) {
				throw new RefusalError(refuse('password_link_invalid'));
			}
			await sessions.endOthers(owner.person, null);
			// Who comes back by a new password stays.
			await ends.undo(owner.person);
			return { person: owner.person, passwordHash };
		},
		removeExpired: (at) => table.removeExpired(at)
	};
}
