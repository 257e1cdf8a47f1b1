/**
 * The little that an account keeps in `localStorage`, under keys that name it: signing out finds all of it.
 * Only what has to be written at once, or is needed before a database opens; all else is in IndexedDB.
 */
import type { PersonId } from '../protocol/ids.ts';

/** Characters of one value: browsers give an origin some five million for all. */
const VALUE_MAX = 50_000;

const prefixOf = (account: PersonId): string => `roost:account:${account}:`;

/** Runs what may be forbidden: a browser that refuses storage keeps nothing, and the app goes on. */
export function allowed<T>(run: () => T, otherwise: T): T {
	try {
		return run();
	} catch (error) {
		if (error instanceof DOMException) return otherwise;
		throw error;
	}
}

/** What is kept under a name; null: nothing, or nothing may be kept. */
export function readKept(account: PersonId, name: string): string | null {
	return allowed(() => localStorage.getItem(prefixOf(account) + name), null);
}

/** Keeps a value at once, or removes it (null). What is too long, or may not be kept, is not. */
export function keep(account: PersonId, name: string, value: string | null): void {
	const key = prefixOf(account) + name;
	allowed(() => {
		if (value === null || value.length > VALUE_MAX) localStorage.removeItem(key);
		else localStorage.setItem(key, value);
	}, undefined);
}

/** The names under which something is kept. @param beginning what they begin with */
export function keptNames(account: PersonId, beginning = ''): string[] {
	const prefix = prefixOf(account);
	return allowed(
		() =>
			Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? '')
				.filter((key) => key.startsWith(prefix + beginning))
				.map((key) => key.slice(prefix.length)),
		[]
	);
}

/** Removes all that an account keeps there. */
export function forgetKept(account: PersonId): void {
	for (const name of keptNames(account)) keep(account, name, null);
}
