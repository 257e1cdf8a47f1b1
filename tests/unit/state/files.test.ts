/** Saying something with files: all of it is on the device, or nothing is, and why is told (UPLOAD-13). */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Act } from '../../../src/lib/protocol/up.ts';
import { createFileVerbs, type Chosen } from '../../../src/lib/state/client/files.ts';
import { MemoryFileQueue } from '../../../src/lib/sync/memory/memory-files.ts';
import { MemoryOutboxStore } from '../../../src/lib/sync/memory/memory-outbox.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';

const MB = 1024 * 1024;
const chosen = (name: string, size: number): Chosen => ({
	file: new File([new Uint8Array(size)], name),
	width: null,
	height: null,
	duration: null,
	poster: null,
	kept: null
});

let queue: MemoryFileQueue;
let outbox: MemoryOutboxStore;
let verbs: ReturnType<typeof createFileVerbs>;

function room(usage: number, quota: number): void {
	vi.stubGlobal('navigator', { storage: { estimate: async () => ({ usage, quota }) } });
}

beforeEach(() => {
	queue = new MemoryFileQueue();
	outbox = new MemoryOutboxStore();
	room(0, 1000 * MB);
	verbs = createFileVerbs({
		queue,
		outbox,
		async act(draft) {
			const act = { ...draft, id: 'act', at: 1 } as Act;
			return (await outbox.add(act, 'r', 1)).id;
		},
		writing: (write) => write(),
		onError(error) {
			throw error;
		}
	});
});
afterEach(() => {
	vi.unstubAllGlobals();
});

const left = async () => [(await queue.all()).length, (await outbox.all()).length];

test('text and files are kept together', async () => {
	await verbs.sendFiles('r', 'look', [chosen('a.bin', 10), chosen('b.bin', 20)]);
	expect(await left()).toEqual([2, 1]);
});

test('what the browser has no room for is told before anything is written', async () => {
	room(900 * MB, 940 * MB);
	const big = chosen('film.bin', 10);
	Object.defineProperty(big.file, 'size', { value: 50 * MB });
	await expect(verbs.sendFiles('r', 'look', [big])).rejects.toEqual(new StoreError('full'));
	expect(await left()).toEqual([0, 0]);
});

test('a disk that fills up in the middle leaves no half of it behind', async () => {
	const add = queue.add.bind(queue);
	let count = 0;
	queue.add = (...of) => (++count === 2 ? Promise.reject(new StoreError('full')) : add(...of));
	const two = [chosen('a.bin', 10), chosen('b.bin', 20)];
	await expect(verbs.sendFiles('r', 'look', two)).rejects.toEqual(new StoreError('full'));
	expect(count).toBe(2);
	expect(await left()).toEqual([0, 0]);
});

test('a text that cannot be queued takes its files along', async () => {
	outbox.fail('full');
	await expect(verbs.sendFiles('r', 'look', [chosen('a.bin', 10)])).rejects.toEqual(
		new StoreError('full')
	);
	outbox.fail(null);
	expect(await left()).toEqual([0, 0]);
});
