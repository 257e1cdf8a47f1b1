/** Builds the app when there is no build, or when its sources are newer. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const BUILD = join(ROOT, 'build');

/** What a build is made of. */
const SOURCES = [
	'src',
	'static',
	'messages',
	'project.inlang',
	'svelte.config.js',
	'vite.config.ts',
	'package-lock.json'
];
/** Written by the build itself. */
const GENERATED = join('src', 'lib', 'i18n', 'generated');

function newest(path: string): number {
	const full = join(ROOT, path);
	if (path === GENERATED || !existsSync(full)) return 0;
	const stat = statSync(full);
	if (!stat.isDirectory()) return stat.mtimeMs;
	const inside = readdirSync(full)
		.filter((name) => name !== 'cache' && name !== '.gitignore')
		.map((name) => newest(join(path, name)));
	return Math.max(0, ...inside);
}

function isFresh(): boolean {
	const built = join(BUILD, 'handler.js');
	if (!existsSync(built)) return false;
	// A release comes with its build, and without what it was made of.
	if (!existsSync(join(ROOT, 'vite.config.ts'))) return true;
	const at = statSync(built).mtimeMs;
	return SOURCES.every((path) => newest(path) <= at);
}

/** Two that build into one folder at the same time would leave a mixture; this one is waited for (ms). */
const BUILD_WITHIN = 600_000;
const CACHE = join(ROOT, 'node_modules', '.cache');

/** @throws Error when the build fails; what it says is on the screen by then */
export function buildIfNeeded(): void {
	if (isFresh()) return;
	mkdirSync(CACHE, { recursive: true });
	// A lock that ends with its process, however that ends.
	const lock = new Database(join(CACHE, 'building.sqlite'), { timeout: BUILD_WITHIN });
	try {
		lock.exec('BEGIN EXCLUSIVE');
		if (!isFresh()) build();
	} finally {
		lock.close();
	}
}

function build(): void {
	process.stderr.write('Building the app ...\n');
	const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
	const done = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
		cwd: ROOT,
		// What a program says on its own output is its own: a build's progress is none of that.
		stdio: ['ignore', 2, 2],
		env: { ...process.env, NODE_ENV: 'production' }
	});
	if (done.status !== 0) throw new Error('the build failed; see above');
}
