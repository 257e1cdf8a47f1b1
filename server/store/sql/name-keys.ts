/** Keys of names that an earlier version of the rules has written are written anew (see name-key.ts). */
import {
	NAME_KEYS_VERSION,
	nameKey,
	roomNameKey,
	sharedNameKey
} from '../../../src/lib/protocol/name-key.ts';

import type { SqlDatabase } from './database.ts';
import type { Steps } from './steps.ts';

const SETTING = 'name_keys';

interface Keyed {
	table: 'person' | 'room';
	/** SQL: those that need a key */
	where: string;
	keyOf: (name: string) => string;
	/** the key of one whose own is taken; nobody else can get it */
	otherwise: (row: { id: string; name: string }) => string;
}

const KEYED: Keyed[] = [
	{
		table: 'person',
		where: 'deleted_at IS NULL',
		keyOf: nameKey,
		otherwise: ({ name }) => sharedNameKey(name)
	},
	{
		table: 'room',
		where: 'name_key IS NOT NULL',
		keyOf: roomNameKey,
		// Ids are in no room's name.
		otherwise: ({ id }) => `shared-${id}`
	}
];

/**
 * Brings all keys to the present rules, to be called in one transaction, once for each version of them. Where two names fall
 * together that were apart before, the older one gets the key; the other gets one that no name can be chosen by, under
 * which whoever types its very name finds it (`personByName`).
 */
export function* renewNameKeys(db: SqlDatabase): Steps<void> {
	const version = String(NAME_KEYS_VERSION);
	const known = yield* db
		.pluck<[string], string>('SELECT value FROM setting WHERE key = ?')
		.get(SETTING);
	if (known === version) return;
	for (const keyed of KEYED) yield* renewTable(db, keyed);
	yield* db
		.prepare(
			`INSERT INTO setting (key, value) VALUES (?, ?)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`
		)
		.run(SETTING, version);
}

function* renewTable(db: SqlDatabase, { table, where, keyOf, otherwise }: Keyed): Steps<void> {
	const rows = yield* db
		.prepare<[], { id: string; name: string }>(
			`SELECT id, name FROM ${table} WHERE ${where} ORDER BY number`
		)
		.all();
	const taken = new Set<string>();
	// First out of each other's way: the old keys of some are the new ones of others.
	yield* db.prepare(`UPDATE ${table} SET name_key = 'renewed-' || id WHERE ${where}`).run();
	const renew = db.prepare(`UPDATE ${table} SET name_key = ? WHERE id = ?`);
	for (const row of rows) {
		const key = keyOf(row.name);
		yield* renew.run(taken.has(key) ? otherwise(row) : key, row.id);
		taken.add(key);
	}
}
