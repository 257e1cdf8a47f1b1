/** Reads messages from SQLite for the index: never for long, so that nothing that is written waits. */
import type Database from 'better-sqlite3';
import { searchQuestions } from '../store/sql/search-questions.ts';
import type { ChangedMessage, MainDatabase, SourceRecord } from './source-port.ts';

interface ChangeRecord {
	change: number;
	hash: string;
}
const pastOf = ({ change, hash }: ChangeRecord): string => `${change}:${hash}`;

const QUESTIONS = searchQuestions((placeholder) => `(SELECT value FROM json_each(${placeholder}))`);

const prepare = (db: Database.Database) => ({
	between: db.prepare<[number, number], SourceRecord>(QUESTIONS.between),
	byNumber: db.prepare<[string], SourceRecord>(QUESTIONS.byNumber),
	last: db.prepare<[], number | null>(QUESTIONS.last).pluck(),
	// The newest change is never removed, so that no row id is given twice: they count changes.
	lastChange: db.prepare<[], ChangeRecord>(
		'SELECT rowid AS change, hash FROM change ORDER BY rowid DESC LIMIT 1'
	),
	change: db.prepare<[number], ChangeRecord>(
		'SELECT rowid AS change, hash FROM change WHERE rowid = ?'
	),
	instance: db.prepare<[], { id: string; generation: number }>(QUESTIONS.instance),
	changed: db.prepare<[string, number, number], ChangedMessage>(QUESTIONS.changed),
	erasedRooms: db.prepare<[], number>(QUESTIONS.erasedRooms).pluck()
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
