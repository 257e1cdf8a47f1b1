/** Another release of the app: a copy of the sources in which something visible differs, really built. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What a release consists of. */
const PARTS = [
	'src',
	'server',
	'static',
	'messages',
	'project.inlang',
	'drizzle',
	'scripts',
	'package.json',
	'package-lock.json',
	'svelte.config.js',
	'vite.config.ts',
	'tsconfig.json'
];

export interface Release {
	/** folder of its sources and its build */
	root: string;
	remove(): void;
}

/**
 * Builds it; takes about ten seconds.
 * @param words what is said differently: key of a message -> its English text
 * @param flags environment variables that the build reads
 */
export async function buildRelease(
	words: Record<string, string>,
	flags: Record<string, string> = {}
): Promise<Release> {
	const root = mkdtempSync(join(tmpdir(), 'roost-release-'));
	for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true });
	symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
	const file = join(root, 'messages', 'en.json');
	const messages = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
	writeFileSync(file, JSON.stringify({ ...messages, ...words }));
	const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
	const build = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
		cwd: root,
		stdio: ['ignore', 'ignore', 'pipe'],
		env: { ...process.env, ...flags, NODE_ENV: 'production' }
	});
	let said = '';
	build.stderr.on('data', (chunk) => (said += String(chunk)));
	const [code] = (await once(build, 'exit')) as [number | null];
	if (code !== 0) throw new Error(`the release could not be built: ${said}`);
	return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
