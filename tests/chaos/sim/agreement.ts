/** At rest, everything that is not a message is the same on the server and on every device (promise 7). */
import type { Row } from '../../../src/lib/protocol/change.ts';
import { createFeedReads } from '../../../server/store/sqlite/reads-feed.ts';
import {
	CARD_JSON,
	memberRow,
	seenRow,
	type MemberRecord,
	type SpanRecord
} from '../../../server/store/sqlite/rows.ts';
import type { SimDevice } from './device.ts';
import type { SimServer } from './server.ts';

const MANY = 1_000_000;

function sorted(rows: Iterable<object>): string[] {
	const ordered = (value: unknown): unknown =>
		typeof value === 'object' && value !== null && !Array.isArray(value)
			? Object.fromEntries(
					Object.entries(value)
						.sort(([a], [b]) => (a < b ? -1 : 1))
						.map(([key, part]) => [key, ordered(part)])
				)
			: value;
	return [...rows].map((row) => JSON.stringify(ordered(row))).sort();
}

function difference(held: Iterable<object>, stored: Iterable<object>): string | null {
	const [a, b] = [sorted(held), sorted(stored)];
	if (a.join('\n') === b.join('\n')) return null;
	return `holds ${a.filter((row) => !b.includes(row))} instead of ${b.filter((row) => !a.includes(row))}`;
}

/** What of the own feed a device keeps, against what the server says. */
export function feedDifference({ db }: SimServer, device: SimDevice): string | null {
	const rows: Row[] = createFeedReads(db)(device.me.id, 0, MANY);
	const kept = rows.filter((row) => row.kind !== 'place' && row.kind !== 'read');
	return difference(device.browser.cache.own.values(), kept);
}

/** Members and read marks of a room that a device keeps, against what the server says. */
export function sideDifference({ db }: SimServer, device: SimDevice, room: string): string | null {
	const members = db
		.prepare<[string], MemberRecord>(
			`SELECT s.*, ${CARD_JSON} AS card FROM span s JOIN person p ON p.id = s.person WHERE s.room = ?`
		)
		.all(room);
	const { cache } = device.browser;
	const wrong = difference(cache.members.get(room)?.values() ?? [], members.map(memberRow));
	if (wrong) return wrong;
	const seen = db
		.prepare<[string], SpanRecord>('SELECT * FROM span WHERE room = ? AND seen_rev <> 0')
		.all(room);
	return difference(cache.seen.get(room)?.values() ?? [], seen.map(seenRow));
}

/** Two people whose sides do not say the same of each other. */
export function lopsided({ db }: SimServer): string | null {
	const found = db
		.prepare<[], { person: string; other: string; state: string; back: string | null }>(
			`SELECT a.person, a.other, a.state, b.state AS back FROM contact a
			LEFT JOIN contact b ON b.person = a.other AND b.other = a.person
			WHERE coalesce(b.state, 'none') <> CASE a.state WHEN 'outgoing' THEN 'incoming'
				WHEN 'incoming' THEN 'outgoing' ELSE a.state END
			OR (a.blocked = 1 AND (a.state <> 'none' OR coalesce(b.state, 'none') <> 'none'))`
		)
		.get();
	return found ? JSON.stringify(found) : null;
}
