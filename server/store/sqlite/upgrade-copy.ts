/** A copy of the database from before its tables are changed by a newer release. */
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { syncPathNow } from '../../fsync.ts';

/** Copies that are kept: of the last upgrade and of the one before. */
const KEPT = 2;

/**
 * Writes a copy beside the database, named by the newest migration that it has seen. One that is there already is kept:
 * an upgrade that was interrupted begins anew with the same tables.
 * @param file path of the database
 * @param schema `when` of that migration
 */
export function keepUpgradeCopy(db: Database.Database, file: string, schema: number): void {
	const folder = dirname(file);
	const prefix = `${basename(file)}.before-upgrade-`;
	const copies = (): string[] =>
		readdirSync(folder).filter((name) => name.startsWith(prefix) && /-\d+$/u.test(name));
	const name = `${prefix}${schema}`;
	if (!copies().includes(name)) {
		const draft = join(folder, `${name}.part`);
		rmSync(draft, { force: true });
		db.prepare('VACUUM INTO ?').run(draft);
		syncPathNow(draft);
		renameSync(draft, join(folder, name));
		syncPathNow(folder);
	}
	const byAge = copies().sort(
		(a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length))
	);
	for (const old of byAge.slice(0, -KEPT)) rmSync(join(folder, old));
}
