/**
 * Marks words in elements that are there already, without touching them (CSS Custom Highlight API: Chrome 105, Safari
 * 17.2, Firefox 140). Elsewhere nothing is marked.
 */
import { findSpans } from '../../search/match.ts';
import type { Query } from '../../search/query.ts';

/** Name of the marks in base.css. */
const NAME = 'found';

function* rangesIn(element: Element, query: Query): Generator<Range> {
	const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
	for (let node = texts.nextNode(); node; node = texts.nextNode()) {
		for (const [from, to] of findSpans(node.nodeValue ?? '', query)) {
			const range = document.createRange();
			range.setStart(node, from);
			range.setEnd(node, to);
			yield range;
		}
	}
}

/** Marks what is searched for in an element; the answer ends it. One element at a time. */
export function highlight(element: Element, query: Query): () => void {
	if (typeof Highlight === 'undefined' || !CSS.highlights) return () => undefined;
	CSS.highlights.set(NAME, new Highlight(...rangesIn(element, query)));
	return () => void CSS.highlights.delete(NAME);
}
