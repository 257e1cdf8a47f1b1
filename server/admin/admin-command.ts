/**
 * `npm run admin -- COMMAND`: what an administrator can do from the command line, while the server runs. It goes by the same
 * rules as the admin pages, and is in the same audit log; rooms are left to the pages, because a running server keeps them in
 * memory.
 */
import { randomBytes } from 'node:crypto';
import type { Registration } from '../../src/lib/protocol/server-view.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import type { Refusal, RefusalCode } from '../../src/lib/protocol/refusal.ts';
import { newPasswordLink } from '../auth/password-links.ts';
import { CommandError, run, UsageError } from '../command.ts';
import { loadEnvFile, readConfig, type Config } from '../config.ts';
import { COMMAND_LINE, type AdminAct, type AdminDraft } from '../domain/admin-act.ts';
import { decide } from '../domain/decide.ts';
import { toPreparedAct } from '../domain/prepare.ts';
import { openBeside } from '../storage.ts';
import type { SqlDatabase } from '../store/sql/database.ts';
import { createAdminReads } from '../store/sql/admin-reads.ts';
import { findPerson } from '../store/sql/person-by-name.ts';

const USAGE = `What an administrator can do, while the server runs or not:

  npm run admin -- password-link NAME    prints a link with which this person sets another password.
                                         Good for a day, once.
  npm run admin -- grant NAME            makes this person an administrator.
  npm run admin -- revoke NAME           takes that away; the last administrator keeps it.
  npm run admin -- disable NAME          signs this person out and keeps them out.
  npm run admin -- enable NAME           lets them in again.
  npm run admin -- end-sessions NAME     signs this person out everywhere, bots included.
  npm run admin -- registration WHO      who may make an account: open, invite, or closed.
  npm run admin -- audit                 prints the latest lines of the audit log.

NAME is the user name or the e-mail.
`;

/** What a "no" means here; every other is told by its code. */
const WHY: Partial<Record<RefusalCode, string>> = {
	last_admin: 'That is the last administrator. Make another one first: npm run admin -- grant NAME',
	account_disabled: 'This account is disabled. Let it in again first: npm run admin -- enable NAME'
};

/** What a command works with. */
interface Context {
	config: Config;
	database: SqlDatabase;
	/** Does something as the command line. Rejects with CommandError. */
	act(draft: AdminDraft): Promise<void>;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** An address of the app, as people open it. */
const addressOf = ({ origins, port }: Config, path: string): string =>
	`${origins?.[0] ?? `http://localhost:${port}`}${path}`;

function refused(refusal: Refusal): CommandError {
	return new CommandError(WHY[refusal.code] ?? `The server's rules say no: ${refusal.code}`);
}

/** Opens the database beside a server that may be running, and closes it again. */
async function inDatabase(work: (context: Context) => Promise<void>): Promise<void> {
	loadEnvFile();
	const config = readConfig(process.env);
	const { database, store, close } = await openBeside(config);
	try {
		await work({
			config,
			database,
			async act(draft) {
				const now = Date.now();
				const act: AdminAct = { ...draft, id: uuid7(now, randomBytes(10)), at: now };
				const actor = { person: COMMAND_LINE, session: '', device: 'command' };
				const prepared = toPreparedAct(actor, act, { secret: null });
				const [outcome] = (await store.commit([prepared], decide, now)).outcomes;
				if (outcome?.is === 'refused') throw refused(outcome.refusal);
				if (outcome?.is === 'error') throw outcome.error;
			}
		});
	} finally {
		await close();
	}
}

/** Who is meant. Rejects with CommandError when there is nobody. */
async function personCalled({ database }: Context, name: string): Promise<string> {
	const person = await database.ask(() => findPerson(database, name));
	if (person) return person;
	throw new CommandError(`Nobody is called "${name}" here, or the account is gone.`);
}

async function passwordLink(context: Context, name: string): Promise<void> {
	const person = await personCalled(context, name);
	const { token, link, until } = newPasswordLink();
	await context.act({ kind: 'admin.password-link', person, link, until });
	say(addressOf(context.config, `/password#${token}`));
	say('');
	say(
		`Good until ${new Date(until).toISOString()}, once. Whoever has it can use the account: hand it to ${name} only.`
	);
}

type AboutPerson = (person: string) => AdminDraft;

/** What is done to one person, and what is said of it. */
const PERSON: Record<string, [draft: AboutPerson, done: string]> = {
	grant: [(person) => ({ kind: 'admin.role', person, on: true }), 'is an administrator now.'],
	revoke: [
		(person) => ({ kind: 'admin.role', person, on: false }),
		'is no administrator any more.'
	],
	disable: [
		(person) => ({ kind: 'admin.disable', person, on: true }),
		'is signed out, and kept out.'
	],
	enable: [(person) => ({ kind: 'admin.disable', person, on: false }), 'may sign in again.'],
	'end-sessions': [(person) => ({ kind: 'admin.sign-out', person }), 'is signed out everywhere.']
};

async function setRegistration({ act }: Context, who: string): Promise<void> {
	if (!['open', 'invite', 'closed'].includes(who)) throw new UsageError(USAGE);
	await act({ kind: 'admin.registration', registration: who as Registration });
	say(`Registration: ${who}.`);
}

async function printAudit({ database }: Context): Promise<void> {
	const { entries } = await createAdminReads(database).audit('');
	for (const { at, actor, act, subject, detail } of entries.toReversed()) {
		say([new Date(at).toISOString(), actor || '(command line)', act, subject, detail].join('  '));
	}
}

await run(USAGE, {}, async ([command = '', name, ...others]) => {
	if (others.length > 0) throw new UsageError(USAGE);
	if (command === 'audit' && name === undefined) return inDatabase(printAudit);
	if (name === undefined) throw new UsageError(USAGE);
	if (command === 'password-link') return inDatabase((context) => passwordLink(context, name));
	if (command === 'registration') return inDatabase((context) => setRegistration(context, name));
	const about = PERSON[command];
	if (!about) throw new UsageError(USAGE);
	await inDatabase(async (context) => {
		await context.act(about[0](await personCalled(context, name)));
		say(`${name} ${about[1]}`);
	});
});
