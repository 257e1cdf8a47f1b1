/**
 * Reads running text: code, addresses, links, mentions, emphasis. One pass from left to right, in which code comes
 * before addresses, addresses before mentions, mentions before links and links before emphasis; what each place
 * pairs with has been found before, so that no part is read twice.
 */
import { addressAt, safeHref } from './addresses.ts';
import type { Budget } from './budget.ts';
import { kindsOf } from './characters.ts';
import { canClose, canOpen, isMeant, MARKS, stretchesOf, type Mark } from './emphasis.ts';
import { deceives } from './link-words.ts';
import type { Inline } from './nodes.ts';
import { pairsOf, type Pairs } from './pairs.ts';
import type { PersonId } from '../protocol/ids.ts';

/**
 * Says whether somebody is named behind an @.
 * @param at place behind the @
 * @returns UTF-16 units of the name and whose it is; null: nobody
 */
export type Resolve = (text: string, at: number) => { length: number; person: PersonId } | null;

/** What a text is read with. */
export interface Reading {
	resolve: Resolve;
	budget: Budget;
}

/** A stretch of text, a part that is finished, or a run that may turn out to be a mark. */
type Token =
	| { type: 'text'; from: number; to: number }
	| { type: 'node'; node: Inline }
	| ({ type: 'mark'; partner: number } & Mark)
	/** an empty line, over which no emphasis reaches */
	| { type: 'break' };

/** An @ behind one of these is inside of a word or an address. */
const INSIDE = /[\p{Script=Latin}\p{Nd}_@.]/u;
const MARK_SIGNS = new Set('*_~');
/** Steps that looking for a name takes at most: the longest name, and its beginnings. */
const NAME_STEPS = 20;

class InlineReader {
	readonly #text: string;
	readonly #reading: Reading;
	readonly #kinds: Uint8Array;
	readonly #pairs: Pairs;
	/** inside of a link there are neither links nor mentions */
	readonly #isLink: boolean;
	readonly #tokens: Token[] = [];
	#plainFrom = 0;

	constructor(text: string, reading: Reading, isLink: boolean) {
		this.#text = text;
		this.#reading = reading;
		this.#isLink = isLink;
		this.#kinds = kindsOf(text);
		this.#pairs = pairsOf(text, this.#kinds);
		reading.budget.spend(4 * text.length);
	}

	read(): Inline[] {
		for (let at = 0; at < this.#text.length;) {
			this.#reading.budget.spend(1);
			at = this.#step(at);
		}
		this.#flush(this.#text.length);
		this.#pairMarks();
		return this.#build(0, this.#tokens.length);
	}

	/** @returns where to go on */
	#step(at: number): number {
		const sign = this.#text[at]!;
		if (sign === '`') return this.#code(at);
		if (sign === 'h' || sign === 'H') return this.#address(at);
		if (sign === '@') return this.#mention(at);
		if (sign === '[') return this.#link(at);
		if (MARK_SIGNS.has(sign)) return this.#mark(at);
		if (sign === '\n' && this.#pairs.isBlankAfter(at)) this.#push(at, at, { type: 'break' });
		return at + 1;
	}

	#flush(to: number): void {
		if (to > this.#plainFrom) this.#tokens.push({ type: 'text', from: this.#plainFrom, to });
		this.#plainFrom = to;
	}

