/**
 * People who come with nothing but a name (compat-api, section 9), where the host lets them. A guest is
 * an account that nobody can sign in to, so that rights, history and names have no second kind of
 * person; it is kept while the guest is around and for a day after, for the name beside old messages.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Card } from '../../../src/lib/protocol/change.ts';
import { tidyName, nameProblem } from '../../../src/lib/protocol/names.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { ApiError } from '../errors.ts';
import type { CompatContext } from '../context.ts';
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

const SALT_BYTES = 16;

/**
 * The e-mail of a guest's account: nobody can get mail there, but it says, by a salted hash, from which address
 * the guest came. Nothing else tells whether somebody who comes by a known name is the same person.
 */
function emailFor(address: string, salt: string): string {
	const hash = createHash('sha256').update(`${salt} ${address}`).digest('hex').slice(0, 32);
	return `${salt}-${hash}@${GUESTS_DOMAIN}`;
}

export interface Guests {
	/**
	 * The guest of this name. Rejects when not everybody may make an account, and when the name belongs to an account, to a guest who is here, or to one who
	 * came from another address and may come back.
	 * @param address as limits count it
	 */
	admit(name: string, address: string): Promise<Card>;
	close(): void;
}

export function createGuests(context: CompatContext): Guests {
	const { clock, domain, hasher, limits, log, presence, registration, store } = context;
	let stop = clock.after(LOOK_EVERY, sweep);

	async function removeGone(): Promise<void> {
		const gone = await store.guestsUnseenSince(clock.now() - KEPT_FOR);
		const ended = gone.filter((person) => !presence.isOnline(person));
		await Promise.all(ended.map((person) => domain.deleteAccount(person)));
	}

	function sweep(): void {
		removeGone().catch((error: unknown) =>
			log.error({ err: error }, 'guests could not be removed')
		);
		stop = clock.after(LOOK_EVERY, sweep);
	}

	async function isSameGuest({ id }: Card, address: string): Promise<boolean> {
		const email = (await store.person(id))?.email ?? '';
		return email === emailFor(address, email.split('-', 1)[0]!);
	}

	return {
		async admit(raw, address) {
			const name = tidyName(raw);
			const problem = nameProblem(name);
			if (problem) throw new RefusalError(refuse(problem, { field: 'name' }));
			// A guest brings no invitation.
			if ((await registration()) !== 'open') {
				throw new RefusalError(refuse('registration_closed'));
			}
			const known = await store.byName(name);
			if (known && (presence.isOnline(known.id) || !(await isSameGuest(known, address)))) {
				throw new RefusalError(refuse('name_taken', { field: 'name' }));
			}
			if (known) return known;
			// The first account is the administrator's: it is not for whoever happens to come by.
			if (!(await store.hasPeople()))
				throw new ApiError(403, 'The server has no administrator yet.');
			await limits.take('register', address);
			const email = emailFor(address, randomBytes(SALT_BYTES).toString('hex'));
			const passwordHash = await hasher.hash(randomBytes(32).toString('base64url'));
			const made = await domain.register({ name, email, passwordHash });
			if ('refused' in made) throw new RefusalError(made.refused);
			return (await store.card(made.person))!;
		},
		close: () => stop()
	};
}
