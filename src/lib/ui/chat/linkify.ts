/** Finds web addresses in plain text. The parts are rendered as text and links, never as HTML. */

export type TextPart = { text: string; href: null } | { text: string; href: string };

/** An address up to the next space, quote or full-width punctuation. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`，。；：！？、（）《》「」【】]+/giu;
const TRAILING = /[.,;:!?…]+$/u;
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Drops punctuation that belongs to the sentence: a final stop, or a bracket opened before. */
function trim(address: string): string {
	for (;;) {
		const shorter = address.replace(TRAILING, '');
		const last = shorter.at(-1) ?? '';
		const opener = CLOSERS[last];
		const unbalanced =
			opener !== undefined && shorter.split(last).length > shorter.split(opener).length;
		const next = unbalanced ? shorter.slice(0, -1) : shorter;
		if (next === address) return address;
		address = next;
	}
}

/** Cuts a text into plain parts and links; joined together the parts are the text again. */
export function linkify(text: string): TextPart[] {
	const parts: TextPart[] = [];
	let done = 0;
	for (const match of text.matchAll(ADDRESS)) {
		const address = trim(match[0]);
		if (!URL.canParse(address)) continue;
		if (match.index > done) parts.push({ text: text.slice(done, match.index), href: null });
		parts.push({ text: address, href: new URL(address).href });
		done = match.index + address.length;
	}
	if (done < text.length) parts.push({ text: text.slice(done), href: null });
	return parts;
}

/** Emoji up to which a message of nothing else is shown large. */
const LARGE_EMOJI = 3;
const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\s)+$/v;

/** Whether a message is nothing but one to three emoji. */
export function isLargeEmoji(text: string): boolean {
	if (text.length > 64 || !ONLY_EMOJI.test(text)) return false;
	const count = Array.from(text.matchAll(/\p{RGI_Emoji}/gv)).length;
	return count >= 1 && count <= LARGE_EMOJI;
}
