/** `npm run db:move -- --to postgres://…` */
import { loadEnvFile, readConfig } from '../config.ts';
import { CommandError, run, UsageError } from '../command.ts';
import { claimDatabase } from '../store/sqlite/open.ts';
import { forgetMove } from '../store/sqlite/moved.ts';
import { moveDatabase } from './move-database.ts';

const USAGE = `Moves what the server keeps in SQLite into an empty PostgreSQL database. Stop the server first.

  npm run db:move -- --to postgres://user:password@host/database
  npm run db:move -- --undo    lets a server use the SQLite file again, as it was when it was moved

Files stay where they are. Afterwards start the server with DATABASE_URL set to the same address.
`;

const OPTIONS = { to: { type: 'string' }, undo: { type: 'boolean' } } as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

await run(USAGE, OPTIONS, async (positionals, { to, undo }) => {
	if (positionals.length > 0 || (undo === true) === (to !== undefined)) throw new UsageError(USAGE);
	loadEnvFile();
	// With the address of the new database in DATABASE_URL it is the file in DATA_DIR.
	const { databaseFile } = readConfig(process.env);
	if (undo === true) {
		goBack(databaseFile);
		return;
	}
	const url = String(to);
	if (!/^postgres(ql)?:\/\/[^/]/u.test(url) || !URL.canParse(url)) {
		throw new UsageError('--to must be an address such as postgres://user:password@host/database');
	}
	const {
		summary,
		rows,
		to: there
	} = await moveDatabase({
		...{ file: databaseFile, url, now: Date.now() },
		onTable: (name, count) => say(`${name}: ${count}`)
	});
	say(
		`Moved ${summary.messages} messages in ${summary.streams} conversations and lists, ${rows} rows in all, to ${there}. They were compared and are equal.`
	);
	say(
		'Now start the server with DATABASE_URL set to that address. Devices go on where they were. The SQLite file stays, and no server uses it any more.'
	);
});

function goBack(file: string): void {
	const lock = claimDatabase(file);
	try {
		if (!forgetMove(file))
			throw new CommandError(`${file} was not moved: there is nothing to undo.`);
	} finally {
		lock.close();
	}
	say(
		'A server may use the SQLite file again; start it without DATABASE_URL. What was written on PostgreSQL since the move is not in it: devices that know of it fetch those conversations anew.'
	);
}
