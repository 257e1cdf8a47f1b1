/** `npm run backup -- FILE` */
import { loadEnvFile, readConfig } from '../config.ts';
import { backUp } from './backup.ts';
import { fileArgument, run } from '../command.ts';
import { VERSION } from '../version.ts';
import { inWords } from './words.ts';

const USAGE = `Writes everything that the server keeps into one archive, while it runs:

  npm run backup -- FILE.tar

The archive is checked after it was written. It holds the hashes of passwords and all messages: keep it safe.
`;

await run(USAGE, {}, async (positionals) => {
	const file = fileArgument(positionals, USAGE);
	loadEnvFile();
	const { manifest, left } = await backUp(readConfig(process.env), file, VERSION);
	process.stdout.write(`${file} holds ${inWords(manifest)}. It was read again and is whole.\n`);
	if (left > 0) {
		process.stdout.write(`${left} files were not there (any more); their messages say so.\n`);
	}
	if (manifest.files === 's3') {
		process.stdout.write(
			'The bytes of files are in your S3 store, which is to be backed up by itself.\n'
		);
	}
});
