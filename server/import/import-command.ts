/** `npm run import -- --from KIND FILE [--dry-run] [--owner NAME]` */
import { loadEnvFile, readConfig } from '../config.ts';
import { fileArgument, run, UsageError } from '../command.ts';
import { isKind } from './kinds.ts';
import { printable } from './import-error.ts';
import { createLog } from '../log.ts';
import type { Count, ImportReport } from './report.ts';
import { runImport } from './run-import.ts';

const USAGE = `Brings conversations in that were made elsewhere. Stop the server first.

  npm run import -- --from roost FILE.zip        what "Export everything" or "Export conversation" wrote
  npm run import -- --from chatroom chatroom.db  the database of chatroom, in its folder (files: uploads/)
  npm run import -- --from slack FILE.zip        Slack's export
  npm run import -- --from mattermost FILE       Mattermost's bulk export: .jsonl, or .zip with its files
  npm run import -- --from telegram result.json  a chat that Telegram Desktop exported as JSON, in its folder

  --dry-run       counts what would be brought in, and what cannot be; writes nothing
  --owner NAME    who owns the conversations whose owner has no account here

Done twice, it doubles nothing; interrupted, the same command goes on where it stopped.
`;

const OPTIONS = {
	from: { type: 'string' },
	'dry-run': { type: 'boolean' },
	owner: { type: 'string' }
} as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const inWords = ({ new: added, known }: Count): string => `${added} new, ${known} here already`;

function tell({ people, rooms, messages, files, losses }: ImportReport, isDry: boolean): void {
	say(isDry ? 'A run would bring in:' : 'Brought in:');
	say(`  people         ${inWords(people)}`);
	say(`    who can sign in: ${people.accounts}; the others are guests`);
	say(`  conversations  ${inWords(rooms)}`);
	say(`  messages       ${inWords(messages)}`);
	say(`  files          ${inWords(files)}`);
	if (losses.size > 0) say('What cannot be carried over:');
	for (const [what, count] of losses) say(`  ${count} ${printable(what)}`);
	if (!isDry)
		say('Start the server. Devices get it like anything else; nothing of it counts as unread.');
}

await run(USAGE, OPTIONS, async (positionals, values) => {
	const { from, owner } = values as { from?: string; owner?: string };
	if (from === undefined || !isKind(from)) throw new UsageError(USAGE);
	const file = fileArgument(positionals, USAGE);
	loadEnvFile();
	const config = readConfig(process.env);
	const isDry = values['dry-run'] === true;
	const report = await runImport({
		...{ config, kind: from, file, isDry, owner: owner ?? null },
		log: createLog('warn'),
		onRoom: (name, count) =>
			say(`${printable(name) || '(a conversation of two)'}: ${inWords(count)}`)
	});
	tell(report, isDry);
});
