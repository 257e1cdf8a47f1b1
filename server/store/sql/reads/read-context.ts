/** What reading for devices works with. */
import type { Card, Cursor, Row } from '../../../../src/lib/protocol/change.ts';
import type { RoomCache } from '../room-cache.ts';
import { card } from '../rows.ts';
import type { Steps } from '../steps.ts';
import type { ReadStatements } from './statements.ts';

/** Everything in it is read inside one transaction of the caller, so that it belongs to one moment. */
export interface ReadContext {
	statements: ReadStatements;
	rooms: RoomCache;
	instance: Pick<Cursor, 'i' | 'g'>;
}

/** Cards of the authors of messages among rows. */
export function* authorsOf({ statements }: ReadContext, rows: Row[]): Steps<Card[]> {
	const authors = new Set<string>();
	for (const row of rows) if (row.kind === 'message') authors.add(row.author);
	if (authors.size === 0) return [];
	const found = yield* statements.people.cards.all(JSON.stringify([...authors]));
	return found.map(card);
}
