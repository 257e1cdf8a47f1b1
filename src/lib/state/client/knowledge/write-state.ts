/** Writing what a look at the device has found out, although the engine may write at the same moment. */
import type { StreamId } from '../../../protocol/ids.ts';
import { StoreError, type StreamChange, type StreamState } from '../../../sync/ports.ts';
import type { KnowledgeParts } from './parts.ts';

/** Another writer may be faster this often before that is taken for an error. */
const TRIES = 20;

/**
 * Writes what `make` answers for the present state of a stream (null: nothing); asks it anew when somebody else was
 * faster. Rejects with StoreError.
 */
export async function writeState(
	{ cache, me }: Pick<KnowledgeParts, 'cache' | 'me'>,
	stream: StreamId,
	make: (state: StreamState) => StreamChange | null
): Promise<void> {
	for (let tries = 0; tries < TRIES; tries++) {
		const state = await cache.stream(stream);
		const change = state && make(state);
		if (!change || (await cache.commit([change], me))) return;
	}
	throw new StoreError('broken', new Error('the store was changed by others again and again'));
}
