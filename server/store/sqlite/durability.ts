/** What the database keeps its promises with, read back from it. */
import type Database from 'better-sqlite3';

/** As `/api/ready` shows it (docs/operations.md, Health). */
interface Durability {
	/** release of SQLite */
	sqlite: string;
	/** id and generation of the database: what cursors of devices are good for */
	instance: string;
	generation: number;
	/** "full": each commit is on the disk before it is acknowledged */
	synchronous: string;
	/** "wal", or "memory" for a database that dies with the process */
	journal: string;
}

const SYNCHRONOUS = ['off', 'normal', 'full', 'extra'];

/** @throws when the database cannot be read, or would acknowledge what is not on the disk (promise 1) */
export function readDurability(db: Database.Database): Durability {
	const row = db
		.prepare<[], { id: string; generation: number }>('SELECT id, generation FROM instance')
		.get();
	if (!row) throw new Error('the database has no id');
	const synchronous = Number(db.pragma('synchronous', { simple: true }));
	if (synchronous < 2) throw new Error('the database does not wait for the disk');
	return {
		sqlite: String(db.prepare('SELECT sqlite_version()').pluck().get()),
		instance: row.id,
		generation: row.generation,
		synchronous: SYNCHRONOUS[synchronous] ?? String(synchronous),
		journal: String(db.pragma('journal_mode', { simple: true }))
	};
}
