/** Reading a person's feed: places, read positions, contacts, drafts, preferences, invites, the own card. */
import type Database from 'better-sqlite3';
import type { Row } from '../../../src/lib/protocol/change.ts';
import {
	CARD_JSON,
	contactRow,
	draftRow,
	inviteRow,
	placeRow,
	prefRow,
	readRow,
	selfRow,
	type CardRecord,
	type ContactRecord,
	type DraftRecord,
	type InviteRecord,
	type PrefRecord,
	type SpanRecord
} from './rows.ts';

type After = [person: string, rev: number, limit: number];

/**
 * Prepares the statements once; the answer reads the rows of a feed above a rev: the `limit` with the
 * lowest rev are among them.
 */
export function createFeedReads(db: Database.Database) {
	const places = db.prepare<After, SpanRecord>(
		'SELECT * FROM span WHERE person = ? AND feed_rev > ? ORDER BY feed_rev LIMIT ?'
	);
	const reads = db.prepare<After, SpanRecord>(
		'SELECT * FROM span WHERE person = ? AND read_rev > ? ORDER BY read_rev LIMIT ?'
	);
	const contacts = db.prepare<After, ContactRecord>(
		`SELECT c.*, ${CARD_JSON} AS card FROM contact c JOIN person p ON p.id = c.other
		WHERE c.person = ? AND c.rev > ? ORDER BY c.rev LIMIT ?`
	);
	const drafts = db.prepare<After, DraftRecord>(
		'SELECT * FROM draft WHERE person = ? AND rev > ? ORDER BY rev LIMIT ?'
	);
	const prefs = db.prepare<After, PrefRecord>(
		'SELECT * FROM pref WHERE person = ? AND rev > ? ORDER BY rev LIMIT ?'
	);
	const invites = db.prepare<After, InviteRecord>(
		'SELECT * FROM invite WHERE person = ? AND rev > ? ORDER BY rev LIMIT ?'
	);
	const self = db.prepare<[string, number], CardRecord & { feed_rev: number }>(
		'SELECT * FROM person WHERE id = ? AND feed_rev > ?'
	);

	return (person: string, after: number, limit: number): Row[] => [
		...places.all(person, after, limit).map(placeRow),
		...reads.all(person, after, limit).map(readRow),
		...contacts.all(person, after, limit).map(contactRow),
		...drafts.all(person, after, limit).map(draftRow),
		...prefs.all(person, after, limit).map(prefRow),
		...invites.all(person, after, limit).map(inviteRow),
		...self.all(person, after).map(selfRow)
	];
}
