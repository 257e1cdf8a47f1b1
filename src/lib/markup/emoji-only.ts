/** How large a message of nothing but emoji is shown. */

/** Emoji up to which they are shown large, and medium. */
const LARGE = 3;
const MEDIUM = 8;
/** UTF-16 units beyond which nobody counts: eight of the longest emoji, and spaces. */
const LONGEST = 160;
/**
 * One emoji (UTS 51, ED-9 to ED-15): a flag, a key, or pictures joined by zero-width joiners. Written without the flag
 * `v`, which Safari before 17 and Firefox before 116 do not read.
 */
const PICTURE =
	'(?:\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}|\\p{Emoji_Presentation}\\uFE0F?|\\p{Emoji}\\uFE0F)';
const EMOJI = new RegExp(
	`(?:\\p{Regional_Indicator}{2}|[0-9#*]\\uFE0F\\u20E3|${PICTURE}(?:[\\u{E0020}-\\u{E007F}]+|(?:\\u200D${PICTURE})*))|\\s+`,
	'uy'
);

/** "large" for one to three emoji alone, "medium" up to eight, null for everything else. */
export function emojiSize(text: string): 'large' | 'medium' | null {
	if (text.length > LONGEST) return null;
	let count = 0;
	EMOJI.lastIndex = 0;
	while (EMOJI.lastIndex < text.length) {
		const match = EMOJI.exec(text);
		if (!match) return null;
		if (match[0].trim() !== '') count++;
	}
	if (count === 0 || count > MEDIUM) return null;
	return count <= LARGE ? 'large' : 'medium';
}
