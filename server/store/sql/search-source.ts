/** What the index for searching asks a database that it cannot read by itself. */
import type { ChangedMessage, DistantDatabase, SourceRecord } from '../../search/source-port.ts';
import type { SqlDatabase } from './database.ts';
import { searchQuestions } from './search-questions.ts';

interface ChangeRecord {
	stream: string;
	seq: number;
	hash: string;
}
const pastOf = ({ stream, seq, hash }: ChangeRecord): string => `${stream} ${seq} ${hash}`;

function prepare(db: SqlDatabase) {
	const questions = searchQuestions(db.dialect.numbers);
	return {
		between: db.prepare<[number, number], SourceRecord>(questions.between),
		byNumber: db.prepare<[string], SourceRecord>(questions.byNumber),
		last: db.pluck<[], number | null>(questions.last),
		// Changes have no order over all streams here: the newest message stands for what happened last.
		lastChange: db.prepare<[], ChangeRecord>(
			`SELECT c.stream, c.seq, c.hash FROM message m JOIN change c ON c.stream = m.room AND c.seq = m.seq
			WHERE m.number = (SELECT max(number) FROM message)`
		),
		change: db.prepare<[string, number], ChangeRecord>(
			'SELECT stream, seq, hash FROM change WHERE stream = ? AND seq = ?'
		),
		instance: db.prepare<[], { id: string; generation: number }>(questions.instance),
		changed: db.prepare<[string, number, number], ChangedMessage>(questions.changed),
		erasedRooms: db.pluck<[], number>(questions.erasedRooms)
	};
}

/** @param db the main database; it is only read */
export function createSearchSource(db: SqlDatabase): DistantDatabase {
	const statements = prepare(db);
	return {
		between: (after, upto) => db.ask(() => statements.between.all(after, upto)),
		byNumber: (numbers) => db.ask(() => statements.byNumber.all(JSON.stringify(numbers))),
		last: async () => (await db.ask(() => statements.last.get())) ?? 0,
		async instance() {
			const { id, generation } = (await db.ask(() => statements.instance.get()))!;
			return `${id}:${generation}`;
		},
		async past() {
			const last = await db.ask(() => statements.lastChange.get());
			return last ? pastOf(last) : '';
		},
		async hasPast(past) {
			if (past === '') return true;
			const [stream = '', seq = ''] = past.split(' ');
			// Of an index that was made of SQLite, before the server was moved here: it is begun anew.
			if (!/^\d+$/u.test(seq)) return false;
			const found = await db.ask(() => statements.change.get(stream, Number(seq)));
			return found !== undefined && pastOf(found) === past;
		},
		changed: ({ room, rev }, most) => db.ask(() => statements.changed.all(room, rev, most)),
		erasedRooms: () => db.ask(() => statements.erasedRooms.all())
	};
}
