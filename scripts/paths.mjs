/** Where things are, for the scripts. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** What may be thrown away at any time, and goes with the packages. */
export const CACHE = join(ROOT, 'node_modules', '.cache');
/** The project's own Node, whatever version the machine has. */
export const NODE = join(
	ROOT,
	'node_modules',
	'node',
	'bin',
	process.platform === 'win32' ? 'node.exe' : 'node'
);
/** `.bin` scripts start with "env node"; with this in front of PATH they find the project's Node too. */
export const PATH = [
	dirname(NODE),
	join(ROOT, 'node_modules', '.bin'),
	process.env.PATH ?? ''
].join(process.platform === 'win32' ? ';' : ':');
