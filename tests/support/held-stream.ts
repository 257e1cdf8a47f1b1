/** A stream that somebody else keeps on PostgreSQL, so that what wants it comes to a stand at a known place. */
import pg from 'pg';

export interface HeldStream {
	/** Resolves when as many transactions of this database wait for a lock. */
	isWantedBy(count: number): Promise<void>;
	release(): Promise<void>;
}

/** @param url of the database; @param stream that is there */
export async function holdStream(url: string, stream: string): Promise<HeldStream> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	await client.query('BEGIN');
	await client.query('SELECT 1 FROM stream WHERE id = $1 FOR UPDATE', [stream]);
	// In a transaction, the activity of others stays what it was when it was first asked for.
	const watcher = new pg.Client({ connectionString: url });
	await watcher.connect();
	const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
	return {
		async isWantedBy(count) {
			while ((await watcher.query(waiting)).rows.length < count);
		},
		async release() {
			await client.query('ROLLBACK');
			await Promise.all([client.end(), watcher.end()]);
		}
	};
}
