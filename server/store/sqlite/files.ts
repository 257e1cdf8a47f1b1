/** The table of files that devices have handed in. */
import type Database from 'better-sqlite3';
import { isIn } from '../../domain/access.ts';
import type { Span } from '../../domain/store-port.ts';
import type { FileTable, StoredFile } from '../../files/ports.ts';
import { fileCard, type FileRecord } from './rows.ts';

const stored = (record: FileRecord): StoredFile => ({
	...fileCard(record),
	person: record.person,
	stored: record.stored,
	thumb: record.thumb
});

/** @param spanOf the membership of a person in a room, see facts.ts */
export function createFileTable(
	db: Database.Database,
	spanOf: (room: string, person: string) => Span | null
): FileTable {
	const insert = db.prepare(
		`INSERT INTO file (id, person, name, type, kind, size, width, height, hash, stored, thumb, at)
		VALUES (@id, @person, @name, @type, @kind, @size, @width, @height, @hash, @stored, @thumb, @at)`
	);
	const select = db.prepare<[string], FileRecord>('SELECT * FROM file WHERE id = ?');
	const selectRooms = db
		.prepare<[string], string>('SELECT DISTINCT room FROM attachment WHERE file = ?')
		.pluck();
	const sumOwn = db
		.prepare<[string], number>('SELECT coalesce(sum(size), 0) FROM file WHERE person = ?')
		.pluck();
	const sumAll = db.prepare<[], number>('SELECT coalesce(sum(size), 0) FROM file').pluck();
	const selectOrphans = db.prepare<[number], FileRecord>(
		`SELECT * FROM file f WHERE at < ?
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = f.id) LIMIT 500`
	);
	const holds = db
		.prepare<{ name: string }, number>(
			'SELECT count(*) FROM file WHERE stored = @name OR thumb = @name'
		)
		.pluck();
	const drop = db.prepare(
		`DELETE FROM file WHERE id = ?
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = file.id)`
	);

	function find(id: string): StoredFile | null {
		const record = select.get(id);
		return record ? stored(record) : null;
	}

	return {
		add(file, at) {
			const { width = null, height = null, hash = null } = file;
			insert.run({ ...file, width, height, hash, at });
		},
		find,
		visible(id, person) {
			const file = find(id);
			if (!file) return null;
			const rooms = selectRooms.all(id) as string[];
			if (rooms.length === 0) return file.person === person ? file : null;
			return rooms.some((room) => isIn(spanOf(room, person))) ? file : null;
		},
		usage: (person) => ({ own: sumOwn.get(person) as number, all: sumAll.get() as number }),
		orphans: (before) => selectOrphans.all(before).map(stored),
		remove: (id) => drop.run(id).changes > 0,
		holds: (name) => (holds.get({ name }) as number) > 0
	};
}
