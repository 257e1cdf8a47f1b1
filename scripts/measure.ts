/**
 * Prints the size and shape of the code: lines of files and functions, cycles between files, exports that
 * nobody imports, and comments. `npm run measure` prints a table; `-- --check` fails when a mark is missed.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import ts from 'typescript';
import { filesBelow, importsOf, ROOT, scriptOf, targetOf } from './imports.ts';

/** Marks from docs/decisions/0019-structure.md; lines. */
const MARKS = {
	fileMedian: 80,
	fileP90: 200,
	fileMax: 350,
	functionP90: 25,
	functionLong: 60,
	/** functions longer than `functionLong` that there may be, each with its reason above it */
	longFunctions: 12,
	testFileMax: 600
};

interface Span {
	file: string;
	name: string;
	line: number;
	lines: number;
}

/** The value below which the share `p` (0..1) of the numbers lies; 0 of none. */
function quantile(numbers: readonly number[], p: number): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
}

const linesOf = (text: string) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

function nameOf(node: ts.Node): string {
	const named = (node as { name?: ts.Node }).name ?? (node.parent as { name?: ts.Node }).name;
	return named?.getText() ?? '(anonymous)';
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
	return (
		ts.isFunctionDeclaration(node) ||
		ts.isFunctionExpression(node) ||
		ts.isArrowFunction(node) ||
		ts.isMethodDeclaration(node) ||
		ts.isConstructorDeclaration(node) ||
		ts.isAccessor(node)
	);
}

