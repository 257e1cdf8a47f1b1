import 'fake-indexeddb/auto';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { accountsOnDevice } from '../../../src/lib/db/accounts-on-device.ts';
import { deleteAccountData, openAccount } from '../../../src/lib/db/open.ts';
import { card, change, id, member } from '../../contract/rows.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };

describe('accounts that left something on the device', () => {
	test('are told with the names that are still known, and nothing else is', async () => {
		const place = { indexedDB: new IDBFactory(), IDBKeyRange };
		const [ann, bob] = [id(), id()];
		const room = id();
		const opened = await openAccount(ann, quiet, place);
		const row = member(room, ann, 1, { card: card(ann, 1, 'ann') });
		await opened.cache.commit([change(room, { rows: [row], cards: [row.card] })], ann);
		opened.cache.close();
		opened.outbox.close();
		const other = await openAccount(bob, quiet, place);
		other.cache.close();
		other.outbox.close();
		place.indexedDB.open('roost-device', 1);
		place.indexedDB.open(`elsewhere-${id()}`, 1);
		const kept = await accountsOnDevice(place);
		expect(kept.toSorted((a, b) => a.account.localeCompare(b.account))).toEqual([
			{ account: ann, name: 'ann' },
			{ account: bob, name: null }
		]);
	});

	test('are none once their data were deleted', async () => {
		const ann = id();
		const opened = await openAccount(ann, quiet);
		opened.cache.close();
		opened.outbox.close();
		expect(await accountsOnDevice()).toEqual([{ account: ann, name: null }]);
		await deleteAccountData(ann);
		expect(await accountsOnDevice()).toEqual([]);
	});
});
