/**
 * Reads light Markdown with marked's lexer: bold, italic, strike, code, quotes, lists, links. What
 * is not among them (headings, tables, HTML, pictures, footnotes) stays the text that it is, so that
 * nothing anybody wrote is lost. Loaded only when a text needs it.
 */
import { Lexer, Tokenizer, type MarkedOptions, type Token, type Tokens } from 'marked';
import type { Mention } from '../../../protocol/change.ts';
import { addresses, safeHref } from './links.ts';
import { mayCallAfter, mentionAt, plainNodes, type Block, type Inline } from './nodes.ts';

/** Quotes and lists within one another beyond this stay text. */
const DEEPEST = 6;

/** More marks before a line than anybody means; each level is read by itself, so many cost much. */
const DEEP = new RegExp(`^(?:[ \\t]*(?:>|[-*]|\\d+[.)])[ \\t]?){${DEEPEST + 1}}`, 'mu');

const never = (): undefined => undefined;

/** Leaves out all that a chat has no use for. */
class LightTokenizer extends Tokenizer {
	override code = never;
	override heading = never;
	override lheading = never;
	override hr = never;
	override html = never;
	override def = never;
	override table = never;
	override tag = never;
	override reflink = never;
	override autolink = never;
	override url = never;
	/** "+ 1" is a sum rather than a point of a list. */
	override list(src: string): Tokens.List | undefined {
		return /^ {0,3}\+/u.test(src) ? undefined : super.list(src);
	}
}

/** A web address or a mention is one piece, whatever marks it has in it. */
function piece(src: string, before: string, mentions: readonly Mention[]): string | null {
	if (src.startsWith('@')) {
		if (!mayCallAfter(before)) return null;
		const mention = mentionAt(src, 0, mentions);
		return mention && `@${mention[0]}`;
	}
	if (!/^https?:/iu.test(src)) return null;
	const first = addresses(src.slice(0, 4096))[0];
	return first?.from === 0 ? src.slice(0, first.to) : null;
}

function options(mentions: readonly Mention[]): MarkedOptions {
	return {
		gfm: true,
		breaks: true,
		tokenizer: new LightTokenizer(),
		extensions: {
			renderers: {},
			childTokens: {},
			inline: [
				(src, before) => {
					const raw = piece(src, before.at(-1)?.raw ?? '', mentions);
					return raw ? { type: 'piece', raw, text: raw } : undefined;
				}
			],
			startInline: [
				(src) => {
					const at = src.search(/@|\bhttps?:/iu);
					return at < 0 ? undefined : at;
				}
			]
		}
	};
}

/** Reads a text. Never throws: what cannot be read is shown as it was written. */
export function parseMarks(text: string, mentions: readonly Mention[] = []): Block[] {
	if (DEEP.test(text)) return [{ type: 'paragraph', children: plainNodes(text, mentions) }];
	return toBlocks(new Lexer(options(mentions)).lex(text), mentions);
}

function toBlocks(tokens: Token[], mentions: readonly Mention[]): Block[] {
	const blocks: Block[] = [];
	for (const token of tokens) {
		const block = toBlock(token as Tokens.Generic, mentions, blocks.at(-1));
		if (block) blocks.push(block);
	}
	if (blocks.at(-1)?.type === 'gap') blocks.pop();
	return blocks;
}

function toBlock(
	token: Tokens.Generic,
	mentions: readonly Mention[],
	before: Block | undefined
): Block | null {
	switch (token.type) {
		case 'space':
			return before ? gap(token.raw, before) : null;
		case 'code': {
			const { lang, text } = token as Tokens.Code;
			return { type: 'code', language: lang ?? '', text };
		}
		case 'blockquote':
			return { type: 'quote', blocks: toBlocks(token.tokens ?? [], mentions) };
		case 'list': {
			const { ordered, start, items } = token as Tokens.List;
			return {
				type: 'list',
				start: ordered ? Number(start) : null,
				items: items.map((item) => toItem(item, mentions))
			};
		}
		default:
			return { type: 'paragraph', children: toInlines(token.tokens ?? [textOf(token)], mentions) };
	}
}

