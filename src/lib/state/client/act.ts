/** Acts of the person, and what the device says when it has no more room for them. */
import type { Writable } from '../../db/live.ts';
import type { ActId } from '../../protocol/ids.ts';
import type { ActDraft } from '../../sync/outbox/create-act.ts';
import { StoreError } from '../../sync/ports.ts';

/**
 * Resolves once the act is durable on this device; rejects with StoreError, and nothing was done.
 * @param picked draft files that go with it
 */
export type Act = (draft: ActDraft, picked?: readonly string[]) => Promise<ActId>;

/** Runs what writes something that cannot be fetched again, and notes whether the device is full. */
export type Writing = <T>(write: () => Promise<T>) => Promise<T>;

/** How well this device can keep things. */
export interface StorageState {
	/** "memory": the browser refused its database; what is unsent is lost when the tab closes */
	kind: 'device' | 'memory';
	/** a newer version of the app has taken over the database: this tab must be reloaded */
	outdated: boolean;
	/** the browser has no more room; what is typed stays in the composer */
	full: boolean;
}

/** @param storage where it is noted that the device is full, or has room again */
export function createWriting(storage: Writable<StorageState>): Writing {
	return async (write) => {
		try {
			const answer = await write();
			if (storage.get().full) storage.set({ ...storage.get(), full: false });
			return answer;
		} catch (error) {
			if (error instanceof StoreError && error.reason === 'full') {
				storage.set({ ...storage.get(), full: true });
			}
			throw error;
		}
	};
}
