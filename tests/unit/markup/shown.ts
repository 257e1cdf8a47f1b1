/** What the screen shows of a text, for tests: in short form, and as the characters alone. */
import type { Block, Inline, ListItem } from '../../../src/lib/markup/nodes.ts';

const LETTER = { strong: 'b', em: 'i', del: 's' } as const;

/** Nodes in short: b(…) i(…) s(…) c(…) a<href>(…) @(…). */
export function shortInline(node: Inline): string {
	switch (node.type) {
		case 'text':
			return node.text;
		case 'mention':
			return `@(${node.text})`;
		case 'code':
			return `c(${node.text})`;
		case 'link':
			return `a<${node.href}>(${node.children.map(shortInline).join('')})`;
		default:
			return `${LETTER[node.type]}(${node.children.map(shortInline).join('')})`;
	}
}

const shortItem = ({ marker, children, items }: ListItem): string =>
	[
		`${marker} ${children.map(shortInline).join('')}`,
		...items.map((item) => `[${shortItem(item)}]`)
	].join(' ');

export function shortBlock(node: Block): string {
	switch (node.type) {
		case 'paragraph':
			return node.children.map(shortInline).join('');
		case 'code':
			return `code:${node.language}(${node.text})`;
		case 'quote':
			return `quote(${node.blocks.map(shortBlock).join(' | ')})`;
		case 'list':
			return `list(${node.items.map(shortItem).join(' ; ')})`;
		default:
			return `gap ${node.lines}`;
	}
}

const charactersOf = (nodes: readonly Inline[]): string =>
	nodes.map((node) => ('children' in node ? charactersOf(node.children) : node.text)).join('');

const charactersOfItem = ({ marker, children, items }: ListItem): string =>
	marker + charactersOf(children) + items.map(charactersOfItem).join('');

/** Every character on screen, in its order. */
export function characters(blocks: readonly Block[]): string {
	return blocks
		.map((block) => {
			if (block.type === 'paragraph') return charactersOf(block.children);
			if (block.type === 'code') return block.text;
			if (block.type === 'quote') return characters(block.blocks);
			return block.type === 'list' ? block.items.map(charactersOfItem).join('') : '';
		})
		.join('');
}

/** Every address that something leads to. */
export function hrefs(nodes: readonly Inline[]): string[] {
	return nodes.flatMap((node) => [
		...('href' in node ? [node.href] : []),
		...('children' in node ? hrefs(node.children) : [])
	]);
}

/** All running text of the blocks, in one list. */
export function inlines(blocks: readonly Block[]): Inline[] {
	const ofItem = ({ children, items }: ListItem): Inline[] => [
		...children,
		...items.flatMap(ofItem)
	];
	return blocks.flatMap((block) => {
		if (block.type === 'paragraph') return block.children;
		if (block.type === 'quote') return inlines(block.blocks);
		return block.type === 'list' ? block.items.flatMap(ofItem) : [];
	});
}
