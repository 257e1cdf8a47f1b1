/** A database that does not come to an end in time: people are told to wait, and nothing of it is a fault */
import { expect, test } from 'vitest';
import { asApiError } from '../../server/compat/errors.ts';
import { StorageError } from '../../server/domain/store-port.ts';
import { PostgresDatabase } from '../../server/store/postgres/database.ts';
import { openPostgres } from '../../server/store/postgres/open.ts';
import { newPostgresDatabase } from '../support/postgres.ts';

const open = async () =>
	openPostgres({ url: await newPostgresDatabase(), onError: () => undefined });

test('a statement that takes too long ends as "away", and as "busy" for who asked', async () => {
	const { pool } = await open();
	const db = new PostgresDatabase(pool);
	const error = await db
		.ask(function* () {
			yield* db.prepare("SELECT set_config('statement_timeout', '50', false)").get();
			yield* db.prepare('SELECT pg_sleep(60)').get();
		})
		.catch((thrown: unknown) => thrown);
	expect(error).toBeInstanceOf(StorageError);
	expect(error).toMatchObject({ reason: 'away' });
	expect(asApiError(error)).toMatchObject({ status: 503 });
	await pool.end();
});

test('a full disk, and one that is broken, are what they are', () => {
	expect(asApiError(new StorageError('full', null))).toMatchObject({ status: 503 });
	expect(asApiError(new StorageError('broken', null))).toMatchObject({ status: 500 });
});
