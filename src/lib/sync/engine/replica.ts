/**
 * The device's copy of the streams: keeps their states in memory, writes through to the store, and
 * starts over from the store when another tab has written meanwhile (compare-and-set).
 */
import type { PersonId, StreamId } from '../../protocol/ids.ts';
import { serialQueue } from '../concurrency.ts';
import { StoreError, type LocalStore, type StreamChange, type StreamState } from '../ports.ts';
import type { States } from '../reconcile/stream-state.ts';

/** Another tab may win the race this often before that is taken for an error. */
const TRIES = 20;

export interface Replica {
	/** The states as of the last write or load. */
	readonly states: States;
	/** Reads all states from the store, after what is being written. */
	load(): Promise<void>;
	/** Calls back when the store has set streams back because of damage; `load` shows them. The answer ends it. */
	watchRepairs(changed: () => void): () => void;
	/**
	 * Writes what `make` answers for the present states; calls it anew when another tab was faster.
	 * Writes happen one after the other. Answers what was written. Rejects with StoreError.
	 */
	update(make: (states: States) => StreamChange[]): Promise<StreamChange[]>;
}

/** Makes the copy; call `load` before anything else. */
export function createReplica(store: LocalStore, me: PersonId): Replica {
	const states = new Map<StreamId, StreamState>();
	const inTurn = serialQueue();

	async function load(): Promise<void> {
		const found = await store.streams();
		states.clear();
		for (const state of found) states.set(state.id, state);
	}

	async function write(make: (states: States) => StreamChange[]): Promise<StreamChange[]> {
		for (let tries = 0; tries < TRIES; tries++) {
			const changes = make(states);
			if (changes.length === 0) return changes;
			const written = await store.commit(changes, me);
			if (!written) {
				await load();
				continue;
			}
			for (const change of changes) if (!change.next) states.delete(change.id);
			for (const state of written) states.set(state.id, state);
			return changes;
		}
		throw new StoreError('broken', new Error('the store was changed by others again and again'));
	}

	return {
		states,
		load: () => inTurn(load),
		watchRepairs: (changed) => store.watchRepairs(changed),
		update: (make) => inTurn(() => write(make))
	};
}
