/** What somebody else keeps on PostgreSQL, so that who wants it comes to a stand at a known place. */
import pg from 'pg';

export interface Held {
	/** Resolves when as many transactions of this database wait for a lock. */
	isWantedBy(count: number): Promise<void>;
	release(): Promise<void>;
}

async function hold(url: string, sql: string, values: unknown[] = []): Promise<Held> {
	const holder = new pg.Client({ connectionString: url });
	await holder.connect();
	await holder.query('BEGIN');
	await holder.query(sql, values);
	// In a transaction, the activity of others stays what it was when it was first asked for.
	const watcher = new pg.Client({ connectionString: url });
	await watcher.connect();
	const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
	return {
		async isWantedBy(count) {
			while ((await watcher.query(waiting)).rows.length < count);
		},
		async release() {
			await holder.query('ROLLBACK');
			await Promise.all([holder.end(), watcher.end()]);
		}
	};
}

/** Keeps a stream. @param url of its database */
export const holdStream = (url: string, stream: string): Promise<Held> =>
	hold(url, 'SELECT 1 FROM stream WHERE id = $1 FOR UPDATE', [stream]);

/** Keeps a whole table, even from those who read. @param url of its database */
export const holdTable = (url: string, table: string): Promise<Held> =>
	hold(url, `LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);
