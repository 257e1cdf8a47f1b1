/** How much this device keeps, and keeping it within its budget while the app runs. */
import type { PersonId } from '../protocol/ids.ts';
import type { Cache } from '../db/cache.ts';
import {
	budgetFor,
	estimate,
	heldMessages,
	isPersistent,
	trimHistory
} from '../db/storage-health.ts';
import { browserClock } from '../net/browser.ts';
import type { StorageUsage } from './client-types.ts';

/** ms after opening, when the first screen is long there; then between two looks. */
const FIRST_LOOK = 60_000;
const NEXT_LOOK = 3_600_000;

/** What is kept, in bytes and messages. */
export async function usage(cache: Cache): Promise<StorageUsage> {
	const [{ used, quota }, persistent, held, states] = await Promise.all([
		estimate(),
		isPersistent(),
		heldMessages(cache),
		cache.streams()
	]);
	const rooms = states
		.filter((state) => state.kind === 'room')
		.map(({ id }) => ({ id, messages: held.get(id) ?? 0 }))
		.sort((a, b) => b.messages - a.messages);
	return { used, quota, persistent, rooms };
}

/**
 * Trims history from time to time, in the tab that leads; the answer ends it.
 * @param leads whether this tab is the one
 */
export function keepInBudget(
	cache: Cache,
	me: PersonId,
	leads: () => boolean,
	report: (fault: unknown) => void
): () => void {
	async function look(): Promise<void> {
		if (!leads()) return;
		const held = [...(await heldMessages(cache)).values()].reduce((sum, count) => sum + count, 0);
		await trimHistory(cache, me, budgetFor(held, await estimate()));
	}
	let ended = false;
	let cancel = () => {};
	const complain = (fault: unknown) => {
		// What was under way when the client was closed has nothing left to read.
		if (!ended) report(fault);
	};
	function plan(ms: number): void {
		if (ended) return;
		cancel = browserClock.after(ms, () => {
			look()
				.catch(complain)
				.finally(() => plan(NEXT_LOOK));
		});
	}
	plan(FIRST_LOOK);
	return () => {
		ended = true;
		cancel();
	};
}
