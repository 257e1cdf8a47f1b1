/** The image of the Dockerfile and the tarball of a release hold everything that the server opens by its place in the project. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const isIn = (path: string, folder: string): boolean =>
	path === folder || path.startsWith(`${folder}/`);

/** What the last stage takes over, by the project's own names. */
const copied = [
	...readFileSync(join(ROOT, 'Dockerfile'), 'utf8').matchAll(/^COPY --from=build \/roost\/(\S+)/gmu)
].map((match) => match[1]!);

/** Paths that a file names by `new URL(…, import.meta.url)` or imports, seen from the project's folder. */
function namedIn(file: string): string[] {
	const code = readFileSync(file, 'utf8');
	const names = code.matchAll(/(?:new URL\(|\bfrom |\bimport\()\s*'(\.[^']+)'/gu);
	return [...names].map((match) => relative(ROOT, resolve(dirname(file), match[1]!)));
}

/** The same of the tarball that `npm run release` makes. */
const packed = (
	JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] }
).files.filter((name) => !name.startsWith('!'));

test.each([
	['the image', copied],
	['the tarball', [...packed, 'package.json']]
])('what the server imports or opens is in %s', (_name, held) => {
	const files = readdirSync(join(ROOT, 'server'), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(ROOT, 'server', name));
	const named = new Set(files.flatMap(namedIn));
	expect(named).toContain('drizzle/sqlite');
	const missing = [...named].filter((path) => !held.some((folder) => isIn(path, folder)));
	expect(missing.filter((path) => path !== '')).toEqual([]);
});
