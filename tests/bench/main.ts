/**
 * `npm run bench`: how fast it is, each figure beside a yardstick taken in the same minutes.
 * `-- --json` prints one object a line, `-- --only NAME` measures one thing (may be given again).
 */
import { parseArgs } from 'node:util';
import { buildIfNeeded } from '../../server/build.ts';
import { line, type Bench } from './figure.ts';
import { COMMIT_BENCHES } from './commit.ts';
import { CROWD_BENCHES } from './crowd.ts';
import { DEVICE_BENCHES } from './device.ts';
import { FILE_BENCHES } from './files.ts';
import { SCREEN_BENCHES } from './device-screen.ts';
import { DEVICE_SEARCH_BENCHES } from './device-search.ts';
import { SEARCH_BENCHES } from './search.ts';
import { SERVER_BENCHES } from './server.ts';

const ALL: Bench[] = [
	...SERVER_BENCHES,
	...COMMIT_BENCHES,
	...CROWD_BENCHES,
	...DEVICE_BENCHES,
	...SCREEN_BENCHES,
	...DEVICE_SEARCH_BENCHES,
	...FILE_BENCHES,
	...SEARCH_BENCHES
];

const { values } = parseArgs({
	options: { json: { type: 'boolean' }, only: { type: 'string', multiple: true } }
});
const names = values.only ?? ALL.filter((bench) => !bench.onlyByName).map((bench) => bench.name);
const unknown = names.filter((name) => !ALL.some((bench) => bench.name === name));
if (unknown.length > 0) {
	const known = ALL.map((bench) => bench.name).join(', ');
	process.stderr.write(`There is no measurement "${unknown.join('", "')}". There are: ${known}.\n`);
	process.exit(2);
}

buildIfNeeded();
let missed = 0;
for (const bench of ALL.filter(({ name }) => names.includes(name))) {
	for (const figure of await bench.run()) {
		if (!figure.ok) missed += 1;
		process.stdout.write(`${values.json ? JSON.stringify(figure) : line(figure)}\n`);
	}
}
process.exitCode = missed > 0 ? 1 : 0;
