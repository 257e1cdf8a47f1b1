/** Reads messages from the main database for the index: never for long, so that nothing that is written waits. */
import type Database from 'better-sqlite3';
import { fold } from '../../src/lib/search/fold.ts';
import { searchableText, type Searchable } from '../../src/lib/search/searchable-text.ts';
import { IS_SAID } from '../store/sql/conditions.ts';

/** A message as it is indexed. */
export interface IndexedMessage {
	number: number;
	/** numbers, not ids */
	room: number;
	author: number;
	seq: number;
	rev: number;
	/** ms */
	at: number;
	hasFile: boolean;
	direct: boolean;
	/** folded, with upper and lower case */
	text: string;
}

interface SourceRecord extends Omit<IndexedMessage, 'hasFile' | 'direct' | 'text'> {
	direct: number;
	body: string;
	files: string | null;
	type: string | null;
}

interface ChangeRecord {
	change: number;
	hash: string;
}
const pastOf = ({ change, hash }: ChangeRecord): string => `${change}:${hash}`;

/** What can be found: said in a room that exists. */
const MESSAGES = `SELECT m.number, r.number AS room, r.direct, coalesce(p.number, 0) AS author,
	m.seq, m.rev, m.at, m.body, m.files, m.type
	FROM message m JOIN room r ON r.id = m.room LEFT JOIN person p ON p.id = m.author
	WHERE r.deleted_at IS NULL AND ${IS_SAID}`;

const prepare = (db: Database.Database) => ({
	between: db.prepare<[number, number], SourceRecord>(
		`${MESSAGES} AND m.number > ? AND m.number <= ? ORDER BY m.number`
	),
	byNumber: db.prepare<[string], SourceRecord>(
		`${MESSAGES} AND m.number IN (SELECT value FROM json_each(?)) ORDER BY m.number`
	),
	last: db.prepare<[], number | null>('SELECT max(number) FROM message').pluck(),
	// Changes are only ever added: their row ids count them.
	lastChange: db.prepare<[], ChangeRecord>(
		'SELECT rowid AS change, hash FROM change ORDER BY rowid DESC LIMIT 1'
	),
	change: db.prepare<[number], ChangeRecord>(
		'SELECT rowid AS change, hash FROM change WHERE rowid = ?'
	),
	instance: db.prepare<[], { id: string; generation: number }>(
		'SELECT id, generation FROM instance'
	),
	// The partial index holds exactly these.
	changed: db.prepare<[], ChangedMessage>(
		`SELECT m.number, m.rev, ${IS_SAID} AS said FROM message m WHERE m.rev <> m.seq`
	),
	deletedRooms: db
		.prepare<[], number>('SELECT number FROM room WHERE deleted_at IS NOT NULL')
		.pluck()
});

function indexedMessage(record: SourceRecord): IndexedMessage {
	const { body, files, type, direct, ...same } = record;
	const message = {
		body,
		...(files === null ? {} : { files: JSON.parse(files) as Searchable['files'] }),
		...(type === null ? {} : { type: type as Searchable['type'] })
	};
	return {
		...same,
		hasFile: files !== null,
		direct: direct === 1,
		text: fold(searchableText(message as Searchable)).cased
	};
}

interface ChangedMessage {
	number: number;
	rev: number;
	/** 0: recalled, or by the system */
	said: number;
}

export interface MessageSource {
	/** Messages with `after < number <= upto`. */
	between(after: number, upto: number): IndexedMessage[];
	/** Those of these messages that can be found. */
	byNumber(numbers: number[]): IndexedMessage[];
	/** The newest number; 0 for none. */
	last(): number;
	/** Which database it is. */
	instance(): string;
	/** The last thing that happened in it; "" for nothing. */
	past(): string;
	/** Whether this happened in it: not in one that was put back to an earlier state. */
	hasPast(past: string): boolean;
	/** All messages that were changed after they were posted. */
	changed(): ChangedMessage[];
	/** Numbers of the rooms that were deleted. */
	deletedRooms(): number[];
}

/** @param db the main database; it is only read */
export function createMessageSource(db: Database.Database): MessageSource {
	const statements = prepare(db);
	return {
		between: (after, upto) => statements.between.all(after, upto).map(indexedMessage),
		byNumber: (numbers) => statements.byNumber.all(JSON.stringify(numbers)).map(indexedMessage),
		last: () => statements.last.get() ?? 0,
		instance() {
			const { id, generation } = statements.instance.get()!;
			return `${id}:${generation}`;
		},
		past() {
			const last = statements.lastChange.get();
			return last ? pastOf(last) : '';
		},
		hasPast(past) {
			const found = statements.change.get(Number(past.split(':')[0]));
			return past === '' || (found !== undefined && pastOf(found) === past);
		},
		changed: () => statements.changed.all(),
		deletedRooms: () => statements.deletedRooms.all()
	};
}
