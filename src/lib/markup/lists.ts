/**
 * Reads lists. An item keeps the number that was written, and what looks like an item and may be a fact ("- 5 °C",
 * "-1") is none.
 */
import type { Inline, ListItem } from './nodes.ts';

/** Spaces, then a point or a number, then something. */
const ITEM = /^( {0,24})(?:([-*])[ \t]+(?![\d\s.,+\-−€$£¥%])|(\d{1,9}[.)])[ \t]+)(?=\S)/;
const TASK = /^\[([ xX])\] (?=\S)/;
/** Spaces that put an item below the one before. */
const NESTED_BY = 2;

export const isItem = (line: string): boolean => ITEM.test(line);

/** An item before its text is read. */
interface Draft {
	indent: number;
	marker: string;
	lines: string[];
}

function begin(line: string): Draft | null {
	const match = ITEM.exec(line);
	if (!match) return null;
	const rest = line.slice(match[0].length);
	const number = match[3];
	const task = number === undefined ? TASK.exec(rest) : null;
	const marker = number ?? (task ? (task[1] === ' ' ? '☐' : '☑') : '•');
	return { indent: match[1]!.length, marker, lines: [task ? rest.slice(task[0].length) : rest] };
}

/** Whether a line belongs to the item before it: it is set in below it, and no item itself. */
const goesOn = (line: string, { indent }: Draft): boolean =>
	line.trim() !== '' && line.startsWith(' '.repeat(indent + NESTED_BY));

/** The items that follow each other from this line on. */
function draftsFrom(lines: readonly string[], start: number): { drafts: Draft[]; end: number } {
	const drafts: Draft[] = [];
	let at = start;
	for (; at < lines.length; at++) {
		const line = lines[at]!;
		const item = begin(line);
		const last = drafts.at(-1);
		if (item) drafts.push(item);
		else if (last && goesOn(line, last)) last.lines.push(line.trimStart());
		else break;
	}
	return { drafts, end: at };
}

/**
 * Reads the list that begins at a line.
 * @param deepest levels within one another; what is set in further stands on the deepest one
 * @param read reads the text of an item
 * @returns its items, and the line behind it
 */
export function readList(
	lines: readonly string[],
	start: number,
	deepest: number,
	read: (text: string) => Inline[]
): { items: ListItem[]; end: number } {
	const { drafts, end } = draftsFrom(lines, start);
	const items: ListItem[] = [];
	/** the items that the next one may stand under, the outermost first */
	let path: { indent: number; item: ListItem }[] = [];
	for (const { indent, marker, lines: own } of drafts) {
		path = path.filter((above) => above.indent + NESTED_BY <= indent).slice(0, deepest - 1);
		const item: ListItem = { marker, children: read(own.join('\n')), items: [] };
		(path.at(-1)?.item.items ?? items).push(item);
		path = [...path, { indent, item }];
	}
	return { items, end };
}
