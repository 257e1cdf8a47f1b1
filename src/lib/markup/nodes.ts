/**
 * What a text consists of once its light Markdown has been read. Nodes are rendered as elements and
 * text, never as HTML.
 */
import type { PersonId } from '../protocol/ids.ts';

export type Inline =
	| { type: 'text'; text: string }
	| { type: 'mention'; text: string; person: PersonId }
	| { type: 'link'; href: string; children: Inline[] }
	| { type: 'code'; text: string }
	| { type: 'strong' | 'em' | 'del'; children: Inline[] };

export interface ListItem {
	/** as it was written ("3.", "01)"), "•" for a point, "☐" and "☑" for a task */
	marker: string;
	children: Inline[];
	/** the list under this item; empty: none */
	items: ListItem[];
}

export type Block =
	| { type: 'paragraph'; children: Inline[] }
	| { type: 'code'; language: string; text: string }
	| { type: 'quote'; blocks: Block[] }
	| { type: 'list'; items: ListItem[] }
	/** empty lines beyond the one that parts two blocks anyway */
	| { type: 'gap'; lines: number };
