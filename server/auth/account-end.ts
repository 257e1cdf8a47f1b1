/**
 * The end of an account: at once, or after a week in which it can be undone. What the person said stays as of somebody
 * who has left, or is emptied, piece by piece.
 */
import type { AccountEndChoice, Receipt } from '../../src/lib/protocol/http.ts';
import type { MessageId, PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Domain } from '../domain/ports.ts';

/** ms in which the end of an account can be undone by signing in. */
const UNDONE_WITHIN = 7 * 86_400_000;
/** Accounts looked at in one round, those that cannot end included. */
const AT_ONCE = 200;
/** Messages that are emptied by one commit, so that a send never waits for more. */
const PIECE = 50;

/** An account that is to end at `due` (ms). */
export interface AccountEnd {
	person: PersonId;
	asked: number;
	due: number;
	words: Receipt['words'];
}

/** A message that is to be emptied. */
export interface SaidMessage {
	id: MessageId;
	room: RoomId;
}

export interface AccountEndStore {
	plan(end: AccountEnd): Promise<void>;
	/** null: it is not to end, or has ended */
	of(person: PersonId): Promise<AccountEnd | null>;
	/** Whether there was anything to forget. */
	drop(person: PersonId): Promise<boolean>;
	/** Those whose time has come, ended or not. */
	due(now: number, limit: number): Promise<AccountEnd[]>;
	isLastAdmin(person: PersonId): Promise<boolean>;
	/** What is to be emptied next, among all messages up to the number `upto`; null: nothing is planned. */
	nextSaid(
		person: PersonId
	): Promise<{ messages: SaidMessage[]; upto: number; isLast: boolean } | null>;
	/** Everything up to this number is emptied. */
	moveOn(person: PersonId, upto: number): Promise<void>;
}

interface AccountEndsOptions {
	store: AccountEndStore;
	domain: Pick<Domain, 'deleteAccount' | 'eraseMessages'>;
	/** ends all sessions of a person */
	endSessions: (person: PersonId) => Promise<void>;
	now: () => number;
	/** takes what keeps one account from ending */
	onError: (error: unknown) => void;
}

export interface AccountEnds {
	/** Plans the end of an account. Rejects with RefusalError for the last administrator. */
	plan(person: PersonId, choice: AccountEndChoice): Promise<Receipt>;
	/** When the account of somebody who signs in ends (ms); null: it stays. */
	dueOf(person: PersonId): Promise<number | null>;
	/** The account stays. */
	undo(person: PersonId): Promise<void>;
	/** Ends accounts whose time has come, and empties some of what was said by them. @returns whether there is more */
	run(): Promise<boolean>;
}

export function createAccountEnds(options: AccountEndsOptions): AccountEnds {
	const { store, now } = options;
	return {
		async plan(person, { words, when }) {
			if (await store.isLastAdmin(person)) throw new RefusalError(refuse('last_admin'));
			const asked = now();
			const end = { person, asked, due: when === 'now' ? asked : asked + UNDONE_WITHIN, words };
			await store.plan(end);
			// At once: whoever is still signed in would not hear of it until the account is gone.
			await options.endSessions(person);
			if (when === 'now') await endAccount(options, end);
			return { asked, due: end.due, words };
		},
		dueOf: async (person) => (await store.of(person))?.due ?? null,
		async undo(person) {
			await store.drop(person);
		},
		async run() {
			const due = await store.due(now(), AT_ONCE);
			let isMore = false;
			for (const end of due) {
				// What keeps one from ending keeps no other one.
				try {
					isMore = (await proceed(options, end)) || isMore;
				} catch (error) {
					options.onError(error);
				}
			}
			return isMore;
		}
	};
}

/** Ends the account, unless it has ended. */
async function endAccount({ store, domain }: AccountEndsOptions, end: AccountEnd): Promise<void> {
	const refusal = await domain.deleteAccount(end.person);
	// Whoever has become the last administrator since keeps the account.
	if (refusal || end.words === 'keep') await store.drop(end.person);
	if (refusal) throw new RefusalError(refusal);
}

/** One step towards the end of an account and of what was said by it. @returns whether there is more to do */
async function proceed(options: AccountEndsOptions, end: AccountEnd): Promise<boolean> {
	const { store, domain } = options;
	const planned = await store.of(end.person);
	if (planned) {
		// Kept meanwhile, and perhaps asked for anew.
		if (planned.due > options.now()) return false;
		await options.endSessions(planned.person);
		await endAccount(options, planned);
		return planned.words === 'empty';
	}
	const next = end.words === 'empty' ? await store.nextSaid(end.person) : null;
	for (let from = 0; next && from < next.messages.length; from += PIECE) {
		await domain.eraseMessages(end.person, next.messages.slice(from, from + PIECE));
	}
	if (next && !next.isLast) await store.moveOn(end.person, next.upto);
	else await store.drop(end.person);
	return next !== null && !next.isLast;
}
