/**
 * Makes a clone ready to run, and returns at once when nothing is missing: the packages of
 * package-lock.json, and the project's own Node. Plain JavaScript that any Node from 18 on can run,
 * because it runs before anything else is there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, NODE, ROOT } from './paths.mjs';

const STAMP = join(CACHE, 'roost-setup');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Runs a command in the foreground; ends the set-up with one sentence when it fails. */
function must(command, args, cwd, cure) {
	const done = spawnSync(command, args, {
		cwd,
		stdio: 'inherit',
		shell: process.platform === 'win32'
	});
	if (done.status === 0) return;
	console.error(`\nSet-up stopped at "${command} ${args.join(' ')}". ${cure}`);
	process.exit(1);
}

function wanted() {
	const lock = readFileSync(join(ROOT, 'package-lock.json'));
	return createHash('sha256').update(lock).digest('hex');
}

function isReady(stamp) {
	if (!existsSync(NODE) || !existsSync(STAMP)) return false;
	return readFileSync(STAMP, 'utf8') === stamp;
}

function installPackages() {
	console.log('Installing packages (once; takes a minute or two) ...');
	const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
	must(npm, args, ROOT, 'Check the connection to the npm registry and run the command again.');
}

/** The npm package `node` fetches the binary of this machine in its install script, which is off by default here. */
function installNode() {
	const home = join(ROOT, 'node_modules', 'node');
	console.log("Fetching the project's own Node ...");
	must(
		process.execPath,
		['installArchSpecificPackage.js'],
		home,
		'There may be no Node binary for this machine on npm; Node 24 is needed.'
	);
}

const stamp = wanted();
if (!isReady(stamp)) {
	installPackages();
	if (!existsSync(NODE)) installNode();
	mkdirSync(CACHE, { recursive: true });
	writeFileSync(STAMP, stamp);
}
