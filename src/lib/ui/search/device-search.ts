/** Searching on this device from a screen; with the names of those who wrote what was found. */
import type { Card } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { SearchRequest } from '../../protocol/search.ts';
import type { Client, Coverage } from '../../state/client/client-types.ts';
import { authorsOf } from './known.ts';

type ClientSearch = Pick<Client['search'], 'onDevice' | 'coverage' | 'cards'>;

interface DeviceAnswer {
	found: Awaited<ReturnType<ClientSearch['onDevice']>>;
	coverage: Coverage;
	cards: ReadonlyMap<PersonId, Card>;
}

/**
 * Asks this device. Never rejects.
 * @param onError called when the device cannot answer, unless the question was given up
 * @returns null when it cannot answer now: mostly because the code of search could not be fetched yet
 */
export async function askDevice(
	search: ClientSearch,
	request: SearchRequest,
	signal: AbortSignal,
	onError: (error: unknown) => void
): Promise<DeviceAnswer | null> {
	try {
		const [found, coverage] = await Promise.all([
			search.onDevice(request, signal),
			search.coverage()
		]);
		return { found, coverage, cards: await search.cards(authorsOf(found.rows)) };
	} catch (error) {
		if (!signal.aborted) onError(error);
		return null;
	}
}
