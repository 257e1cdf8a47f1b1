/** The search index on a database of its own. */
import { openCache, deleteAccountData } from '../../src/lib/db/open.ts';
import { CacheDatabase } from '../../src/lib/db/schema.ts';
import { IndexBuilder } from '../../src/lib/db/search/index-builder.ts';
import { IndexSearch } from '../../src/lib/db/search/index-search.ts';
import type { LocalSearch } from '../../src/lib/db/search/local-search.ts';
import { SegmentStore } from '../../src/lib/db/search/segment-store.ts';
import { ME } from './rows.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };
const never = new AbortController().signal;

/** Makes all segments that are missing. */
export async function buildAll(db: CacheDatabase): Promise<void> {
	await new IndexBuilder(new SegmentStore(db), () => Promise.resolve()).pass(true, never);
}

/** @param isBuilt whether everything is indexed before each search */
export async function openIndex(isBuilt: boolean) {
	await deleteAccountData(ME);
	const store = await openCache(ME, quiet);
	const db = new CacheDatabase(ME);
	await db.open();
	const found = new IndexSearch(db);
	const search: LocalSearch = {
		async search(ask, signal) {
			if (isBuilt) await buildAll(db);
			return found.search(ask, signal);
		},
		countUnprepared: () => found.countUnprepared()
	};
	const end = async (): Promise<void> => {
		store.close();
		db.close();
		await deleteAccountData(ME);
	};
	return { store, db, search, end };
}
