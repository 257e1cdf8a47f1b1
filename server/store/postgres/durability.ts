/** What the database keeps its promises with, read back from it. */
import type { Pool } from 'pg';

/** As `/api/ready` shows it (docs/operations.md, Health). */
interface Durability {
	/** release of PostgreSQL */
	postgres: string;
	/** id and generation of the database: what cursors of devices are good for */
	instance: string;
	generation: number;
	/** "off" for none of them: each commit is on the disk before it is acknowledged */
	synchronous: string;
	fsync: string;
	fullPageWrites: string;
}

/** Rejects when the database cannot be read, or would acknowledge what is not on the disk (promise 1). */
export async function readDurability(pool: Pool): Promise<Durability> {
	const { rows } = await pool.query<Durability>(
		`SELECT current_setting('server_version') AS postgres, id AS instance, generation,
		current_setting('synchronous_commit') AS synchronous, current_setting('fsync') AS fsync,
		current_setting('full_page_writes') AS "fullPageWrites" FROM instance`
	);
	const [found] = rows;
	if (!found) throw new Error('the database has no id');
	const { synchronous, fsync, fullPageWrites } = found;
	if ([synchronous, fsync, fullPageWrites].includes('off')) {
		throw new Error('the database does not wait for the disk');
	}
	return found;
}
