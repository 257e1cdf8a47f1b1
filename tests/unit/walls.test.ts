/** The arrows between folders point one way (docs/architecture.md). A failure says which import crosses a wall. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Folder -> the folders it may import from, besides itself. The first folder that contains a file counts. */
const WALLS: Record<string, readonly string[]> = {
	'src/lib/protocol': [],
	'src/lib/search': ['src/lib/protocol'],
	'src/lib/sync': ['src/lib/protocol', 'src/lib/search'],
	'src/lib/db': ['src/lib/protocol', 'src/lib/sync', 'src/lib/search'],
	'src/lib/net': ['src/lib/protocol', 'src/lib/sync'],
	// words for what the core reports
	'src/lib/i18n': ['src/lib/protocol', 'src/lib/sync/ports.ts'],
	'src/lib/state': [
		'src/lib/protocol',
		'src/lib/sync',
		'src/lib/db',
		'src/lib/net',
		'src/lib/search',
		'src/lib/i18n'
	],
	'src/lib/worker': [
		'src/lib/protocol',
		'src/lib/sync',
		'src/lib/db',
		'src/lib/net',
		'src/lib/i18n'
	],
	'src/lib/ui': ['src/lib/protocol', 'src/lib/sync/ports.ts', 'src/lib/state', 'src/lib/i18n'],
	'src/service-worker.ts': ['src/lib/worker'],
	src: ['src'],
	'server/domain': ['src/lib/protocol', 'src/lib/search'],
	// what the compatible API asks of a database is said in its own port
	'server/store': [
		'server/domain',
		'server/compat/ports.ts',
		'server/files/ports.ts',
		'server/push/ports.ts',
		'src/lib/protocol',
		'src/lib/search'
	],
	'server/auth': [
		'server/domain',
		'server/slots.ts',
		'server/store/sqlite/sessions.ts',
		'src/lib/protocol'
	],
	'server/slots.ts': ['src/lib/protocol'],
	'server/media': ['server/domain', 'server/slots.ts'],
	'server/push': ['server/domain', 'server/log.ts', 'src/lib/protocol'],
	'server/files': ['server/domain', 'server/log.ts', 'server/slots.ts', 'src/lib/protocol'],
	'server/doors.ts': ['server/domain', 'server/log.ts', 'src/lib/protocol'],
	'server/http': [
		'server/auth',
		'server/compat/errors.ts',
		'server/doors.ts',
		'server/domain',
		'server/files',
		'server/push',
		'server/log.ts',
		'server/store/sqlite/sessions.ts',
		'src/lib/protocol'
	],
	'server/compat': [
		'server/auth',
		'server/domain',
		'server/files',
		'server/log.ts',
		'server/media',
		'server/socket',
		'src/lib/protocol'
	],
	'server/socket': [
		'server/auth',
		'server/doors.ts',
		'server/domain',
		'server/log.ts',
		'src/lib/protocol'
	],
	server: ['server', 'src/lib/protocol', 'src/lib/search']
};

/** What the innermost folder may take from outside the project. */
const PACKAGES: Record<string, readonly string[]> = {
	'src/lib/protocol': ['valibot'],
	'src/lib/sync': ['valibot'],
	'server/domain': ['valibot', 'node:crypto']
};

const isIn = (file: string, place: string) => file === place || file.startsWith(`${place}/`);
const homeOf = (file: string) => Object.keys(WALLS).find((place) => isIn(file, place));

function filesIn(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
		.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
		.filter((file) => !isIn(file, 'src/lib/i18n/generated'));
}

const IMPORT =
	/(?:^|[\s;}])(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;

function importsOf(file: string): string[] {
	const code = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
	return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2]!);
}

/** The project's file that an import names, or null for a package. */
function target(file: string, name: string): string | null {
	if (name.startsWith('$lib/')) return `src/lib/${name.slice(5)}`;
	if (!name.startsWith('.')) return null;
	return relative(ROOT, resolve(ROOT, dirname(file), name)).replaceAll('\\', '/');
}

const files = [...filesIn('src'), ...filesIn('server')];

describe('the walls', () => {
	it('are crossed by no import', () => {
		const crossings = files.flatMap((file) => {
			const home = homeOf(file)!;
			const allowed = [home, ...WALLS[home]!];
			return importsOf(file)
				.map((name) => target(file, name))
				.filter((to): to is string => to !== null && !isIn(to, 'src/lib/i18n/generated'))
				.filter((to) => !allowed.some((place) => isIn(to, place)))
				.map(
					(to) => `${file} imports ${to}, but ${home} may import only: ${WALLS[home]!.join(', ')}`
				);
		});
		expect(crossings).toEqual([]);
	});

	it('keep packages out of the rules that everything stands on', () => {
		const strangers = files.flatMap((file) => {
			const allowed = PACKAGES[homeOf(file)!];
			if (!allowed) return [];
			return importsOf(file)
				.filter((name) => target(file, name) === null && !allowed.includes(name))
				.map((name) => `${file} imports ${name}; allowed there: ${allowed.join(', ')}`);
		});
		expect(strangers).toEqual([]);
	});

	it('let Node run the server and the core as they stand: relative imports end in .ts', () => {
		const core = ['server', 'src/lib/protocol', 'src/lib/sync', 'src/lib/db', 'src/lib/net'];
		const unclear = files
			.filter((file) => core.some((place) => isIn(file, place)))
			.flatMap((file) =>
				importsOf(file)
					.filter((name) => name.startsWith('$') || (name.startsWith('.') && !name.endsWith('.ts')))
					.map((name) => `${file} imports ${name}`)
			);
		expect(unclear).toEqual([]);
	});

	it('keep HTML out of strings', () => {
		const unsafe = filesIn('src').filter((file) =>
			/\{@html|\.innerHTML\s*=|insertAdjacentHTML/.test(readFileSync(join(ROOT, file), 'utf8'))
		);
		expect(unsafe).toEqual([]);
	});
});
