/**
 * Reads light Markdown: bold, italic, strike, code, quotes, lists, links. Only what was surely meant is read as a
 * construct; all else (headings, tables, HTML, pictures, footnotes) stays the text that it is, so that nothing anybody
 * wrote is lost or changed. The work grows with the length of the text and not with what is in it (budget.ts).
 */
import { Budget, BudgetError } from './budget.ts';
import { readInline, type Reading, type Resolve } from './inline.ts';
import { isItem, readList } from './lists.ts';
import type { Block } from './nodes.ts';

export type { Resolve } from './inline.ts';

/** Quotes and lists within one another beyond this stay text. */
const DEEPEST = 6;
const FENCE_OPEN = /^ {0,3}```([\w+#.-]*) *$/;
const FENCE_CLOSE = /^ {0,3}``` *$/;
/** A ">" and a space: ">_<" and ">>> x" are no quotes. */
const QUOTED = /^ {0,3}> (?=.*\S)|^ {0,3}>$/;
const isBlank = (line: string): boolean => line.trim() === '';

class BlockReader {
	readonly #lines: readonly string[];
	readonly #reading: Reading;
	readonly #depth: number;
	readonly #blocks: Block[] = [];
	#paragraph: string[] = [];
	/** place of the last line that can close a block of code */
	readonly #lastFence: number;

	constructor(lines: readonly string[], reading: Reading, depth: number) {
		this.#lines = lines;
		this.#reading = reading;
		this.#depth = depth;
		this.#lastFence = lines.findLastIndex((line) => FENCE_CLOSE.test(line));
	}

	read(): Block[] {
		for (let at = 0; at < this.#lines.length;) {
			this.#reading.budget.spend(this.#lines[at]!.length + 1);
			at = this.#step(at);
		}
		this.#endParagraph();
		return this.#blocks;
	}

	/** @returns the line to go on with */
	#step(at: number): number {
		const line = this.#lines[at]!;
		const fence = FENCE_OPEN.exec(line);
		if (fence && at < this.#lastFence) return this.#code(at, fence[1]!);
		if (this.#depth < DEEPEST && QUOTED.test(line)) return this.#quote(at);
		if (isItem(line)) return this.#list(at);
		this.#paragraph.push(line);
		return at + 1;
	}

	#add(block: Block): void {
		this.#reading.budget.add();
		this.#endParagraph();
		this.#blocks.push(block);
	}

	#code(at: number, language: string): number {
		let end = at + 1;
		while (!FENCE_CLOSE.test(this.#lines[end]!)) end++;
		const text = this.#lines.slice(at + 1, end).join('\n');
		this.#reading.budget.spend(text.length);
		this.#add({ type: 'code', language, text });
		return end + 1;
	}

	#quote(at: number): number {
		let end = at;
		while (end < this.#lines.length && QUOTED.test(this.#lines[end]!)) end++;
		const lines = this.#lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ''));
		if (lines.every(isBlank)) {
			this.#paragraph.push(...this.#lines.slice(at, end));
			return end;
		}
		const blocks = new BlockReader(lines, this.#reading, this.#depth + 1).read();
		this.#add({ type: 'quote', blocks });
		return end;
	}

	#list(at: number): number {
		const { items, end } = readList(this.#lines, at, DEEPEST, (text) => {
			return readInline(text, this.#reading);
		});
		this.#add({ type: 'list', items });
		return end;
	}

	/** Empty lines next to a block are the space around it; more of them were left on purpose. */
	#endParagraph(): void {
		const lines = this.#paragraph;
		this.#paragraph = [];
		const first = lines.findIndex((line) => !isBlank(line));
		if (first < 0) {
			this.#addGap(lines.length - 1);
			return;
		}
		const last = lines.findLastIndex((line) => !isBlank(line));
		if (this.#blocks.length > 0) this.#addGap(first - 1);
		const text = lines.slice(first, last + 1).join('\n');
		this.#blocks.push({ type: 'paragraph', children: readInline(text, this.#reading) });
		this.#addGap(lines.length - last - 2);
	}

	#addGap(lines: number): void {
		if (lines > 0 && this.#blocks.length > 0) this.#blocks.push({ type: 'gap', lines });
	}
}

/** Signs that can begin a construct; most of what people write has none of them. */
const CONSTRUCTS = /[*_~`@[]|http|^ {0,3}(?:>|[-*] |\d{1,9}[.)] )/imu;

const plain = (text: string): Block[] => [
	{ type: 'paragraph', children: text === '' ? [] : [{ type: 'text', text }] }
];

/**
 * Reads a text. Never throws: what is more work than any text that is meant is shown as it was written.
 * @param resolve says who is named behind an @; by default nobody
 * @param budget counts what is done, for tests of its bound
 */
export function parseMarkup(
	text: string,
	resolve: Resolve = () => null,
	budget = new Budget(text.length)
): Block[] {
	if (!CONSTRUCTS.test(text)) return plain(text);
	try {
		const blocks = new BlockReader(text.split('\n'), { resolve, budget }, 0).read();
		if (blocks.at(-1)?.type === 'gap') blocks.pop();
		return blocks;
	} catch (error) {
		if (error instanceof BudgetError) return plain(text);
		throw error;
	}
}
