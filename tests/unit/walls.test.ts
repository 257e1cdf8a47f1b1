/** The arrows between folders point one way (docs/architecture.md). A failure says which import crosses a wall. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Folder -> the folders it may import from, besides itself. The first folder that contains a file counts. */
const WALLS: Record<string, readonly string[]> = {
	'src/lib/protocol': [],
	// how a text is read, and who is told of it: rules for server, device and worker alike
	'src/lib/markup': ['src/lib/protocol'],
	'src/lib/notify': ['src/lib/protocol', 'src/lib/markup'],
	'src/lib/search': ['src/lib/protocol', 'src/lib/markup'],
	// what is taken along out of here, and in what form
	'src/lib/export': ['src/lib/protocol'],
	// sealing and opening, on a device and in its worker; what both sides verify is in protocol/sealed
	'src/lib/e2ee': ['src/lib/protocol'],
	// rules without side effects, then what uses them: each is built on the ones above it
	'src/lib/sync/ports.ts': ['src/lib/protocol', 'src/lib/sync/ports-tabs.ts'],
	'src/lib/sync/ports-tabs.ts': ['src/lib/protocol'],
	'src/lib/sync/ports-files.ts': ['src/lib/protocol'],
	'src/lib/sync/reconcile': ['src/lib/protocol', 'src/lib/sync/ports.ts'],
	'src/lib/sync': ['src/lib/protocol'],
	'src/lib/read-model': ['src/lib/protocol', 'src/lib/markup', 'src/lib/sync'],
	'src/lib/db': [
		'src/lib/protocol',
		'src/lib/e2ee',
		'src/lib/search',
		'src/lib/sync',
		'src/lib/read-model'
	],
	'src/lib/net': ['src/lib/protocol', 'src/lib/sync'],
	'src/lib/remembered-choice.svelte.ts': [],
	// words for what the core reports
	'src/lib/i18n': [
		'src/lib/protocol',
		'src/lib/sync/ports.ts',
		'src/lib/remembered-choice.svelte.ts',
		'src/lib/markup',
		'src/lib/db/notification-state.ts'
	],
	'src/lib/state': [
		'src/lib/remembered-choice.svelte.ts',
		'src/lib/protocol',
		'src/lib/notify',
		'src/lib/e2ee',
		'src/lib/export',
		'src/lib/sync',
		'src/lib/read-model',
		'src/lib/db',
		'src/lib/net',
		'src/lib/i18n',
		'src/search-worker.ts?worker&url',
		'src/spool-worker.ts?worker&url'
	],
	'src/lib/worker': [
		'src/lib/protocol',
		'src/lib/e2ee',
		'src/lib/markup',
		'src/lib/notify',
		'src/lib/sync',
		'src/lib/db',
		'src/lib/net',
		'src/lib/i18n'
	],
	'src/lib/ui': [
		'src/lib/protocol',
		'src/lib/markup',
		'src/lib/notify',
		'src/lib/search',
		'src/lib/sync/ports.ts',
		'src/lib/state',
		'src/lib/i18n'
	],
	'src/service-worker.ts': ['src/lib/protocol', 'src/lib/worker'],
	'src/spool-worker.ts': ['src/lib/db/spool'],
	'src/search-worker.ts': ['src/lib/db/search', 'src/lib/net/browser.ts'],
	src: ['src'],
	'server/domain': ['src/lib/protocol', 'src/lib/markup', 'src/lib/search'],
	// what the compatible API asks of a database is said in its own port
	'server/store': [
		'server/domain',
		'server/nodes/ports.ts',
		'server/auth/device-store.ts',
		'server/auth/account-end.ts',
		'server/auth/password-links.ts',
		'server/auth/session-store.ts',
		'server/compat/ports.ts',
		'server/files/file-ports.ts',
		'server/fsync.ts',
		'server/import/import-port.ts',
		'server/push/push-store.ts',
		'server/search/source-port.ts',
		'src/lib/protocol',
		'src/lib/markup',
		'src/lib/search'
	],
	'server/auth': ['server/domain', 'server/semaphore.ts', 'src/lib/protocol'],
	'server/semaphore.ts': ['src/lib/protocol'],
	// letters: what they say is asked for by whoever sends them
	'server/mail': [
		'server/auth/password-mail.ts',
		'server/domain',
		'server/log.ts',
		'server/semaphore.ts'
	],
	'server/images': ['server/domain', 'server/semaphore.ts', 'src/lib/protocol'],
	// an index of the messages in SQLite; what it reads of them is in the store's own form
	// calls while they stand; how it is told and pushed is said in its own ports
	'server/calls': ['server/domain', 'src/lib/protocol', 'src/lib/notify'],
	'server/search': [
		'server/domain',
		'server/store/sql/search-questions.ts',
		'server/log.ts',
		'server/semaphore.ts',
		'src/lib/protocol',
		'src/lib/search'
	],
	'server/push': [
		'server/domain',
		'server/log.ts',
		'src/lib/protocol',
		'src/lib/markup',
		'src/lib/notify'
	],
	'server/files': [
		'server/domain',
		'server/fsync.ts',
		'server/images',
		'server/log.ts',
		'server/semaphore.ts',
		'src/lib/protocol'
	],
	// commands of their own, for whoever runs the server
	'server/command.ts': ['server/config.ts', 'server/store'],
	'server/fsync.ts': [],
	'server/version.ts': [],
	'server/backup': [
		'server/command.ts',
		'server/config.ts',
		'server/fsync.ts',
		// which takes the database that an index is of as it finds it
		'server/search/index-file.ts',
		'server/store',
		'server/version.ts'
	],
	'server/move': [
		'server/backup/copy-database.ts',
		'server/command.ts',
		'server/config.ts',
		'server/store'
	],
	// brings in what others have written, in the form in which exports say it
	'server/import': [
		'server/auth/foreign-hash.ts',
		'server/auth/hasher.ts',
		'server/clock.ts',
		'server/command.ts',
		'server/config.ts',
		'server/domain',
		'server/files',
		'server/images',
		'server/log.ts',
		'server/storage.ts',
		'server/store',
		'src/lib/export',
		'src/lib/protocol'
	],
	'server/admin': [
		'server/auth',
		'server/command.ts',
		'server/config.ts',
		'server/domain',
		'server/storage.ts',
		'server/store',
		'src/lib/protocol'
	],
	'server/listen.ts': ['server/log.ts'],
	// wraps what it counts
	'server/metrics': [
		'server/dispatcher.ts',
		'server/domain',
		'server/files/file-ports.ts',
		'server/listen.ts',
		'server/log.ts',
		'server/push/push-sender.ts',
		'src/lib/protocol'
	],
	'server/read-queue.ts': ['src/lib/protocol'],
	'server/request-id.ts': ['src/lib/protocol'],
	'server/log.ts': ['server/request-id.ts'],
	'server/dispatcher.ts': [
		'server/calls/ports.ts',
		'server/domain',
		'server/log.ts',
		'server/read-queue.ts',
		'server/request-id.ts',
		'src/lib/protocol'
	],
	'server/http': [
		'server/auth',
		'server/dispatcher.ts',
		'server/domain',
		'server/files',
		'server/line-progress.ts',
		'server/push',
		'server/log.ts',
		'server/request-id.ts',
		'src/lib/protocol'
	],
	// several servers on one database
	'server/nodes': [
		'server/auth',
		'server/compat/socket/shared-rejoin.ts',
		'server/domain',
		'server/log.ts',
		'server/socket',
		'src/lib/protocol'
	],
	'server/compat': [
		'server/auth',
		'server/domain',
		'server/files',
		'server/http/error-body.ts',
		'server/http/send-file.ts',
		'server/log.ts',
		'server/request-id.ts',
		'server/semaphore.ts',
		'server/images',
		'server/socket',
		'src/lib/protocol',
		'src/lib/search'
	],
	'server/socket': [
		'server/auth',
		'server/calls/ports.ts',
		'server/dispatcher.ts',
		'server/domain',
		'server/line-progress.ts',
		'server/log.ts',
		'src/lib/protocol'
	],
	server: ['server', 'src/lib/protocol']
};

/** What the innermost folder may take from outside the project. */
const PACKAGES: Record<string, readonly string[]> = {
	'src/lib/protocol': ['valibot'],
	'src/lib/e2ee': ['hpke'],
	'src/lib/sync': [],
	'src/lib/read-model': [],
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

	it('keep decoders of pictures in the child process', () => {
		const decoding = files.filter((file) => importsOf(file).includes('sharp'));
		expect(decoding).toEqual(['server/images/image-worker.ts']);
	});

	it('let Node run the server and the core as they stand: relative imports end in .ts', () => {
		const core = [
			'server',
			'src/lib/protocol',
			'src/lib/e2ee',
			'src/lib/markup',
			'src/lib/search',
			'src/lib/export',
			'src/lib/sync',
			'src/lib/read-model',
			'src/lib/db',
			'src/lib/net'
		];
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
