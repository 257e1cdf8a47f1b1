/**
 * A password that was forgotten, where the server can send mail: whoever says a name or an e-mail is answered at once
 * and always the same, and a link goes to the account's own address. So nobody learns here who has an account.
 */
import { nameKey } from '../../src/lib/protocol/name-key.ts';
import { emailKey, tidyName } from '../../src/lib/protocol/names.ts';
import { RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Domain } from '../domain/ports.ts';
import { addressKey, type Limits } from './limits.ts';
import { newPasswordLink, type PasswordLinkStore } from './password-links.ts';

/** ms that a mailed link is good for: a mailbox is read by more than its owner in the end. */
const MAILED_LASTS = 3_600_000;

/** Addresses that are none (RFC 2606): those of guests. */
const NOWHERE = '.invalid';

/** What is written to somebody who asked for a new password. */
export interface PasswordLetter {
	/** e-mail address */
	to: string;
	/** user name */
	name: string;
	/** where another password is set, once */
	link: string;
	/** tag of the language in which it was asked for */
	language: string;
}

interface PasswordMailOptions {
	domain: Pick<Domain, 'credentials' | 'account'>;
	table: Pick<PasswordLinkStore, 'insert'>;
	limits: Limits;
	/** takes a letter and sees to it that it goes, or says in the log that it does not */
	post(letter: PasswordLetter): Promise<void>;
	/** hears of what went wrong after the answer */
	onError(error: unknown): void;
	/** ms since the epoch */
	now?: () => number;
}

/** Who asks, and how they are reached. */
interface PasswordWish {
	/** user name or e-mail, as typed */
	login: string;
	language: string;
	/** where the page came from: the link leads there */
	origin: string;
	/** address of the request */
	address: string;
}

export interface PasswordMail {
	/** Resolves before it is known whether there is such an account. Rejects with the refusal "too_many". */
	ask(wish: PasswordWish): Promise<void>;
	/** Resolves when what was asked for up to now has been looked up. */
	settled(): Promise<void>;
}

export function createPasswordMail(options: PasswordMailOptions): PasswordMail {
	const { domain, table, limits, post, onError, now = Date.now } = options;
	const running = new Set<Promise<void>>();

	async function write({ login, language, origin }: PasswordWish): Promise<void> {
		const name = tidyName(login);
		const known = await domain.credentials(name);
		// Counted for names that nobody has, too: the answer is the same, and so is what it costs.
		const key = known?.person ?? (name.includes('@') ? emailKey(name) : nameKey(name));
		await limits.take('password-mail-account', key);
		const account = known && !known.disabled ? await domain.account(known.person) : null;
		if (!known || !account || account.email.endsWith(NOWHERE)) return;
		const { token, link: id } = newPasswordLink(now());
		const times = { createdAt: now(), expiresAt: now() + MAILED_LASTS };
		if (!(await table.insert({ id, person: known.person, ...times }))) return;
		const link = `${origin}/password#${token}`;
		await post({ to: account.email, name: account.card.name, link, language });
	}

	return {
		async ask(wish) {
			await limits.take('password-mail-address', addressKey(wish.address));
			const work = write(wish)
				.catch((error: unknown) => {
					// Too many letters to one account: whoever asks must not learn that there is one.
					if (!(error instanceof RefusalError)) onError(error);
				})
				.finally(() => running.delete(work));
			running.add(work);
		},
		async settled() {
			await Promise.all(running);
		}
	};
}
