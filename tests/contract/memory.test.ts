import { describe, expect, test } from 'vitest';
import { RowSearch } from '../../src/lib/db/search/row-search.ts';
import { MemoryLocalStore } from '../../src/lib/sync/memory/memory-store.ts';
import { MemoryOutboxStore } from '../../src/lib/sync/memory/memory-outbox.ts';
import { MemoryFileQueue } from '../../src/lib/sync/memory/memory-files.ts';
import { fileQueueContract } from './file-queue.ts';
import { localStoreContract } from './local-store.ts';
import { localSearchContract } from './local-search.ts';
import { outboxStoreContract } from './outbox-store.ts';
import { change, id, ME, message, post } from './rows.ts';
import { suite } from './vitest-suite.ts';

describe('LocalStore in memory', () => {
	localStoreContract(suite, async () => {
		const store = new MemoryLocalStore();
		return { store, second: new MemoryLocalStore(store.data), end: async () => store.close() };
	});

	test('LOCAL-3: a snapshot put back takes the cache to where it was', async () => {
		const store = new MemoryLocalStore();
		const room = id();
		await store.commit([change(room, { rows: [message(room, 1)] })], ME);
		const before = store.snapshot();
		await store.commit([change(room, { expect: 1, rows: [message(room, 2)] })], ME);
		store.restore(before);
		expect(await store.countMessages(room)).toBe(1);
		expect((await store.stream(room))?.version).toBe(1);
	});

	test('LOCAL-1: a full store refuses writes, changes nothing, and still reads', async () => {
		const store = new MemoryLocalStore();
		const room = id();
		store.fail('full');
		await expect(store.commit([change(room)], ME)).rejects.toMatchObject({ reason: 'full' });
		expect(await store.streams()).toEqual([]);
		store.fail(null);
		expect(await store.commit([change(room)], ME)).toHaveLength(1);
	});
});

describe('OutboxStore in memory', () => {
	outboxStoreContract(suite, async () => {
		const store = new MemoryOutboxStore();
		return { store, second: new MemoryOutboxStore(store.data), end: async () => store.close() };
	});

	test('LOCAL-1: a full outbox refuses the act, so that the composer keeps the text', async () => {
		const store = new MemoryOutboxStore();
		const room = id();
		store.fail('full');
		await expect(store.add(post(room, 'a'), room, 1)).rejects.toMatchObject({ reason: 'full' });
		expect(await store.all()).toEqual([]);
	});
});

describe('FileQueue in memory', () => {
	fileQueueContract(suite, async () => {
		const queue = new MemoryFileQueue();
		return { queue, second: queue, end: async () => undefined };
	});
});

describe('LocalSearch over rows in memory', () => {
	localSearchContract(suite, async () => {
		const store = new MemoryLocalStore();
		return { store, search: new RowSearch(store), end: async () => store.close() };
	});
});
