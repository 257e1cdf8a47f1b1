/**
 * What a text consists of once its light Markdown has been read. Nodes are rendered as elements and
 * text, never as HTML.
 */
import type { Mention } from '../../../protocol/change.ts';
import type { PersonId } from '../../../protocol/ids.ts';
import { addresses } from './links.ts';

export type Inline =
	| { type: 'text'; text: string }
	| { type: 'mention'; text: string; person: PersonId }
	| { type: 'link'; href: string; children: Inline[] }
	| { type: 'code'; text: string }
	| { type: 'strong' | 'em' | 'del'; children: Inline[] };

export type Block =
	| { type: 'paragraph'; children: Inline[] }
	| { type: 'code'; language: string; text: string }
	| { type: 'quote'; blocks: Block[] }
	/** `start`: the first number; null for points */
	| { type: 'list'; start: number | null; items: Block[][] }
	/** empty lines that somebody left on purpose */
	| { type: 'gap'; lines: number };

const MARKS = /[*_~`]|\]\(|^ {0,3}(?:>|[-*] |\d{1,9}[.)] )/mu;

/** Whether a text may have any markup; false for most of what people write. */
export function mayHaveMarks(text: string): boolean {
	return MARKS.test(text);
}

/** As in protocol/mentions.ts: an @ that does not stand inside a word or an address. */
const CALL = /(?<![\p{Script=Latin}\p{Nd}_@.])@/gu;
const INSIDE = /[\p{Script=Latin}\p{Nd}_@.]$/u;
const ENDS_LATIN = /[\p{Script=Latin}\p{Nd}_]$/u;
const BEGINS_LATIN = /^[\p{Script=Latin}\p{Nd}_]/u;

/** The mention that stands at the @ at this place, if it is one: the longest name that fits. */
export function mentionAt(text: string, at: number, mentions: readonly Mention[]): Mention | null {
	let longest: Mention | null = null;
	for (const mention of mentions) {
		const [name] = mention;
		if (longest && name.length <= longest[0].length) continue;
		if (!text.startsWith(name, at + 1)) continue;
		// As in protocol/mentions.ts: "anna" is not meant by "@annabelle".
		const after = text.slice(at + 1 + name.length);
		if (ENDS_LATIN.test(name) && BEGINS_LATIN.test(after)) continue;
		longest = mention;
	}
	return longest;
}

/** Whether an @ behind this text can call somebody. */
export function mayCallAfter(text: string): boolean {
	return !INSIDE.test(text);
}

/** Cuts a text without markup into plain text, links and mentions. */
export function plainNodes(text: string, mentions: readonly Mention[] = []): Inline[] {
	const found: { from: number; to: number; node: Inline }[] = addresses(text).map(
		({ from, to, href }) => ({
			from,
			to,
			node: { type: 'link', href, children: [{ type: 'text', text: text.slice(from, to) }] }
		})
	);
	if (mentions.length > 0) {
		for (const { index } of text.matchAll(CALL)) {
			const mention = mentionAt(text, index, mentions);
			if (!mention || found.some(({ from, to }) => from <= index && index < to)) continue;
			const to = index + 1 + mention[0].length;
			const node: Inline = { type: 'mention', text: text.slice(index, to), person: mention[1] };
			found.push({ from: index, to, node });
		}
	}
	found.sort((a, b) => a.from - b.from);
	const nodes: Inline[] = [];
	let done = 0;
	for (const { from, to, node } of found) {
		if (from > done) nodes.push({ type: 'text', text: text.slice(done, from) });
		nodes.push(node);
		done = to;
	}
	if (done < text.length) nodes.push({ type: 'text', text: text.slice(done) });
	return nodes;
}
