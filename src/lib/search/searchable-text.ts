/** What of a message is searched: its words as they read on screen, where its links lead, and the names of its files. */
import type { MessageRow } from '../protocol/change.ts';
import { isSaid } from '../protocol/change.ts';
import type { Block, Inline, ListItem } from '../markup/nodes.ts';
import { parseMarkup } from '../markup/parse.ts';
import { wordsIn } from '../markup/plain-text.ts';

/** Fields of a message that are searched. */
export type Searchable = Pick<MessageRow, 'body' | 'files' | 'type' | 'deleted'>;

function* linksIn(nodes: readonly Inline[]): Generator<string> {
	for (const node of nodes) {
		if (node.type === 'link') yield node.href;
		if ('children' in node) yield* linksIn(node.children);
	}
}

function* linksInItems(items: readonly ListItem[]): Generator<string> {
	for (const { children, items: below } of items) {
		yield* linksIn(children);
		yield* linksInItems(below);
	}
}

function* linksInBlocks(blocks: readonly Block[]): Generator<string> {
	for (const block of blocks) {
		if (block.type === 'paragraph') yield* linksIn(block.children);
		else if (block.type === 'quote') yield* linksInBlocks(block.blocks);
		else if (block.type === 'list') yield* linksInItems(block.items);
	}
}

/** The addresses behind words, which are not to be read on screen. */
function hiddenLinks(body: string, words: string): string[] {
	if (!body.includes('](')) return [];
	return [...linksInBlocks(parseMarkup(body))].filter((href) => !words.includes(href));
}

/** The text of a message that is searched, lines of it parted by line breaks; empty: nothing to be found. */
export function searchableText(message: Searchable): string {
	if (!isSaid(message)) return '';
	const words = wordsIn(message.body);
	const names = (message.files ?? []).map((file) => file.name);
	return [words, ...hiddenLinks(message.body, words), ...names]
		.filter((part) => part !== '')
		.join('\n');
}
