/** Who imports whom: the project's files, what each imports, and where an import leads. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, absolute. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

const GENERATED = 'src/lib/i18n/generated';

/** @returns absolute paths of the TypeScript and Svelte files below `folder`, without generated ones */
export function filesBelow(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((file) => !relative(ROOT, file).replaceAll('\\', '/').startsWith(GENERATED))
		.sort();
}

/** @returns the TypeScript of a file, on the lines where it stands in the file */
export function scriptOf(file: string): string {
	const text = readFileSync(file, 'utf8');
	if (!file.endsWith('.svelte')) return text;
	const blank = (part: string) => part.replace(/[^\n]/g, '');
	let script = '';
	let at = 0;
	for (const match of text.matchAll(/(<script[^>]*>)([\s\S]*?)<\/script>/g)) {
		const start = match.index + match[1]!.length;
		script += blank(text.slice(at, start)) + match[2]!;
		at = start + match[2]!.length;
	}
	return script;
}

const IMPORT =
	/(?:^|[\s;}])(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;

/** @returns what a file imports, as it is written there; comments do not count */
export function importsOf(file: string): string[] {
	const code = scriptOf(file).replace(/\/\*[\s\S]*?\*\//g, '');
	return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2]!);
}

/** @returns the project's file that an import names, from the project's folder; null for a package or generated code */
export function targetOf(file: string, name: string): string | null {
	if (!name.startsWith('.') && !name.startsWith('$lib/')) return null;
	const path = name.startsWith('$lib/')
		? join(ROOT, 'src/lib', name.slice(5))
		: resolve(dirname(file), name);
	const place = relative(ROOT, path).replaceAll('\\', '/');
	if (place.startsWith(GENERATED)) return null;
	return existsSync(path) || !existsSync(`${path}.ts`) ? place : `${place}.ts`;
}
