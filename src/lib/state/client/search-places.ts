/** Where in the conversations something stands: around what was found, and on which days. */
import type { Cache } from '../../db/cache.ts';
import {
	coverageOf,
	neighboursOf,
	type Coverage,
	type Neighbours
} from '../../db/search-context.ts';
import { heldSeqsAt } from '../../db/seqs-at.ts';
import type { MessageRow } from '../../protocol/change.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import { LinkError } from '../../sync/ports.ts';

export interface SearchPlaces {
	/** What was said right before and after a message. */
	neighbours(row: MessageRow): Promise<Neighbours>;
	/** How much of the conversations is on this device. */
	coverage(): Promise<Coverage>;
	/** For each moment (ms, ascending) the seq of the first message at or after it; `isComplete`: nothing is left out. */
	seqsAt(
		room: RoomId,
		times: readonly number[]
	): Promise<{ seqs: (number | null)[]; isComplete: boolean }>;
}

/** Asks the server, and this device where the server cannot be reached or says no. */
async function seqsAt(
	{ cache, hub }: { cache: Cache; hub: Pick<Hub, 'ask'> },
	room: RoomId,
	times: readonly number[]
): ReturnType<SearchPlaces['seqsAt']> {
	try {
		const { seqs } = await hub.ask('moments', { room, times: [...times] });
		return { seqs, isComplete: true };
	} catch (error) {
		if (!(error instanceof LinkError)) throw error;
		const state = await cache.stream(room);
		const isComplete = state !== null && coverageOf([state]).partial === 0;
		return { seqs: await heldSeqsAt(cache, room, times), isComplete };
	}
}

export function createSearchPlaces(parts: { cache: Cache; hub: Pick<Hub, 'ask'> }): SearchPlaces {
	const { cache } = parts;
	return {
		neighbours: (row) => neighboursOf(cache, row),
		coverage: async () => coverageOf(await cache.streams()),
		seqsAt: (room, times) => seqsAt(parts, room, times)
	};
}
