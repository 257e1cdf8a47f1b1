/** Which release this is. */
import { readFileSync } from 'node:fs';

/** As package.json has it, for example "0.1.0". */
export const VERSION = (
	JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
		version: string;
	}
).version;
