/** The table of files that devices have handed in. */
import { isIn } from '../../domain/access.ts';
import type { FileTable } from '../../files/file-ports.ts';
import type { SqlDatabase } from './database.ts';
import type { FileRecord } from './records.ts';
import type { RoomCaches } from './room-caches.ts';
import { storedFile } from './rows.ts';

const prepare = (db: SqlDatabase) => ({
	insert: db.prepare(
		`INSERT INTO file
		(id, person, name, type, kind, size, width, height, duration, hash, stored, thumb, at)
		VALUES (@id, @person, @name, @type, @kind, @size, @width, @height, @duration, @hash, @stored, @thumb, @at)`
	),
	addPoster: db.prepare(
		`UPDATE file SET thumb = @thumb, hash = @hash WHERE id = @id AND kind = 'video' AND thumb IS NULL
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = file.id)`
	),
	select: db.prepare<[string], FileRecord>('SELECT * FROM file WHERE id = ?'),
	selectRooms: db.pluck<[string], string>('SELECT DISTINCT room FROM attachment WHERE file = ?'),
	sumOwn: db.pluck<[string], number>('SELECT coalesce(sum(size), 0) FROM file WHERE person = ?'),
	sumAll: db.pluck<[], number>('SELECT coalesce(sum(size), 0) FROM file'),
	selectOrphans: db.prepare<[number], FileRecord>(
		`SELECT * FROM file f WHERE at < ?
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = f.id) LIMIT 500`
	),
	holds: db.pluck<{ name: string }, number>(
		'SELECT count(*) FROM file WHERE stored = @name OR thumb = @name'
	),
	// Whoever puts a file into a message holds its owner's feed, too.
	lockOwner: db.prepare<[string]>(
		`SELECT 1 FROM stream WHERE id = (SELECT person FROM file WHERE id = ?) ${db.dialect.forUpdate}`
	),
	drop: db.prepare(
		`DELETE FROM file WHERE id = ?
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = file.id)`
	)
});

/** @param caches see room-caches.ts */
export function createFileTable(db: SqlDatabase, caches: RoomCaches): FileTable {
	const statements = prepare(db);
	return {
		async add(file, at) {
			const { width = null, height = null, duration = null, hash = null } = file;
			await db.ask(() => statements.insert.run({ ...file, width, height, duration, hash, at }));
		},
		addPoster: async (id, poster) =>
			(await db.ask(() => statements.addPoster.run({ ...poster, id }))) > 0,
		async find(id) {
			const record = await db.ask(() => statements.select.get(id));
			return record ? storedFile(record) : null;
		},
		visible: (id, person) =>
			db.read(function* () {
				const record = yield* statements.select.get(id);
				if (!record) return null;
				const file = storedFile(record);
				const rooms = yield* statements.selectRooms.all(id);
				// Not yet in a message; one that no message carries any more has no time.
				if (rooms.length === 0) return file.person === person && record.at > 0 ? file : null;
				const cache = caches();
				for (const room of rooms) if (isIn(yield* cache.membership(room, person))) return file;
				return null;
			}),
		usage: (person) =>
			db.ask(function* () {
				return {
					own: (yield* statements.sumOwn.get(person)) ?? 0,
					all: (yield* statements.sumAll.get()) ?? 0
				};
			}),
		orphans: async (before) =>
			(await db.ask(() => statements.selectOrphans.all(before))).map(storedFile),
		remove: (id) =>
			db.write(function* () {
				yield* statements.lockOwner.get(id);
				return (yield* statements.drop.run(id)) > 0;
			}),
		holds: async (name) => ((await db.ask(() => statements.holds.get({ name }))) ?? 0) > 0
	};
}
