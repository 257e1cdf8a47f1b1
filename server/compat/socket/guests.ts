/**
 * People who come with nothing but a name (compat-api, section 9), where the host lets them. A guest is
 * an account that nobody can sign in to, so that rights, history and names have no second kind of
 * person; it is kept while the guest is around and for a day after, for the name beside old messages.
 */
import { randomBytes } from 'node:crypto';
import type { Card } from '../../../src/lib/protocol/change.ts';
import { tidyName, nameProblem } from '../../../src/lib/protocol/names.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { addressKey } from '../../auth/limits.ts';
import { ApiError } from '../errors.ts';
import type { Compat } from '../parts.ts';
import { GUESTS_DOMAIN } from '../ports.ts';

/** ms after which a guest's name is free again. */
const KEPT_FOR = 86_400_000;
/** ms between two looks at who is gone for good. */
const LOOK_EVERY = 3_600_000;
/** Begins the session of every guest: none of them is in the table of sessions. */
const SESSION_PREFIX = 'guest:';
export const isGuestSession = (session: string): boolean => session.startsWith(SESSION_PREFIX);
export const guestSession = (): string =>
	`${SESSION_PREFIX}${randomBytes(12).toString('base64url')}`;

export interface Guests {
	/** The guest of this name. Rejects when it belongs to an account, or to a guest who is here. */
	admit(name: string, address: string): Promise<Card>;
	close(): void;
}

export function createGuests(compat: Compat): Guests {
	const { clock, domain, hasher, limits, log, presence, store } = compat;
	let stop = clock.after(LOOK_EVERY, sweep);

	function sweep(): void {
		const gone = store.guestsUnseenSince(clock.now() - KEPT_FOR);
		const ended = gone.filter((person) => !presence.isOnline(person));
		Promise.all(ended.map((person) => domain.deleteAccount(person))).catch((fault: unknown) =>
			log.error({ err: fault }, 'guests could not be removed')
		);
		stop = clock.after(LOOK_EVERY, sweep);
	}

	const isGuest = ({ id }: Card) => store.person(id)?.email.endsWith(`@${GUESTS_DOMAIN}`) === true;

	return {
		async admit(raw, address) {
			const name = tidyName(raw);
			const problem = nameProblem(name);
			if (problem) throw new RefusalError(refuse(problem, { field: 'name' }));
			const known = store.byName(name);
			if (known && (!isGuest(known) || presence.isOnline(known.id))) {
				throw new RefusalError(refuse('name_taken', { field: 'name' }));
			}
			if (known) return known;
			// The first account is the administrator's: it is not for whoever happens to come by.
			if (!store.hasPeople()) throw new ApiError(403, 'The server has no administrator yet.');
			await limits.take('register', addressKey(address));
			const email = `${randomBytes(16).toString('hex')}@${GUESTS_DOMAIN}`;
			const passwordHash = await hasher.hash(randomBytes(32).toString('base64url'));
			const made = await domain.register({ name, email, passwordHash });
			if ('refused' in made) throw new RefusalError(made.refused);
			return store.card(made.person)!;
		},
		close: () => stop()
	};
}
