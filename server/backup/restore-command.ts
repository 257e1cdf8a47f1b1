/** `npm run restore -- FILE [--replace] [--sign-out]` */
import { loadEnvFile, readConfig } from '../config.ts';
import { fileArgument, run } from '../command.ts';
import { inWords } from './words.ts';
import { restore } from './restore.ts';

const USAGE = `Restores what "npm run backup" wrote. Stop the server first.

  npm run restore -- FILE.tar              into a folder without a database
  npm run restore -- FILE.tar --replace    what is there is put aside, and stays
  npm run restore -- FILE.tar --sign-out   ends all sessions: those ended after the backup would be alive again
`;

const OPTIONS = { replace: { type: 'boolean' }, 'sign-out': { type: 'boolean' } } as const;

await run(USAGE, OPTIONS, async (positionals, values) => {
	const file = fileArgument(positionals, USAGE);
	loadEnvFile();
	const config = readConfig(process.env);
	const { manifest, aside, lost } = await restore(config, file, {
		...{ replace: values['replace'] === true, signOut: values['sign-out'] === true },
		now: new Date()
	});
	const say = (text: string) => process.stdout.write(`${text}\n`);
	say(`Restored ${inWords(manifest)}, of ${new Date(manifest.at).toISOString()}.`);
	if (aside) say(`What was there is in ${aside}; remove it when you do not need it any more.`);
	if (lost) {
		say(
			lost.changes === 0
				? 'Nothing is lost: nothing had happened since the backup.'
				: `${lost.changes} changes in ${lost.streams} conversations and lists, made after the backup, are gone from the server.`
		);
	}
	const isHere = manifest.files === 'here';
	if (isHere !== (config.s3 === null)) {
		say(
			isHere
				? 'The files lie in DATA_DIR/files, but your settings name an S3 store: see docs/operations.md for how to move them.'
				: 'The files were in an S3 store: set S3_BUCKET and its neighbours as they were, or messages show files as missing.'
		);
	}
	say('Start the server. Devices that know more than the backup fetch those conversations anew.');
});
