/** Which tables and columns a database has, in an order in which rows may be written. */
import type Database from 'better-sqlite3';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { IN_ORDER } from '../postgres/schema.ts';
import { DatabaseError } from '../sql/database-error.ts';

/** A table that is moved; names are the same on both sides. */
export interface MovedTable {
	name: string;
	columns: readonly string[];
	/** columns with bytes */
	blobs: ReadonlySet<string>;
	/** the column that counts by itself; null: none does */
	counter: string | null;
}

function describe(table: PgTable): MovedTable {
	const { name, columns } = getTableConfig(table);
	const typed = columns.map((column) => [column.name, column.getSQLType()] as const);
	const counter = columns.find((column) => column.generatedIdentity !== undefined);
	return {
		name,
		columns: columns.map((column) => column.name),
		blobs: new Set(typed.filter(([, type]) => type === 'bytea').map(([column]) => column)),
		counter: counter?.name ?? null
	};
}

/** All tables, those that others point to first. */
export const TABLES: readonly MovedTable[] = IN_ORDER.map(describe);

/**
 * All tables of a SQLite file, those that others point to first.
 * @throws DatabaseError when the file has a table that would stay behind
 */
export function listTables(db: Database.Database): MovedTable[] {
	const known = new Set(TABLES.map(({ name }) => name));
	const there = db
		.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
		.pluck()
		.all();
	const strange = there.find((name) => !known.has(name) && !/^(__drizzle|sqlite)_/u.test(name));
	if (strange === undefined) return [...TABLES];
	throw new DatabaseError(
		`The database has a table "${strange}" that this release does not know. Use the release that made it.`
	);
}
