/** What texts on screen consist of, remembered: a row is drawn again far more often than its text changes. */
import { resolveMentions } from '../../../markup/mentions.ts';
import type { Block } from '../../../markup/nodes.ts';
import { parseMarkup } from '../../../markup/parse.ts';
import { calm } from '../../../markup/visible.ts';
import type { Mention } from '../../../protocol/change.ts';

/** Texts that are remembered: what is on screen and around it. */
const REMEMBERED = 300;
const remembered = new Map<string, Block[]>();

/** @returns the blocks of a message's text, with those whom the server says it names */
export function blocksOf(body: string, mentions: readonly Mention[]): Block[] {
	const key = JSON.stringify([body, mentions]);
	let blocks = remembered.get(key);
	if (!blocks) {
		blocks = parseMarkup(calm(body), resolveMentions(mentions));
		if (remembered.size >= REMEMBERED) remembered.clear();
	}
	remembered.set(key, blocks);
	return blocks;
}
