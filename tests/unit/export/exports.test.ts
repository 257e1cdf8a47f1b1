/** An export ends with the account: its spool is closed before the account is, and none begins afterwards. */
import { expect, it, vi } from 'vitest';
import { createExports } from '../../../src/lib/state/client/export/exports.ts';
import { MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import { change, freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';

const spool = vi.hoisted(() => ({ opened: 0, isClosed: false }));
vi.mock(import('../../../src/lib/db/spool/spool.ts'), async (original) => ({
	...(await original()),
	async openSpool() {
		spool.opened++;
		return {
			journal: '',
			size: 0,
			append: async () => undefined,
			cut: async () => undefined,
			flush: async () => undefined,
			close: async () => void (spool.isClosed = true)
		};
	}
}));
vi.mock('../../../src/lib/i18n/language.svelte.ts', () => ({ language: { formats: 'en' } }));
vi.stubGlobal('location', { origin: 'https://chat.example' });

it('is aborted, whatever it waits for, and lets go of its files', async () => {
	const [room, me] = ['r', { id: 'me', number: 1, name: 'ann', v: 1 }];
	const cache = new MemoryLocalStore();
	const state = freshStream(room, 'room');
	await cache.commit([change(state, { ...state, cursor: { i: 'db', g: 1, s: 9, h: 'x' } })], me.id);
	const stop = new AbortController();
	const ending = { signal: stop.signal, work: new Set<Promise<unknown>>() };
	// A server that never answers.
	const ask = vi.fn(async () => new Promise<never>(() => undefined));
	const exports = createExports({ cache, hub: { ask }, me, isLinked: () => true, ending });
	const run = () =>
		exports.run(
			{ what: room, rooms: [{ id: room, name: 'Team' }] },
			new AbortController().signal,
			() => undefined
		);
	const aborted = expect(run()).rejects.toMatchObject({ name: 'AbortError' });
	await vi.waitFor(() => expect(ask).toHaveBeenCalled());
	stop.abort();
	await Promise.allSettled(ending.work);
	expect(spool.isClosed).toBe(true);
	await aborted;
	await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
	expect(spool.opened).toBe(1);
});