/** Every function with a block body, inner ones included. */
function functionsOf(file: string): Span[] {
	const source = ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest, true);
	const found: Span[] = [];
	const visit = (node: ts.Node): void => {
		if (isFunction(node) && node.body && ts.isBlock(node.body)) {
			const start = source.getLineAndCharacterOfPosition(node.getStart()).line;
			const end = source.getLineAndCharacterOfPosition(node.end).line;
			found.push({
				file: relative(ROOT, file),
				name: nameOf(node),
				line: start + 1,
				lines: end - start + 1
			});
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

/** Groups of files that import each other in a circle (Tarjan's strongly connected components). */
function cyclesOf(graph: Map<string, readonly string[]>): string[][] {
	const index = new Map<string, number>();
	const low = new Map<string, number>();
	const stack: string[] = [];
	const cycles: string[][] = [];
	const connect = (file: string): void => {
		index.set(file, index.size);
		low.set(file, index.get(file)!);
		stack.push(file);
		for (const next of graph.get(file) ?? []) {
			if (!index.has(next)) connect(next);
			if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
		}
		if (low.get(file) !== index.get(file)) return;
		const group = stack.splice(stack.indexOf(file));
		if (group.length > 1) cycles.push(group.sort());
	};
	for (const file of graph.keys()) if (!index.has(file)) connect(file);
	return cycles;
}

const isExported = (statement: ts.Statement): boolean =>
	ts.canHaveModifiers(statement) &&
	(ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** Names that a module exports by declaration. */
function exportsOf(file: string): string[] {
	const source = ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest, true);
	return source.statements.filter(isExported).flatMap((statement) => {
		if (ts.isVariableStatement(statement)) {
			return statement.declarationList.declarations.map(({ name }) => name.getText());
		}
		const name = (statement as { name?: ts.Identifier }).name;
		return name ? [name.text] : [];
	});
}

/** Files whose exports are read by a framework; tables are read by drizzle-kit. */
const READ_BY_FRAMEWORK =
	/(\+(page|layout|server|error)[.\w]*|hooks\.\w+|service-worker|app\.d|sql\/schema\/\w+|postgres\/schema)\.ts$/;

/** Exported names that no other file of the project, tests included, mentions. */
function unusedExports(product: readonly string[], everything: readonly string[]): string[] {
	const texts = new Map(everything.map((file) => [file, readFileSync(file, 'utf8')]));
	return product
		.filter((file) => file.endsWith('.ts') && !READ_BY_FRAMEWORK.test(file))
		.flatMap((file) =>
			exportsOf(file)
				.filter((name) => {
					const word = new RegExp(`\\b${name}\\b`);
					return ![...texts].some(([other, text]) => other !== file && word.test(text));
				})
				.map((name) => `${relative(ROOT, file)}: ${name}`)
		);
}

/** Share (0..1) of the lines of `files` that are comments. */
function commentShare(files: readonly string[]): number {
	let all = 0;
	let comments = 0;
	for (const file of files) {
		const text = readFileSync(file, 'utf8');
		all += linesOf(text);
		for (const [comment] of text.matchAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|<!--[\s\S]*?-->/gm)) {
			comments += linesOf(comment);
		}
	}
	return comments / Math.max(1, all);
}

function measure(folder: string) {
	const files = filesBelow(folder);
	const sizes = files.map((file) => linesOf(readFileSync(file, 'utf8')));
	const functions = files.flatMap(functionsOf);
	return { folder, files, sizes, functions };
}

const parts = ['src', 'server', 'tests'].map(measure);
const three = (numbers: readonly number[]) =>
	[quantile(numbers, 0.5), quantile(numbers, 0.9), Math.max(0, ...numbers)].join(' / ');

console.log('folder   files   lines   file median/p90/max   function median/p90/max   comments');
for (const { folder, files, sizes, functions } of parts) {
	console.log(
		folder.padEnd(9) +
			String(files.length).padEnd(8) +
			String(sizes.reduce((sum, size) => sum + size, 0)).padEnd(8) +
			three(sizes).padEnd(22) +
			three(functions.map(({ lines }) => lines)).padEnd(26) +
			`${(commentShare(files) * 100).toFixed(1)} %`
	);
}

const product = parts.filter(({ folder }) => folder !== 'tests');
const files = product.flatMap((part) => part.files);
const functions = product.flatMap((part) => part.functions);
const graph = new Map(
	files.map((file) => [
		relative(ROOT, file),
		importsOf(file)
			.map((name) => targetOf(file, name))
			.filter((to): to is string => to !== null)
	])
);
const cycles = cyclesOf(graph);
const unused = unusedExports(files, [
	...parts.flatMap((part) => part.files),
	...filesBelow('scripts'),
	...filesBelow('clients')
]);
const long = functions
	.filter(({ lines }) => lines > MARKS.functionLong)
	.sort((a, b) => b.lines - a.lines);
const large = parts.flatMap(({ folder, files, sizes }) => {
	const most = folder === 'tests' ? MARKS.testFileMax : MARKS.fileMax;
	return files
		.map((file, at) => ({ file: relative(ROOT, file), lines: sizes[at]! }))
		.filter(({ lines }) => lines > most);
});

const list = (title: string, lines: readonly string[]) =>
	console.log([`\n${title}: ${lines.length}`, ...lines.map((line) => `  ${line}`)].join('\n'));
list(
	'cycles of files',
	cycles.map((group) => group.join(' -> '))
);
list('unused exports', unused);
list(
	`files over ${MARKS.fileMax} lines (tests: ${MARKS.testFileMax})`,
	large.map(({ file, lines }) => `${lines} ${file}`)
);
list(
	`functions over ${MARKS.functionLong} lines`,
	long.map(({ file, line, name, lines }) => `${lines} ${file}:${line} ${name}`)
);

if (process.argv.includes('--check')) {
	const sizes = product.flatMap((part) => part.sizes);
	const missed = [
		quantile(sizes, 0.5) > MARKS.fileMedian && `file median over ${MARKS.fileMedian}`,
		quantile(sizes, 0.9) > MARKS.fileP90 && `file p90 over ${MARKS.fileP90}`,
		large.length > 0 && 'files that are too long',
		quantile(
			functions.map(({ lines }) => lines),
			0.9
		) > MARKS.functionP90 && `function p90 over ${MARKS.functionP90}`,
		long.length > MARKS.longFunctions &&
			`more than ${MARKS.longFunctions} functions over ${MARKS.functionLong}`,
		cycles.length > 0 && 'cycles of files',
		unused.length > 0 && 'unused exports'
	].filter((mark) => mark !== false);
	console.log(missed.length === 0 ? '\nAll marks are kept.' : `\nMissed: ${missed.join('; ')}.`);
	process.exit(missed.length === 0 ? 0 : 1);
}
