import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { deviceStore } from '../../../src/lib/db/device.ts';
import { deleteAccountData, openCache, openOutbox } from '../../../src/lib/db/open.ts';
import { cacheName, outboxName } from '../../../src/lib/db/schema.ts';
import {
	leavePage,
	returnToPage,
	storageStalled,
	TRANSACTION_WITHIN
} from '../../../src/lib/db/transactions.ts';
import { change, id, ME, message, post } from '../../contract/rows.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };
const room = id();

function openPlain(name: string, factory: IDBFactory = indexedDB): Promise<IDBDatabase> {
	return new Promise((resolve, reject) => {
		const request = factory.open(name);
		request.onsuccess = () => {
			request.result.onversionchange = () => request.result.close();
			resolve(request.result);
		};
		request.onerror = () => reject(request.error ?? new Error('not opened'));
	});
}

/** Another page that keeps a transaction open over these tables, and so holds up everybody else. */
async function holdUp(name: string, tables: string[], factory?: IDBFactory): Promise<() => void> {
	const db = await openPlain(name, factory);
	const store = db.transaction(tables, 'readwrite').objectStore(tables[0]!);
	let isHeld = true;
	const again = (): void => {
		if (isHeld) store.count().onsuccess = again;
	};
	again();
	return () => {
		isHeld = false;
	};
}

/** Another page that wants these tables for a moment; resolves with the number of rows once it had them. */
async function pass(name: string, tables: string[]): Promise<number> {
	const db = await openPlain(name);
	const transaction = db.transaction(tables, 'readwrite');
	const counted = transaction.objectStore(tables[0]!).count();
	await new Promise((resolve) => (transaction.oncomplete = resolve));
	return counted.result;
}

function isStalled(): boolean {
	let stalled = false;
	storageStalled.subscribe((now) => (stalled = now))();
	return stalled;
}

describe('a page that is left', () => {
	afterEach(returnToPage);

	test('lets nobody wait: its running reads end, and are done again when it is shown', async () => {
		const account = id();
		const store = await openCache(account, quiet);
		await store.commit([change(room, { rows: [message(room, 1)] })], ME);
		const abort = vi.spyOn(IDBTransaction.prototype, 'abort');
		const settled = vi.fn();
		const reading = store.messages(room, 0, Infinity, 10, 'top').finally(settled);
		await Promise.resolve();
		leavePage();
		expect(abort).toHaveBeenCalledOnce();
		abort.mockRestore();
		expect(await pass(cacheName(account), ['messages'])).toBe(1);
		expect(settled).not.toHaveBeenCalled();
		returnToPage();
		expect(await reading).toHaveLength(1);
	});

	test.each(['while it runs', 'once it is left'])(
		'promise 16: a message written %s is not called kept, and is kept once when the page is shown again',
		async (when) => {
			const account = id();
			const outbox = await openOutbox(account, quiet);
			const kept = vi.fn();
			if (when === 'once it is left') leavePage();
			const adding = outbox.add(post(room, 'last word'), room, 1).then(kept);
			await Promise.resolve();
			if (when === 'while it runs') leavePage();
			expect(await pass(outboxName(account), ['acts'])).toBe(0);
			expect(kept).not.toHaveBeenCalled();
			returnToPage();
			await adding;
			expect(await outbox.all()).toMatchObject([{ act: { body: 'last word' } }]);
		}
	);

	test('the cache’s commit of many rows is done again, whole', async () => {
		const store = await openCache(id(), quiet);
		const rows = Array.from({ length: 50 }, (_, i) => message(room, i + 1));
		const committing = store.commit([change(room, { rows })], ME);
		for (let i = 0; i < 20; i++) await Promise.resolve();
		leavePage();
		returnToPage();
		expect(await committing).toHaveLength(1);
		expect(await store.countMessages(room)).toBe(50);
	});

	test('the note of who is signed in, too', async () => {
		const store = deviceStore(new IDBFactory());
		await store.read();
		const changing = store.change((note) => ({ ...note, signOutOwed: true }));
		await Promise.resolve();
		leavePage();
		returnToPage();
		expect(await changing).toMatchObject({ signOutOwed: true });
		expect(await store.read()).toMatchObject({ signOutOwed: true });
	});
});

describe('storage that somebody else holds', () => {
	beforeEach(() => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
	});
	afterEach(() => vi.useRealTimers());

	test('promise 16: a write ends within the limit with a clear error, and is never done afterwards', async () => {
		const account = id();
		const outbox = await openOutbox(account, quiet);
		const letGo = await holdUp(outboxName(account), ['acts', 'drafts']);
		const adding = outbox.add(post(room, 'held up'), room, 1);
		const refused = expect(adding).rejects.toMatchObject({ reason: 'blocked' });
		await vi.advanceTimersByTimeAsync(TRANSACTION_WITHIN);
		await refused;
		letGo();
		expect(await outbox.all()).toEqual([]);
		await deleteAccountData(account);
	});

	test('is said after a while, and no longer once it answers', async () => {
		const account = id();
		const outbox = await openOutbox(account, quiet);
		const letGo = await holdUp(outboxName(account), ['acts']);
		const reading = outbox.all();
		await vi.advanceTimersByTimeAsync(2_900);
		expect(isStalled()).toBe(false);
		await vi.advanceTimersByTimeAsync(200);
		expect(isStalled()).toBe(true);
		letGo();
		expect(await reading).toEqual([]);
		await vi.waitFor(() => expect(isStalled()).toBe(false));
	});

	test('does not keep the note of who is signed in waiting', async () => {
		const factory = new IDBFactory();
		const store = deviceStore(factory);
		await store.read();
		const letGo = await holdUp('roost-device', ['notes'], factory);
		const reading = store.read();
		const refused = expect(reading).rejects.toMatchObject({ reason: 'blocked' });
		await vi.advanceTimersByTimeAsync(4_000);
		await refused;
		letGo();
	});
});
