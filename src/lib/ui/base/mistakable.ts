/** Whose names could be taken for those of others in the same list. */
import type { Card } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { nameKey } from '../../protocol/name-key.ts';

type Named = Pick<Card, 'id' | 'name' | 'display'>;

/** Keys that are kept: a list is looked at again with each change of it, and may have thousands. */
const KEYS_KEPT = 20_000;
const keys = new Map<string, string>();

function keyOf(name: string): string {
	const known = keys.get(name);
	if (known !== undefined) return known;
	if (keys.size >= KEYS_KEPT) keys.clear();
	const key = nameKey(name);
	keys.set(name, key);
	return key;
}

/**
 * Those whose display name could be taken for another's user name or display name (ABUSE-6): they are shown with the
 * user name beside it. Linear.
 */
export function mistakable(cards: Iterable<Named>): Set<PersonId> {
	const holders = new Map<string, Set<PersonId>>();
	const displayed: { id: PersonId; key: string }[] = [];
	for (const { id, name, display } of cards) {
		const own = keyOf(name);
		const shown = display === undefined ? own : keyOf(display);
		for (const key of [own, shown]) holders.set(key, (holders.get(key) ?? new Set()).add(id));
		if (display !== undefined) displayed.push({ id, key: shown });
	}
	const shared = displayed.filter(({ key }) => holders.get(key)!.size > 1);
	return new Set(shared.map(({ id }) => id));
}
