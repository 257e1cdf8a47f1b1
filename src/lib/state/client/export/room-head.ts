/** Up to where a conversation can be exported, also of one that has not come to this device yet. */
import type { Cache } from '../../../db/cache.ts';
import type { RoomId } from '../../../protocol/ids.ts';
import type { Hub } from '../../../sync/engine/hub.ts';
import { nextChange } from '../next-change.ts';

/** How often the server is asked for a conversation that does not come. */
const LOOKS = 3;

interface Parts {
	cache: Pick<Cache, 'stream' | 'watch'>;
	hub: Pick<Hub, 'ask'>;
	signal: AbortSignal;
	/** the server cannot be asked */
	passesOver: boolean;
}

/** Waits for a change of a conversation as long as one can be expected. Rejects with the signal's reason. */
async function awaitChange(changed: Promise<void>): Promise<void> {
	try {
		await changed;
	} catch (error) {
		// Whether there is still a way to the server shows when it is asked again.
		if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error;
	}
}

/**
 * The change up to which this device has heard of a conversation; where it has not heard of it at all, it waits for it.
 * Rejects with LinkError or the signal's reason.
 * @returns null when nothing of it can be had
 */
export async function headOf(
	{ cache, hub, signal, passesOver }: Parts,
	room: RoomId
): Promise<number | null> {
	for (let look = 0; look < LOOKS; look++) {
		const cursor = (await cache.stream(room))?.cursor;
		if (cursor) return cursor.s;
		if (passesOver || !(await hub.ask('heads', {})).heads[room]) return null;
		const changed = nextChange(cache, room, signal);
		// It may have come while the server was asked.
		if ((await cache.stream(room))?.cursor) changed.catch(() => undefined);
		else await awaitChange(changed);
	}
	return (await cache.stream(room))?.cursor?.s ?? null;
}
