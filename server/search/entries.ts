/** Writes messages into the index and takes them out again. */
import type Database from 'better-sqlite3';
import { foldedAgain } from '../../src/lib/search/fold.ts';
import { termsOfFolded } from '../../src/lib/search/terms.ts';
import type { IndexedMessage } from './message-source.ts';

/** Begins what is not a word: a character for private use, which `fold` takes out of texts and queries. */
const MARK = '\ue000';
/** Terms that say something about a message. */
export const META = {
	room: (number: number) => `${MARK}r${number}`,
	author: (number: number) => `${MARK}a${number}`,
	hasFile: `${MARK}f`,
	direct: `${MARK}d`
};

/** A record of the table `entry`. */
type EntryRecord = Omit<IndexedMessage, 'hasFile' | 'direct'> & {
	has_file: number;
	direct: number;
};

const recordOf = ({ hasFile, direct, ...same }: IndexedMessage): EntryRecord => ({
	...same,
	has_file: Number(hasFile),
	direct: Number(direct)
});

/** All terms of a message as the index takes them; the same whenever they are made from the same record. */
function termsOfEntry({ text, room, author, has_file, direct }: EntryRecord): string {
	const terms = [...termsOfFolded(foldedAgain(text)), META.room(room), META.author(author)];
	if (has_file) terms.push(META.hasFile);
	if (direct) terms.push(META.direct);
	return terms.join(' ');
}

const prepare = (db: Database.Database) => ({
	entry: db.prepare<[number], EntryRecord>('SELECT * FROM entry WHERE number = ?'),
	insert: db.prepare<[EntryRecord]>(
		`INSERT INTO entry (number, room, author, seq, rev, at, has_file, direct, text)
		VALUES (@number, @room, @author, @seq, @rev, @at, @has_file, @direct, @text)`
	),
	setRev: db.prepare<[number, number]>('UPDATE entry SET rev = ? WHERE number = ?'),
	remove: db.prepare<[number]>('DELETE FROM entry WHERE number = ?'),
	addTerms: db.prepare<[number, string]>('INSERT INTO term (rowid, terms) VALUES (?, ?)'),
	removeTerms: db.prepare<[number, string]>(
		`INSERT INTO term (term, rowid, terms) VALUES ('delete', ?, ?)`
	),
	ofRoom: db
		.prepare<[string, number], number>('SELECT rowid FROM term WHERE term MATCH ? LIMIT ?')
		.pluck()
});

/** The messages of the index, for whoever writes it. Everything is done inside a transaction of the caller. */
export class Entries {
	readonly #statements: ReturnType<typeof prepare>;

	constructor(db: Database.Database) {
		this.#statements = prepare(db);
	}

	/** @param message one that is not in the index */
	add(message: IndexedMessage): void {
		const record = recordOf(message);
		this.#statements.insert.run(record);
		this.#statements.addTerms.run(record.number, termsOfEntry(record));
	}

	/** Leaves nothing of a message behind. */
	remove(number: number): void {
		const record = this.#statements.entry.get(number);
		if (!record) return;
		this.#statements.removeTerms.run(number, termsOfEntry(record));
		this.#statements.remove.run(number);
	}

	/** Puts a message in the place of what the index has of it. */
	replace(message: IndexedMessage): void {
		const record = this.#statements.entry.get(message.number);
		if (record?.rev === message.rev) return;
		if (record && record.text === message.text) {
			// A reaction or a pin: nothing that is searched has changed.
			this.#statements.setRev.run(message.rev, message.number);
			return;
		}
		this.remove(message.number);
		this.add(message);
	}

	/** The change up to which the index knows a message; undefined when it does not have it. */
	revOf(number: number): number | undefined {
		return this.#statements.entry.get(number)?.rev;
	}

	/** Numbers of messages of a room, at most `limit`. */
	ofRoom(room: number, limit: number): number[] {
		return this.#statements.ofRoom.all(`"${META.room(room)}"`, limit);
	}
}
