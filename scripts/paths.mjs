/** Where things are, for the scripts. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** What may be thrown away at any time, and goes with the packages. */
export const CACHE = join(ROOT, 'node_modules', '.cache');

/** The version of Node that the server needs: it strips types, and better-sqlite3 crashes on older ones. */
const NEEDED = 24;

const isWindows = process.platform === 'win32';

/** Folder of the npm package that holds Node for this machine (optionalDependencies in package.json). */
function packageOfNode() {
	const platform = isWindows ? 'win' : process.platform;
	const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
	return join(ROOT, 'node_modules', [prefix, platform, process.arch].join('-'));
}

/** @returns the project's own Node, else the one that runs this if it is new enough, else null */
export function findNode() {
	const own = join(packageOfNode(), 'bin', isWindows ? 'node.exe' : 'node');
	if (existsSync(own)) return own;
	return Number(process.versions.node.split('.')[0]) >= NEEDED ? process.execPath : null;
}

/** @returns PATH with the project's programs in front; `.bin` scripts start with "env node" and find its Node, too */
export function pathWith(node) {
	return [dirname(node), join(ROOT, 'node_modules', '.bin'), process.env.PATH ?? ''].join(
		isWindows ? ';' : ':'
	);
}
