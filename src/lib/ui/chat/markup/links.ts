/** Finds web addresses in plain text, and says where a link may lead. */

/** An address up to the next space, quote or full-width punctuation. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`，。；：！？、（）《》「」【】]+/giu;
const TRAILING = /[.,;:!?…]+$/u;
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Where links may lead; everything else stays text. */
const SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:']);

/** Drops punctuation that belongs to the sentence: a final stop, marks, or a bracket opened before. */
function trim(address: string): string {
	for (;;) {
		const shorter = address.replace(TRAILING, '').replace(/(?:\*+|~~)$/u, '');
		const last = shorter.at(-1) ?? '';
		const opener = CLOSERS[last];
		const unbalanced =
			opener !== undefined && shorter.split(last).length > shorter.split(opener).length;
		const next = unbalanced ? shorter.slice(0, -1) : shorter;
		if (next === address) return address;
		address = next;
	}
}

/** The addresses in a text: where each begins and ends, and where it leads. */
export function addresses(text: string): { from: number; to: number; href: string }[] {
	return [...text.matchAll(ADDRESS)].flatMap(({ 0: match, index }) => {
		const address = trim(match);
		const href = safeHref(address);
		return href === null ? [] : [{ from: index, to: index + address.length, href }];
	});
}

/** The address in full if a link may lead there, else null. */
export function safeHref(address: string): string | null {
	if (!URL.canParse(address)) return null;
	const { protocol, href } = new URL(address);
	return SCHEMES.has(protocol) ? href : null;
}