/** Lines left empty beyond the one that parts two blocks anyway. */
function gap(raw: string, before: Block): Block | null {
	const breaks = raw.split('\n').length - 1;
	const lines = before.type === 'paragraph' ? breaks - 1 : breaks - 2;
	return lines > 0 ? { type: 'gap', lines } : null;
}

/** A point of a list. The box of a task is shown as it was written. */
function toItem(item: Tokens.ListItem, mentions: readonly Mention[]): Block[] {
	const blocks = toBlocks(
		item.tokens.filter((token) => token.type !== 'checkbox'),
		mentions
	);
	if (!item.task) return blocks;
	const box: Inline = { type: 'text', text: item.checked ? '☑ ' : '☐ ' };
	const [first, ...rest] = blocks;
	return first?.type === 'paragraph'
		? [{ type: 'paragraph', children: [box, ...first.children] }, ...rest]
		: [{ type: 'paragraph', children: [box] }, ...blocks];
}

function textOf(token: Tokens.Generic): Tokens.Text {
	return { type: 'text', raw: token.raw, text: token.raw, escaped: false };
}

function toInlines(tokens: Token[], mentions: readonly Mention[]): Inline[] {
	return joined(tokens.flatMap((token) => toInline(token as Tokens.Generic, mentions)));
}

function toInline(token: Tokens.Generic, mentions: readonly Mention[]): Inline[] {
	switch (token.type) {
		case 'strong':
		case 'em':
		case 'del':
			return [{ type: token.type, children: toInlines(token.tokens ?? [], mentions) }];
		case 'codespan':
			return [{ type: 'code', text: (token as Tokens.Codespan).text }];
		case 'link':
			return link(token as Tokens.Link, mentions);
		case 'checkbox':
			return [];
		case 'text':
			// A block of text inside a list has its own parts.
			if (token.tokens) return toInlines(token.tokens, mentions);
			return plainNodes(token.raw, mentions);
		default:
			// A backslash, a line break, a picture: as they were written.
			return plainNodes(token.raw, mentions);
	}
}

/** Words that look like an address of their own. */
const LOOKS_LIKE_ADDRESS = /^(?:https?:\/\/)?[^\s/@]+\.[^\s/.]{2,}(?:\/\S*)?$/iu;

/** Whether words name one place and lead to another. */
function deceives(words: string, href: string): boolean {
	const said = words.trim();
	if (!LOOKS_LIKE_ADDRESS.test(said)) return false;
	const claimed = safeHref(/^https?:/iu.test(said) ? said : `https://${said}`);
	return claimed === null || new URL(claimed).host !== new URL(href).host;
}

/** A link whose words are not to be trusted stays the text that it is. */
function link(token: Tokens.Link, mentions: readonly Mention[]): Inline[] {
	const href = safeHref(token.href);
	if (href === null || token.text.trim() === '' || deceives(token.text, href)) {
		return plainNodes(token.raw, mentions);
	}
	return [{ type: 'link', href, children: withoutLinks(toInlines(token.tokens, mentions)) }];
}

/** Words of a link are one link, whatever addresses and names are among them. */
function withoutLinks(nodes: Inline[]): Inline[] {
	return nodes.flatMap((node): Inline[] => {
		if (node.type === 'link') return withoutLinks(node.children);
		if (node.type === 'mention') return [{ type: 'text', text: node.text }];
		return 'children' in node ? [{ ...node, children: withoutLinks(node.children) }] : [node];
	});
}

/** Neighbouring texts as one. */
function joined(nodes: Inline[]): Inline[] {
	const out: Inline[] = [];
	for (const node of nodes) {
		const last = out.at(-1);
		if (node.type === 'text' && last?.type === 'text') {
			out[out.length - 1] = { type: 'text', text: last.text + node.text };
		} else out.push(node);
	}
	return out;
}
