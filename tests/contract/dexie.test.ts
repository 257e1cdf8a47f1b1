import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { describe, expect, test, vi } from 'vitest';
import { deleteAccountData, openAccount, openCache, openOutbox } from '../../src/lib/db/open.ts';
import { CACHE_VERSION, cacheName, CacheDatabase, outboxName } from '../../src/lib/db/schema.ts';
import { MemoryLocalStore } from '../../src/lib/sync/memory/memory-store.ts';
import { localStoreContract } from './local-store.ts';
import { openIndex } from './index.ts';
import { localSearchContract } from './local-search.ts';
import { draftFilesContract, openDraftFiles } from './draft-files.ts';
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

describe('DraftFiles on Dexie', () => {
	draftFilesContract(suite, openDraftFiles);
});

describe.each([
	['nothing of which is indexed', false],
	['all of which is indexed', true]
])('LocalSearch on Dexie, %s', (_, isBuilt) => {
	localSearchContract(suite, () => openIndex(isBuilt));
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

	test('LOCAL-6: an old tab lets go when a newer release upgrades, and does not write into it', async () => {
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

	test('LOCAL-6: a rolled-back release begins a new cache and keeps the outbox', async () => {
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
		expect(opened.cacheError).toBe(null);
		expect(await opened.cache.commit([change(id())], ME)).toHaveLength(1);
		expect(await opened.outbox.all()).toHaveLength(1);
	});

	test('promise 15: an upgrade keeps what is unsent, and begins a new cache', async () => {
		const account = id();
		const room = id();
		const [queued, refused] = [post(room, 'queued'), post(room, 'refused')];
		const row = { lane: room, at: 1, tries: 1 };
		const oldOutbox = new Dexie(outboxName(account));
		oldOutbox.version(1).stores({ acts: '++n, &id, lane', drafts: 'room' });
		oldOutbox.version(2).stores({ files: 'id', blobs: 'id' });
		await oldOutbox.table('acts').bulkAdd([
			{ ...row, id: queued.id, act: queued, state: 'queued', refusal: null },
			{
				...row,
				id: refused.id,
				act: refused,
				state: 'refused',
				refusal: { code: 'muted', cure: 'none' }
			}
		]);
		await oldOutbox.table('drafts').add({ room, body: 'a draft', at: 1 });
		oldOutbox.close();
		const oldCache = new Dexie(cacheName(account));
		oldCache.version(2).stores({
			streams: 'id',
			messages: 'id, [room+seq]',
			members: '[room+id]',
			cards: 'id, number',
			listings: 'id',
			seen: '[room+id]',
			own: '[kind+id]',
			meta: 'key'
		});
		await oldCache.table('streams').add({ id: 'lobby', version: 4 });
		oldCache.close();

		const opened = await openAccount(account, quiet);
		expect([opened.cacheError, opened.outboxError]).toEqual([null, null]);
		expect(await opened.outbox.all()).toMatchObject([
			{ act: queued, state: 'queued', refusal: null },
			{ act: refused, state: 'refused', refusal: { code: 'muted', action: 'none' } }
		]);
		expect(await opened.outbox.draft(room)).toMatchObject({ body: 'a draft' });
		expect(await opened.draftFiles?.of(room)).toEqual([]);
		expect(await opened.cache.streams()).toEqual([]);
		expect(await opened.cache.directory()).toEqual([]);
	});

	test('LOCAL-2: a browser that refuses leads to memory and says so', async () => {
		const refusing = {
			open: () => {
				throw new DOMException('no', 'InvalidStateError');
			},
			deleteDatabase: indexedDB.deleteDatabase.bind(indexedDB)
		} as unknown as IDBFactory;
		const opened = await openAccount(id(), quiet, { indexedDB: refusing, IDBKeyRange });
		expect(opened.cache).toBeInstanceOf(MemoryLocalStore);
		expect(opened.cacheError?.reason).toBe('broken');
		expect(opened.outboxError?.reason).toBe('broken');
		const room = id();
		await opened.outbox.add(post(room, 'still works'), room, 1);
		expect(await opened.outbox.all()).toHaveLength(1);
	});

	test('an open that never answers ends within its time limit', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		try {
			const silent = { open: () => ({}) } as unknown as IDBFactory;
			const opening = openAccount(id(), quiet, { indexedDB: silent, IDBKeyRange });
			await vi.advanceTimersByTimeAsync(10_000);
			const opened = await opening;
			expect(opened.cacheError?.reason).toBe('blocked');
		} finally {
			vi.useRealTimers();
		}
	});

	test('names the databases by account', () => {
		expect(cacheName('a')).not.toBe(cacheName('b'));
	});
});
