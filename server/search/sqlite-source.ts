/** Reads messages from SQLite for the index: never for long, so that nothing that is written waits. */
import type Database from 'better-sqlite3';
import { CHANGED_BEHIND, SEARCHABLE } from '../store/sql/conditions.ts';
import type { ChangedMessage, MainDatabase, SourceRecord } from './source-port.ts';

interface ChangeRecord {
	change: number;
	hash: string;
}
const pastOf = ({ change, hash }: ChangeRecord): string => `${change}:${hash}`;

const prepare = (db: Database.Database) => ({
	between: db.prepare<[number, number], SourceRecord>(
		`${SEARCHABLE} AND m.number > ? AND m.number <= ? ORDER BY m.number`
	),
	byNumber: db.prepare<[string], SourceRecord>(
		`${SEARCHABLE} AND m.number IN (SELECT value FROM json_each(?)) ORDER BY m.number`
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
	changed: db.prepare<[string, number, number], ChangedMessage>(CHANGED_BEHIND),
	erasedRooms: db
		.prepare<[], number>(
			`SELECT number FROM room r WHERE deleted_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM message m WHERE m.room = r.id)`
		)
		.pluck()
});

/** @param db the main database; it is only read */
export function createSqliteSource(db: Database.Database): MainDatabase {
	const statements = prepare(db);
	return {
		between: (after, upto) => statements.between.all(after, upto),
		byNumber: (numbers) => statements.byNumber.all(JSON.stringify(numbers)),
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
		changed: ({ room, rev }, most) => statements.changed.all(room, rev, most),
		erasedRooms: () => statements.erasedRooms.all()
	};
}
