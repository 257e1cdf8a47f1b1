/** How large a message of nothing but emoji is shown. */

/** Emoji up to which they are shown large, and medium. */
const LARGE = 3;
const MEDIUM = 8;
/** UTF-16 units beyond which nobody counts: eight of the longest emoji, and spaces. */
const LONGEST = 160;
const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\s)+$/v;

/** "large" for one to three emoji alone, "medium" up to eight, null for everything else. */
export function emojiSize(text: string): 'large' | 'medium' | null {
	if (text.length > LONGEST || !ONLY_EMOJI.test(text)) return null;
	const count = Array.from(text.matchAll(/\p{RGI_Emoji}/gv)).length;
	if (count === 0 || count > MEDIUM) return null;
	return count <= LARGE ? 'large' : 'medium';
}
