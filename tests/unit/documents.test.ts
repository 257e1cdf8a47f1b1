/** The documents and what quotes them belong together: no code leads nowhere, no rule goes without a test. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/imports.ts';

const AREAS = 'HTTP|SOCKET|UPLOAD|PUSH|LOCAL|TAB|NET|CLOCK|CRASH|DISK|RESTORE|ABUSE|LOAD';
const THREAT = new RegExp(`\\b(?:${AREAS})-\\d+\\b`, 'g');
/** Acts, cursors, reconciling, outbox, files: the rules of docs/protocol.md. */
const RULE = /(?<![\w.#%/+-])[ACROF]\d{1,2}(?![\w.'=])/g;
const PROMISE = /\bpromises? ((?:\d+(?:–\d+)?(?:, | and )?)+)/gi;
const COMPLAINT = /\bcomplaints? ((?:\d+(?:, | and )?)+)/gi;
const CONTRACT =
	/compat-api[^.\n]*?(?:section|sections|rule|rules) ((?:\d+(?:\.\d+)?(?:, | and | to )?)+)/gi;

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

function filesIn(folder: string, ending: RegExp): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && ending.test(entry.name))
		.map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
		.filter((file) => !file.startsWith('src/lib/i18n/generated') && !file.includes('node_modules'));
}

const CODE = /\.(ts|svelte|mjs|js|py)$/;
const code = ['src', 'server', 'tests', 'clients', 'scripts'].flatMap((folder) =>
	filesIn(folder, CODE)
);
const tests = code.filter((file) => file.startsWith('tests/'));
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn('docs', /\.md$/)];

/** Comments and, of tests, the whole text: that is where numbers are quoted. */
function quotingText(file: string): string {
	const text = read(file);
	if (file.startsWith('tests/')) return text;
	const comments = text.match(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|<!--[\s\S]*?-->/gm);
	return (comments ?? []).join('\n');
}

/** 1–4 and 7 -> 1, 2, 3, 4, 7 */
function numbersIn(list: string): number[] {
	return [...list.matchAll(/(\d+)(?:–(\d+))?/g)].flatMap(([, from, to]) => {
		const first = Number(from);
		return Array.from({ length: Number(to ?? from) - first + 1 }, (_, at) => first + at);
	});
}

const protocol = read('docs/protocol.md');
const defined = {
	threats: new Set(
		[...read('docs/threats.md').matchAll(/^\| ([A-Z]+-\d+) \|/gm)].map(([, id]) => id!)
	),
	rules: new Set([...protocol.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, id]) => id!)),
	promises: new Set(
		[
			...protocol
				.split('## The promises')[1]!
				.split('\n## ')[0]!
				.matchAll(/^(\d+)\. /gm)
		].map(([, number]) => Number(number))
	),
	complaints: new Set(
		[...read('docs/product.md').matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number))
	),
	sections: new Set(
		[...read('docs/compat-api.md').matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number))
	)
};
/** Threats that docs/threats.md lists as not tested yet. */
const untested = new Set(
	[...read('docs/threats.md').split('### Without a test yet')[1]!.matchAll(THREAT)].map(
		([id]) => id
	)
);

/** What a pattern finds where numbers are quoted, each with its file. */
function quotes<T>(
	files: readonly string[],
	find: (text: string) => T[]
): { file: string; id: T }[] {
	return files.flatMap((file) => find(quotingText(file)).map((id) => ({ file, id })));
}

const self = 'tests/unit/documents.test.ts';
const quoting = code.filter((file) => file !== self);
const all = (pattern: RegExp) => (text: string) => [...text.matchAll(pattern)].map(([id]) => id);
const numbered = (pattern: RegExp) => (text: string) =>
	[...text.matchAll(pattern)].flatMap(([, list]) => numbersIn(list!));

describe('every number that the code quotes is defined in docs/', () => {
	test('threats', () => {
		expect(quotes(quoting, all(THREAT)).filter(({ id }) => !defined.threats.has(id))).toEqual([]);
	});
	test('rules of the protocol', () => {
		const unknown = quotes(quoting, (text) =>
			all(RULE)(text.replace(/(["'`])(?:(?!\1)[^\\\n]|\\.){0,3}\1/g, ''))
		);
		expect(unknown.filter(({ id }) => !defined.rules.has(id))).toEqual([]);
	});
	test('promises', () => {
		const found = quotes(quoting, numbered(PROMISE));
		expect(found.length).toBeGreaterThan(100);
		expect(found.filter(({ id }) => !defined.promises.has(id))).toEqual([]);
	});
	test('complaints', () => {
		const found = quotes(quoting, numbered(COMPLAINT));
		expect(found.length).toBeGreaterThan(20);
		expect(found.filter(({ id }) => !defined.complaints.has(id))).toEqual([]);
	});
	test('sections of the compatible API', () => {
		const found = quotes(quoting, (text) =>
			[...text.matchAll(CONTRACT)].flatMap(([, list]) =>
				[...list!.matchAll(/(\d+)(?:\.\d+)?/g)].map(([, section]) => Number(section))
			)
		);
		expect(found.length).toBeGreaterThan(20);
		expect(found.filter(({ id }) => !defined.sections.has(id))).toEqual([]);
	});
	test('nothing quotes a document that is not here', () => {
		const elsewhere = /hostile[- ]case|sync-design|house-review|product\.md section/i;
		expect(quoting.filter((file) => elsewhere.test(read(file)))).toEqual([]);
	});
});

describe('what is promised is tested', () => {
	const named = (find: (text: string) => (string | number)[]) =>
		new Set(
			quotes(
				tests.filter((file) => file !== self),
				find
			).map(({ id }) => id)
		);

	test('each promise is named by a test', () => {
		const found = named(numbered(PROMISE));
		expect([...defined.promises].filter((promise) => !found.has(promise))).toEqual([]);
	});
	test('each rule of the protocol is named by a test', () => {
		const found = named(all(RULE));
		expect([...defined.rules].filter((rule) => !found.has(rule))).toEqual([]);
	});
	test('each threat is named by a test, or said to be without one', () => {
		const found = named(all(THREAT));
		expect([...defined.threats].filter((id) => found.has(id) === untested.has(id))).toEqual([]);
	});
});

describe('documents are true', () => {
	test('links between them lead somewhere', () => {
		const broken = documents.flatMap((file) =>
			[...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
				.map(([, target]) => target!)
				.filter((target) => !existsSync(join(ROOT, dirname(file), target)))
				.map((target) => `${file} -> ${target}`)
		);
		expect(broken).toEqual([]);
	});
	test('files and folders that they name are there', () => {
		const PATH =
			/`((?:src|server|tests|docs|scripts|drizzle|static|clients|messages)\/[\w./()[\]+-]*)`/g;
		const missing = documents.flatMap((file) =>
			[...read(file).matchAll(PATH)]
				.map(([, path]) => path!)
				.filter((path) => !existsSync(join(ROOT, path)))
				.map((path) => `${file} names ${path}`)
		);
		expect(missing).toEqual([]);
	});
	test('npm scripts that they name are there', () => {
		const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
		const missing = documents.flatMap((file) =>
			[...read(file).matchAll(/`?npm run ([a-z:]+)/g)]
				.map(([, name]) => name!)
				.filter((name) => !scripts.includes(name))
				.map((name) => `${file} names npm run ${name}`)
		);
		expect(missing).toEqual([]);
	});
});
