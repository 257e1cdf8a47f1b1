/**
 * Makes a tarball of the built app: `npm run release`. `npm start` in the unpacked folder installs the packages of the
 * lock file, which npm packs under its other name only, and starts. (npm's own hooks around `npm pack` do not run here:
 * .npmrc turns scripts of packages off, ours among them.)
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathWith, ROOT } from './paths.mjs';

const SHRINKWRAP = join(ROOT, 'npm-shrinkwrap.json');

/** Ends the process when the program fails. */
function run(program, args) {
	const env = { ...process.env, PATH: pathWith(process.execPath) };
	const { status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', env });
	if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`);
}

run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']);
copyFileSync(join(ROOT, 'package-lock.json'), SHRINKWRAP);
try {
	run('npm', ['pack', '--loglevel=error']);
} finally {
	rmSync(SHRINKWRAP, { force: true });
}
