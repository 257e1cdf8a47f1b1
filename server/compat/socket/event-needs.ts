/** What a turn has to read before its events can be sent. */
import type { CompatStore, EventFacts, EventNeeds } from '../ports.ts';

export const noNeeds = (): EventNeeds => ({
	people: new Set(),
	circles: new Set(),
	files: new Set(),
	changes: []
});

const NOTHING: EventFacts = {
	cards: new Map(),
	blocked: new Map(),
	circles: new Map(),
	files: new Map(),
	actor: () => null
};

/** Reads it; where nobody listens nothing is needed, and the database is not asked. */
export async function readFacts(
	store: Pick<CompatStore, 'facts'>,
	needs: EventNeeds
): Promise<EventFacts> {
	const { people, circles, files, changes } = needs;
	const isNothing = people.size + circles.size + files.size + changes.length === 0;
	return isNothing ? NOTHING : store.facts(needs);
}