	#push(from: number, to: number, token: Token): number {
		this.#flush(from);
		this.#tokens.push(token);
		this.#plainFrom = to;
		return to;
	}

	#node(from: number, to: number, node: Inline): number {
		this.#reading.budget.add();
		return this.#push(from, to, { type: 'node', node });
	}

	#code(at: number): number {
		const run = this.#pairs.codeAt(at);
		if (run.close === null) return run.open;
		let [from, to] = [run.open, run.close];
		// Spaces that keep backticks from the marks around them are no part of the code.
		if (this.#text[from] === ' ' && this.#text[to - 1] === ' ' && to - from > 2)
			[from, to] = [from + 1, to - 1];
		return this.#node(at, run.close + (run.open - at), {
			type: 'code',
			text: this.#text.slice(from, to)
		});
	}

	#address(at: number): number {
		const address = addressAt(this.#text, this.#kinds, at, this.#reading.budget);
		if (!address) return at + 1;
		// What looks like an address and is none stays text as a whole: no other one begins inside of it.
		if (address.href === null || this.#isLink) return address.to;
		const words = this.#text.slice(at, address.to);
		const { href } = address;
		return this.#node(at, address.to, {
			type: 'link',
			href,
			children: [{ type: 'text', text: words }]
		});
	}

	#mention(at: number): number {
		if (this.#isLink || (at > 0 && INSIDE.test(this.#text[at - 1]!))) return at + 1;
		this.#reading.budget.spend(NAME_STEPS);
		const named = this.#reading.resolve(this.#text, at + 1);
		if (!named) return at + 1;
		const to = at + 1 + named.length;
		return this.#node(at, to, {
			type: 'mention',
			text: this.#text.slice(at, to),
			person: named.person
		});
	}

	#link(at: number): number {
		const target = this.#isLink ? null : this.#pairs.linkAt(at);
		if (!target) return at + 1;
		this.#reading.budget.spend(target.close - at);
		const words = this.#text.slice(at + 1, target.wordsEnd);
		const href = safeHref(this.#text.slice(target.from, target.close));
		if (href === null || words.trim() === '' || deceives(words, href)) return at + 1;
		const children = new InlineReader(words, this.#reading, true).read();
		return this.#node(at, target.close + 1, { type: 'link', href, children });
	}

	#mark(at: number): number {
		const sign = this.#text[at]!;
		let to = at + 1;
		while (this.#text[to] === sign) to++;
		const run = this.#text.slice(at, to);
		if (!(run in MARKS)) return to;
		return this.#push(at, to, { type: 'mark', sign: run, from: at, to, partner: -1 });
	}

	/** Finds for each mark the one that it belongs to; what lies between is nested whole, or is text. */
	#pairMarks(): void {
		const stretches = stretchesOf(this.#text, this.#kinds);
		let open: number[] = [];
		for (const [index, token] of this.#tokens.entries()) {
			if (token.type === 'break') open = [];
			if (token.type !== 'mark') continue;
			const opener = open.findLastIndex((one) => (this.#tokens[one] as Mark).sign === token.sign);
			const other = opener < 0 ? null : (this.#tokens[open[opener]!] as Token & { type: 'mark' });
			if (other && canClose(stretches, token) && isMeant(stretches, other, token)) {
				other.partner = index;
				token.partner = open[opener]!;
				open = open.slice(0, opener);
			} else if (canOpen(stretches, token)) {
				// One mark of a kind is open at most, so that this list stays as short as there are kinds.
				if (opener >= 0) open = open.slice(0, opener);
				open = [...open, index];
			}
		}
	}

	/** The nodes that the tokens between two places make. */
	#build(from: number, to: number): Inline[] {
		const nodes: Inline[] = [];
		for (let index = from; index < to; index++) {
			const token = this.#tokens[index]!;
			if (token.type === 'node') nodes.push(token.node);
			else if (token.type === 'mark' && token.partner > index) {
				nodes.push(this.#emphasis(token.sign, this.#build(index + 1, token.partner)));
				index = token.partner;
			} else if (token.type !== 'break') this.#addText(nodes, token.from, token.to);
		}
		return nodes;
	}

	#emphasis(sign: string, children: Inline[]): Inline {
		let inner = children;
		for (const type of MARKS[sign]!) {
			this.#reading.budget.add();
			inner = [{ type, children: inner }];
		}
		return inner[0]!;
	}

	/** Neighbouring texts are one. */
	#addText(nodes: Inline[], from: number, to: number): void {
		const text = this.#text.slice(from, to);
		const last = nodes.at(-1);
		if (last?.type === 'text') {
			nodes[nodes.length - 1] = { type: 'text', text: last.text + text };
			return;
		}
		this.#reading.budget.add();
		nodes.push({ type: 'text', text });
	}
}

/** Reads running text. @throws BudgetError when it is more work, or more parts, than any text that is meant */
export function readInline(text: string, reading: Reading): Inline[] {
	return new InlineReader(text, reading, false).read();
}
