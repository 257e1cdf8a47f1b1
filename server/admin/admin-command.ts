/** `npm run admin -- password-link NAME`: what an administrator can do from the command line, while the server runs. */
import { makePasswordLink } from '../auth/password-links.ts';
import { CommandError, run, UsageError } from '../command.ts';
import { loadEnvFile, readConfig, type Config } from '../config.ts';
import { createPasswordLinkStore } from '../store/sql/password-link-store.ts';
import { PostgresDatabase } from '../store/postgres/database.ts';
import { openPostgres } from '../store/postgres/open.ts';
import type { SqlDatabase } from '../store/sql/database.ts';
import { SqliteDatabase } from '../store/sqlite/database.ts';
import { openBesideServer } from '../store/sqlite/open.ts';
import { findPerson } from '../store/sql/person-by-name.ts';

const USAGE = `What an administrator can do, while the server runs or not:

  npm run admin -- password-link NAME    prints a link with which this person sets another password.
                                         NAME is the user name or the e-mail. Good for a day, once.
`;

/** An address of the app, as people open it. */
const addressOf = ({ origins, port }: Config, path: string): string =>
	`${origins?.[0] ?? `http://localhost:${port}`}${path}`;

/** The database of a server that may be running. */
async function openDatabase({
	databaseFile,
	postgresUrl
}: Config): Promise<{ database: SqlDatabase; close: () => unknown }> {
	if (postgresUrl === null) {
		const db = openBesideServer(databaseFile);
		return { database: new SqliteDatabase(db), close: () => db.close() };
	}
	let lost: unknown;
	const onError = (error: unknown) => void (lost = error);
	const { pool } = await openPostgres({ url: postgresUrl, onError, isBesideServer: true });
	return {
		database: new PostgresDatabase(pool),
		async close() {
			await pool.end();
			if (lost !== undefined) throw lost;
		}
	};
}

async function passwordLink(name: string): Promise<void> {
	loadEnvFile();
	const config = readConfig(process.env);
	const { database, close } = await openDatabase(config);
	try {
		const person = await database.ask(() => findPerson(database, name));
		const link = person && (await makePasswordLink(createPasswordLinkStore(database), person));
		if (!link) {
			throw new CommandError(
				`Nobody is called "${name}" here, or the account is disabled or gone.`
			);
		}
		process.stdout.write(
			`${addressOf(config, `/password#${link.token}`)}\n\nGood until ${new Date(link.until).toISOString()}, once. Whoever has it can use the account: hand it to ${name} only.\n`
		);
	} finally {
		await close();
	}
}

await run(USAGE, {}, async ([command, name, ...others]) => {
	if (command !== 'password-link' || name === undefined || others.length > 0) {
		throw new UsageError(USAGE);
	}
	await passwordLink(name);
});
