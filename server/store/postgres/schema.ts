/**
 * The tables on PostgreSQL. They are not described again: each is made from its description for SQLite, so that both
 * databases always have the same tables, columns and indexes. drizzle-kit reads this file and writes the migrations.
 */
import type { Column } from 'drizzle-orm';
import {
	bigint,
	customType,
	foreignKey,
	index,
	pgTable,
	primaryKey,
	smallint,
	uniqueIndex,
	type PgColumn,
	type PgColumnBuilderBase,
	type PgTable,
	type PgTableExtraConfigValue
} from 'drizzle-orm/pg-core';
import { getTableConfig, SQLiteInteger, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import * as admin from '../sql/schema/admin.ts';
import * as calls from '../sql/schema/calls.ts';
import * as log from '../sql/schema/log.ts';
import * as messages from '../sql/schema/messages.ts';
import * as people from '../sql/schema/people.ts';
import * as rooms from '../sql/schema/rooms.ts';

/** Texts are compared by their bytes, as SQLite does: a locale would sort ids and names in another order. */
const text = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** A column of the same name that holds the same: whole numbers of 64 bits, flags as 0 and 1. */
function typeOf(column: Column) {
	switch (column.columnType) {
		case 'SQLiteText':
			return text(column.name);
		case 'SQLiteBoolean':
			return smallint(column.name);
		case 'SQLiteBlobBuffer':
			return bytes(column.name);
		case 'SQLiteInteger':
			return bigint(column.name, { mode: 'number' });
		default:
			throw new Error(`no type on PostgreSQL for ${column.columnType}`);
	}
}

function columnOf(column: Column): PgColumnBuilderBase {
	if (column instanceof SQLiteInteger && column.autoIncrement) {
		// By default, so that a database that is moved here keeps its numbers.
		return bigint(column.name, { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity();
	}
	let made = typeOf(column);
	if (column.primary) made = made.primaryKey();
	if (column.notNull) made = made.notNull();
	if (column.default === undefined) return made;
	const value = typeof column.default === 'boolean' ? Number(column.default) : column.default;
	return made.default(value as never);
}

type PgColumns = Record<string, PgColumn>;
const made = new Map<string, PgTable>();

/** Keys and indexes of a table, on the columns of the same names. */
function* extrasOf(table: SQLiteTable, columns: PgColumns): Iterable<PgTableExtraConfigValue> {
	const { indexes, primaryKeys, foreignKeys } = getTableConfig(table);
	const named = (list: readonly unknown[]) =>
		list.map((column) => columns[(column as Column).name]!) as [PgColumn, ...PgColumn[]];
	for (const key of primaryKeys) yield primaryKey({ columns: named(key.columns) });
	for (const { config } of indexes) {
		const on = (config.unique ? uniqueIndex : index)(config.name).on(...named(config.columns));
		yield config.where ? on.where(config.where) : on;
	}
	for (const key of foreignKeys) {
		const { columns: from, foreignTable, foreignColumns } = key.reference();
		const target = made.get(getTableConfig(foreignTable).name) as unknown as PgColumns;
		const to = foreignColumns.map(({ name }) => target[name]!) as [PgColumn, ...PgColumn[]];
		const constraint = foreignKey({ columns: named(from), foreignColumns: to });
		yield key.onDelete ? constraint.onDelete(key.onDelete) : constraint;
	}
}

/** The same table on PostgreSQL. */
function same(table: SQLiteTable) {
	const { name, columns } = getTableConfig(table);
	const builders = Object.fromEntries(columns.map((column) => [column.name, columnOf(column)]));
	const twin = pgTable(name, builders, (own) => [...extrasOf(table, own as PgColumns)]);
	made.set(name, twin);
	return twin;
}

export const instance = same(log.instance);
export const setting = same(log.setting);
export const stream = same(log.stream);
export const change = same(log.change);
export const actResult = same(log.actResult);
export const message = same(messages.message);
export const revision = same(messages.revision);
export const file = same(messages.file);
export const attachment = same(messages.attachment);
export const person = same(people.person);
export const session = same(people.session);
export const knownDevice = same(people.knownDevice);
export const passwordLink = same(people.passwordLink);
export const accountEnd = same(people.accountEnd);
export const avatar = same(people.avatar);
export const contact = same(people.contact);
export const pref = same(people.pref);
export const subscription = same(people.subscription);
export const told = same(people.told);
export const profile = same(people.profile);
export const room = same(rooms.room);
export const membership = same(rooms.membership);
export const invite = same(rooms.invite);
export const draft = same(rooms.draft);
export const joined = same(rooms.joined);
export const audit = same(admin.audit);
export const report = same(admin.report);
export const call = same(calls.call);

/** All of them in the order in which they are declared: those that others point to first. */
export const IN_ORDER: readonly PgTable[] = [...made.values()];
