/** Who is here, and who is made to be here. */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { nameKey } from '../../src/lib/protocol/name-key.ts';
import { emailKey, nameProblem, tidyName } from '../../src/lib/protocol/names.ts';
import type { ImportReport } from './report.ts';
import type { ImportStore, KnownPerson, NewAccount, NewGuest } from './import-port.ts';
import { lose, type SourcePerson } from './source.ts';

interface PeopleOptions {
	store: Pick<ImportStore, 'people' | 'addPeople' | 'isTaken'>;
	secret: string;
	isDry: boolean;
	now: () => number;
}

export class People {
	readonly #options: PeopleOptions;
	readonly #report: ImportReport;
	readonly #known = new Map<PersonId, KnownPerson>();
	/** names and e-mails that accounts of this run have */
	readonly #taken = new Set<string>();

	constructor(options: PeopleOptions, report: ImportReport) {
		this.#options = options;
		this.#report = report;
	}

	/** Makes those who are not here. */
	async ensure(people: SourcePerson[]): Promise<void> {
		const { store } = this.#options;
		const wanted = new Map(
			people.filter(({ id }) => !this.#known.has(id)).map((person) => [person.id, person])
		);
		if (wanted.size === 0) return;
		for (const [id, person] of await store.people([...wanted.keys()])) {
			this.#known.set(id, person);
			this.#report.people.known++;
			wanted.delete(id);
		}
		if (wanted.size > 0) await this.#add([...wanted.values()]);
	}

	/** The number by which reactions name somebody; undefined: not here. */
	numberOf(id: PersonId): number | undefined {
		return this.#known.get(id)?.number;
	}

	/** Those of these people who are here. */
	async here(ids: PersonId[]): Promise<Set<PersonId>> {
		const unknown = ids.filter((id) => !this.#known.has(id));
		const found = unknown.length > 0 ? await this.#options.store.people(unknown) : new Map();
		return new Set(ids.filter((id) => this.#known.has(id) || found.has(id)));
	}

	isAccount(id: PersonId): boolean {
		return this.#known.get(id)?.isAccount === true;
	}

	async #add(people: SourcePerson[]): Promise<void> {
		const { store, secret, isDry, now } = this.#options;
		const added: (NewGuest | NewAccount)[] = [];
		for (const person of people) added.push(await this.#newPerson(person));
		const numbers = isDry ? new Map<string, number>() : await store.addPeople(added, secret, now());
		for (const person of added) {
			const isAccount = 'email' in person;
			this.#known.set(person.id, { number: numbers.get(person.id) ?? 0, isAccount });
			this.#report.people.new++;
			if (isAccount) this.#report.people.accounts++;
		}
	}

	async #newPerson({ id, name, display, deleted, account }: SourcePerson) {
		const { losses } = this.#report;
		const guest: NewGuest = { id, name, display: display ?? null, isDeleted: deleted === true };
		if (!account) return guest;
		if (!(await this.#isMine(emailKey(account.email), 'email'))) {
			lose(losses, 'accounts whose e-mail another one has here: they become guests');
			return guest;
		}
		const isNamed =
			nameProblem(tidyName(name)) === null && (await this.#isMine(nameKey(tidyName(name)), 'name'));
		if (!isNamed)
			lose(losses, 'user names that cannot be one here, or are another’s: sign in by e-mail');
		const { email, passwordHash } = account;
		return { ...guest, email, passwordHash: passwordHash || this.#options.secret };
	}

	/** Whether nobody else has a name or an e-mail, here or in what is brought in. */
	async #isMine(key: string, what: 'name' | 'email'): Promise<boolean> {
		const own = `${what} ${key}`;
		if (this.#taken.has(own)) return false;
		this.#taken.add(own);
		return !(await this.#options.store.isTaken(what, key));
	}
}
