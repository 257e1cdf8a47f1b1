/**
 * Writes src/lib/protocol/confusables.ts: the part of Unicode's confusables.txt (UTS 39) that is left when a name has
 * been folded as names.ts does it. The data is that of the package unhomoglyph.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bareLetters, LOOK_ALIKES, seenLetters } from '../src/lib/protocol/name-letters.ts';

const TARGET = fileURLToPath(new URL('../src/lib/protocol/confusables.ts', import.meta.url));
const DATA = createRequire(import.meta.url).resolve('unhomoglyph/data.json');

type Table = Map<string, string>;

const own: Table = new Map(
	LOOK_ALIKES.flatMap(([letters, plain]) => [...letters].map((letter) => [letter, plain] as const))
);
/** What our own pairs count as stands for itself, whatever the data says. */
const plain = new Set(LOOK_ALIKES.flatMap(([, target]) => [...target]));
const isOneLetter = (text: string): boolean => [...text].length === 1;

/** One step of folding. */
function fold(table: Table, text: string): string {
	let folded = '';
	for (const letter of bareLetters(seenLetters(text))) {
		folded += own.get(letter) ?? table.get(letter) ?? letter;
	}
	return folded;
}

/** Folds until nothing changes; the longest chain of the data is far shorter than the bound. */
function foldWholly(table: Table, text: string): string {
	let last = text;
	for (let round = 0; round < 10; round++) {
		const next = fold(table, last);
		if (next === last) return next;
		last = next;
	}
	throw new Error(`Folding ${JSON.stringify(text)} comes to no end`);
}

/** Which letters a name may still have after folding stand for which others. */
function createTables(data: [string, string][]): { letters: Table; capitals: Table } {
	const letters: Table = new Map();
	const isLeft = (source: string) => isOneLetter(source) && seenLetters(source) === source;
	for (const [source, target] of data) {
		const isBare = isLeft(source) && bareLetters(source) === source;
		if (isBare && !own.has(source) && !plain.has(source)) letters.set(source, target);
	}
	const capitals: Table = new Map();
	for (const [source, target] of data) {
		const small = bareLetters(source);
		if (!isLeft(source) || !/^\p{Lu}$/u.test(source) || !isOneLetter(small)) continue;
		// A small letter that resembles nothing is taken for what its capital resembles.
		if (letters.has(small) || own.has(small) || plain.has(small)) capitals.set(source, target);
		else if (foldWholly(letters, target) !== small) letters.set(small, target);
	}
	return {
		letters: settled(letters, letters),
		capitals: settled(capitals, letters)
	};
}

/** A table whose targets are folded wholly, without signs that only resemble other signs, and without what is known anyway. */
function settled(table: Table, letters: Table): Table {
	const others = new Map([...letters].filter(([source]) => !table.has(source)));
	const folded = [...table].map(([source, target]): [string, string] => [
		source,
		foldWholly(letters, target)
	]);
	return new Map(
		folded.filter(
			([source, target]) =>
				(/[\p{L}\p{N}]/u.test(source) || /^[a-z0-9]+$/.test(target)) &&
				target !== '' &&
				target !== foldWholly(others, source)
		)
	);
}

/** Lines of a target, a space, and all that look like it. */
function written(table: Table): string {
	const sources = new Map<string, string>();
	for (const [source, target] of table) sources.set(target, (sources.get(target) ?? '') + source);
	return [...sources]
		.map(([target, all]) => `${target} ${[...all].sort().join('')}`)
		.sort()
		.join('\n');
}

/** The text of the generated file. */
export function confusablesFile(): string {
	const data = Object.entries(JSON.parse(readFileSync(DATA, 'utf8')) as Record<string, string>);
	const { letters, capitals } = createTables(data);
	const literal = (table: Table) => JSON.stringify(written(table));
	return `// Written by scripts/confusables.ts from Unicode's confusables.txt; see docs/decisions/0020-confusable-names.md.
/** Lines of what a letter counts as, a space, and all letters that look like it. */
export const LETTERS = ${literal(letters)};
/** The same for capitals that look like something else than their small letters do. */
export const CAPITALS = ${literal(capitals)};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, confusablesFile());
