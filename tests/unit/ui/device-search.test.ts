/** Searching on this device from a screen, also when the code of search did not come. */
import { expect, test, vi } from 'vitest';
import type { Card, MessageRow } from '../../../src/lib/protocol/change.ts';
import { askDevice } from '../../../src/lib/ui/search/device-search.ts';

const REQUEST = { query: 'x', limit: 50 };
const row = { kind: 'message', id: 'm1', author: 'p1' } as MessageRow;
const found = { rows: [row], hasMore: false, unprepared: 0 };
const coverage = { rooms: 1, partial: 0 };
const search = (onDevice: () => Promise<typeof found>) => ({
	onDevice,
	coverage: async () => coverage,
	cards: async (ids: readonly string[]) =>
		new Map(ids.map((id) => [id, { id, name: 'ada', v: 1 } as Card]))
});

test('gives what was found with the cards of those who wrote it', async () => {
	const onError = vi.fn();
	const device = search(async () => found);
	const answer = await askDevice(device, REQUEST, new AbortController().signal, onError);
	expect(answer).toMatchObject({ found, coverage });
	expect([...(answer?.cards.keys() ?? [])]).toEqual(['p1']);
	expect(onError).not.toHaveBeenCalled();
});

test('says that it cannot when the code of search did not come, and can once it has', async () => {
	const onError = vi.fn();
	const fault = new TypeError('Failed to fetch dynamically imported module');
	const onDevice = vi.fn().mockRejectedValueOnce(fault).mockResolvedValue(found);
	const device = search(onDevice);
	const { signal } = new AbortController();
	expect(await askDevice(device, REQUEST, signal, onError)).toBeNull();
	expect(onError.mock.calls).toEqual([[fault]]);
	expect(await askDevice(device, REQUEST, signal, onError)).toMatchObject({ found });
	expect(onError).toHaveBeenCalledTimes(1);
});

test('is silent about a question that was given up', async () => {
	const onError = vi.fn();
	const stop = new AbortController();
	const device = search(() => Promise.reject(new DOMException('given up', 'AbortError')));
	stop.abort();
	expect(await askDevice(device, REQUEST, stop.signal, onError)).toBeNull();
	expect(onError).not.toHaveBeenCalled();
});
