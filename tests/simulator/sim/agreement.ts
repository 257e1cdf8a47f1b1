/** At rest, everything that is not a message is the same on the server and on every device (promise 7). */
import type { Row } from '../../../src/lib/protocol/change.ts';
import { feedRows } from '../../../server/store/sql/reads/feed-rows.ts';
import { prepareReads } from '../../../server/store/sql/reads/statements.ts';
import { cardJson } from '../../../server/store/sql/conditions.ts';
import { finish, SQLITE, SqliteDatabase } from '../../../server/store/sqlite/database.ts';
import type { MemberRecord, MembershipRecord } from '../../../server/store/sql/records.ts';
import { memberRow, seenRow } from '../../../server/store/sql/rows.ts';
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
	const budget = { rows: MANY, bytes: Infinity };
	const statements = prepareReads(new SqliteDatabase(db));
	const rows: Row[] = finish(feedRows(statements, device.me.id, 0, budget));
	const kept = rows.filter((row) => row.kind !== 'roomMembership' && row.kind !== 'read');
	return difference(device.browser.cache.own.values(), kept);
}

/** Members and read marks of a room that a device keeps, against what the server says. */
export function sideDifference({ db }: SimServer, device: SimDevice, room: string): string | null {
	const members = db
		.prepare<[string], MemberRecord>(
			`SELECT s.*, ${cardJson(SQLITE)} AS card FROM membership s JOIN person p ON p.id = s.person WHERE s.room = ?`
		)
		.all(room);
	const { cache } = device.browser;
	const wrong = difference(cache.members.get(room)?.values() ?? [], members.map(memberRow));
	if (wrong) return wrong;
	const seen = db
		.prepare<[string], MembershipRecord>(
			'SELECT * FROM membership WHERE room = ? AND seen_rev <> 0'
		)
		.all(room);
	return difference(cache.seen.get(room)?.values() ?? [], seen.map(seenRow));
}

/**
 * Two people whose sides do not say the same of each other. Across a block they may differ in one way: what the blocked
 * one has asked waits unseen (rule A14).
 */
export function lopsided({ db }: SimServer): string | null {
	const found = db
		.prepare<[], { person: string; other: string; state: string; back: string | null }>(
			`SELECT a.person, a.other, a.state, b.state AS back FROM contact a
			LEFT JOIN contact b ON b.person = a.other AND b.other = a.person
			WHERE CASE
				WHEN a.blocked = 1 THEN a.state <> 'none'
					OR coalesce(b.state, 'none') NOT IN ('none', CASE b.blocked WHEN 0 THEN 'outgoing' ELSE 'none' END)
				WHEN b.blocked = 1 THEN b.state <> 'none' OR a.state NOT IN ('none', 'outgoing')
				ELSE coalesce(b.state, 'none') <> CASE a.state WHEN 'outgoing' THEN 'incoming'
					WHEN 'incoming' THEN 'outgoing' ELSE a.state END
			END`
		)
		.get();
	return found ? JSON.stringify(found) : null;
}
