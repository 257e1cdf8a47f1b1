/** Which accounts have left something on this device. */
import type { PersonId } from '../protocol/ids.ts';
import { UUID7 } from '../protocol/ids.ts';
import { openCache } from './open.ts';
import { cacheName, outboxName, type Place } from './schema.ts';
import { StoreError } from '../sync/ports.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };

/** The account that a database belongs to, or null when it is none of an account's. */
function accountOf(database: string): PersonId | null {
	const account = database.slice(-36);
	if (!UUID7.test(account)) return null;
	return [cacheName(account), outboxName(account)].includes(database) ? account : null;
}

/**
 * Accounts of which there are databases, with the user name where the cache still knows it. Empty
 * in a browser that does not list its databases.
 */
export async function accountsOnDevice(
	place: Place = {}
): Promise<{ account: PersonId; name: string | null }[]> {
	// Dexie's type of a factory knows only how to open.
	const factory = (place.indexedDB ?? globalThis.indexedDB) as IDBFactory | undefined;
	const databases = (await factory?.databases?.()) ?? [];
	const accounts = new Set(databases.flatMap(({ name }) => accountOf(name ?? '') ?? []));
	return Promise.all(
		[...accounts].map(async (account) => ({ account, name: await nameOf(account, place) }))
	);
}

async function nameOf(account: PersonId, place: Place): Promise<string | null> {
	try {
		const cache = await openCache(account, quiet, place);
		try {
			return (await cache.cards([account]))[0]?.name ?? null;
		} finally {
			cache.close();
		}
	} catch (error) {
		// A cache that cannot be read can still be deleted.
		if (error instanceof StoreError) return null;
		throw error;
	}
}
