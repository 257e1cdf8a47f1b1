/**
 * Makes a clone ready to run, and returns at once when nothing is missing: installs the packages of
 * package-lock.json, the project's own Node among them. Plain JavaScript that Node 18 can run, because it
 * runs before anything else is there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, ROOT } from './paths.mjs';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** A release that was unpacked (scripts/release.mjs) has nothing to build with, as server/build.ts tells it, too. */
const isRelease = !existsSync(join(ROOT, 'vite.config.ts'));
/** npm packs the lock file under its other name only. */
const LOCK = isRelease ? 'npm-shrinkwrap.json' : 'package-lock.json';

/** @returns ms since 1970 of the last change of a file, 0 when there is none */
function changedAt(...path) {
	return statSync(join(ROOT, ...path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Whether the packages are those of the lock file: npm writes its own list after every installation, so an
 * older one means that the lock file has changed since, for example by `git pull`.
 */
function isInstalled() {
	// A list without programs is what an installation that was broken off leaves behind.
	if (changedAt('node_modules', '.bin') === 0) return false;
	if (isRelease) return lockHash() === installedHash();
	return changedAt('node_modules', '.package-lock.json') >= changedAt(LOCK);
}

/** All files of a tarball have one date: a release that was unpacked over another one is told by its lock file. */
const INSTALLED = join(ROOT, 'node_modules', '.release');
const lockHash = () =>
	createHash('sha256')
		.update(readFileSync(join(ROOT, LOCK)))
		.digest('hex');
const installedHash = () => (existsSync(INSTALLED) ? readFileSync(INSTALLED, 'utf8') : '');

function install() {
	console.log('Installing packages (once; takes a minute or two) ...');
	const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
	// It comes built: nothing that builds or tests is needed.
	if (isRelease) args.push('--omit=dev');
	const { status } = spawnSync(npm, args, {
		cwd: ROOT,
		stdio: 'inherit',
		shell: process.platform === 'win32'
	});
	if (status === 0) {
		if (isRelease) writeFileSync(INSTALLED, lockHash());
		return;
	}
	console.error(
		`\nSet-up stopped at "${npm} ${args.join(' ')}". Check the connection to the npm registry and run the command again.`
	);
	process.exit(1);
}

if (!isInstalled()) install();
if (!findNode()) {
	console.error(
		`npm has no Node 24 for this machine (${process.platform} ${process.arch}), and the Node that runs this is ${process.version}. Install Node 24 and run the command again.`
	);
	process.exit(1);
}
