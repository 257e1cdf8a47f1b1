/**
 * A text without the marks of its markup, for every place that shows words and no elements: notifications, previews,
 * quotes, titles. The same reading as on screen, so that both say the same.
 */
import type { Block, Inline, ListItem } from './nodes.ts';
import { parseMarkup } from './parse.ts';

/** UTF-16 units that are read; no place that shows plain words has room for more. */
const READ_MAX = 1000;

const wordsOf = (nodes: readonly Inline[]): string =>
	nodes.map((node) => ('children' in node ? wordsOf(node.children) : node.text)).join('');

const linesOf = (items: readonly ListItem[]): string[] =>
	items.flatMap(({ marker, children, items: below }) => [
		`${marker} ${wordsOf(children)}`,
		...linesOf(below)
	]);

function textOf(block: Block): string {
	switch (block.type) {
		case 'paragraph':
			return wordsOf(block.children);
		case 'code':
			return block.text;
		case 'quote':
			return block.blocks.map(textOf).join('\n');
		case 'list':
			return linesOf(block.items).join('\n');
		default:
			return '';
	}
}

/** All words of a text as it reads on screen. */
export function wordsIn(body: string): string {
	return parseMarkup(body).map(textOf).join('\n').trim();
}

/** The beginning of a text as it reads on screen, with its line breaks. */
export function plainText(body: string): string {
	return wordsIn(body.length > READ_MAX ? `${body.slice(0, READ_MAX)}…` : body);
}

/** The same in one line. @param max UTF-16 units */
export function plainLine(body: string, max = READ_MAX): string {
	return plainText(body).replace(/\s+/gu, ' ').slice(0, max).trim();
}

/** Code points of a message that a notification shows. */
const NOTIFICATION_MAX = 200;

/** The beginning of what was said, as a notification shows it. */
export function notificationText(body: string): string {
	return [...plainText(body)].slice(0, NOTIFICATION_MAX).join('');
}
