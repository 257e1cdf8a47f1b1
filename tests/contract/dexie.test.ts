import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import { deleteAccountData, openAccount, openCache, openOutbox } from '../../src/lib/db/open.ts';
import { CACHE_VERSION, cacheName, CacheDatabase } from '../../src/lib/db/schema.ts';
import { MemoryLocalStore } from '../../src/lib/sync/memory-store.ts';
import { localStoreContract } from './local-store.ts';
import { fileQueueContract } from './file-queue.ts';
import { outboxStoreContract } from './outbox-store.ts';
import { change, id, ME, post } from './rows.ts';
import { suite } from './vitest-suite.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };

describe('LocalStore on Dexie', () => {
	localStoreContract(suite, async () => {
		const account = id();
		const store = await openCache(account, quiet);
		const second = await openCache(account, quiet);
		return { store, second, end: () => deleteAccountData(account) };
	});
});

describe('OutboxStore on Dexie', () => {
	outboxStoreContract(suite, async () => {
		const account = id();
		const store = await openOutbox(account, quiet);
		const second = await openOutbox(account, quiet);
		return { store, second, end: () => deleteAccountData(account) };
	});
});

describe('FileQueue on Dexie', () => {
	fileQueueContract(suite, async () => {
		const account = id();
		const opened = await openAccount(account, quiet);
		const second = await openAccount(account, quiet);
		return {
			queue: opened.files,
			second: second.files,
			end: () => deleteAccountData(account)
		};
	});
});

describe('opening an account', () => {
	test('promise 14: what one account keeps is not there for another', async () => {
		const [a, b] = [id(), id()];
		const first = await openAccount(a, quiet);
		const room = id();
		await first.outbox.add(post(room, 'mine'), room, 1);
		await first.cache.commit([change(room)], ME);
		const other = await openAccount(b, quiet);
		expect(await other.outbox.all()).toEqual([]);
		expect(await other.cache.streams()).toEqual([]);
	});

	test('promise 14: deleting an account’s data reaches tabs that have it open', async () => {
		const account = id();
		const deleted = vi.fn();
		const opened = await openAccount(account, { ...quiet, deleted });
		const room = id();
		await opened.outbox.add(post(room, 'mine'), room, 1);
		await deleteAccountData(account);
		expect(deleted).toHaveBeenCalled();
		await expect(opened.outbox.all()).rejects.toMatchObject({ reason: 'closed' });
		const again = await openAccount(account, quiet);
		expect(await again.outbox.all()).toEqual([]);
	});

	test('B6: an old tab lets go when a newer release upgrades, and does not write into it', async () => {
		const account = id();
		const outdated = vi.fn();
		const old = await openCache(account, { ...quiet, outdated });
		const newer = new CacheDatabase(account);
		newer.version(CACHE_VERSION + 1).stores({ later: 'id' });
		await newer.open();
		expect(outdated).toHaveBeenCalledOnce();
		await expect(old.commit([change(id())], ME)).rejects.toMatchObject({ reason: 'closed' });
		newer.close();
	});

	test('B6: a rolled-back release begins a new cache and keeps the outbox', async () => {
		const account = id();
		const outbox = await openOutbox(account, quiet);
		const room = id();
		await outbox.add(post(room, 'kept'), room, 1);
		outbox.close();
		const newer = new CacheDatabase(account);
		newer.version(CACHE_VERSION + 1).stores({ later: 'id' });
		await newer.open();
		newer.close();
		const opened = await openAccount(account, quiet);
		expect(opened.cacheFault).toBe(null);
		expect(await opened.cache.commit([change(id())], ME)).toHaveLength(1);
		expect(await opened.outbox.all()).toHaveLength(1);
	});

	test('B2: a browser that refuses leads to memory and says so', async () => {
		const refusing = {
			open: () => {
				throw new DOMException('no', 'InvalidStateError');
			},
			deleteDatabase: indexedDB.deleteDatabase.bind(indexedDB)
		} as unknown as IDBFactory;
		const opened = await openAccount(id(), quiet, { indexedDB: refusing, IDBKeyRange });
		expect(opened.cache).toBeInstanceOf(MemoryLocalStore);
		expect(opened.cacheFault?.reason).toBe('broken');
		expect(opened.outboxFault?.reason).toBe('broken');
		const room = id();
		await opened.outbox.add(post(room, 'still works'), room, 1);
		expect(await opened.outbox.all()).toHaveLength(1);
	});

	test('an open that never answers ends within its time limit', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		try {
			const silent = { open: () => ({}) } as unknown as IDBFactory;
			const opening = openAccount(id(), quiet, { indexedDB: silent, IDBKeyRange });
			await vi.advanceTimersByTimeAsync(4000);
			const opened = await opening;
			expect(opened.cacheFault?.reason).toBe('blocked');
		} finally {
			vi.useRealTimers();
		}
	});

	test('names the databases by account', () => {
		expect(cacheName('a')).not.toBe(cacheName('b'));
	});
});
