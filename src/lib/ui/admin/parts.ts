/** Lists that the server hands out in parts. */
import type { Asked } from '$lib/state/session/account.ts';

/** A part of a list; `next`: where the one after it begins, null at the end. */
export interface Part<T> {
	items: T[];
	next: string | null;
}

/**
 * Puts a part behind those before it. What has moved on between two answers is in both: it stays where it is now.
 * @returns what is in the list, each once
 */
export function joined<T extends { id: string }>(before: readonly T[], items: readonly T[]): T[] {
	const later = new Set(items.map(({ id }) => id));
	return [...before.filter(({ id }) => !later.has(id)), ...items];
}

/**
 * Asks for a list from its beginning, until as many are there as were shown: who looks at it stays where they are.
 * @param ask for the part that begins there; empty: for the first
 * @param count as many at least, if there are so many
 */
export async function askParts<T extends { id: string }>(
	ask: (after: string) => Promise<Asked<Part<T>>>,
	count: number
): Promise<Asked<Part<T>>> {
	let items: T[] = [];
	let next: string | null = '';
	do {
		const asked: Asked<Part<T>> = await ask(next);
		if ('fault' in asked) return asked;
		items = joined(items, asked.answer.items);
		({ next } = asked.answer);
	} while (next !== null && items.length < count);
	return { answer: { items, next } };
}
