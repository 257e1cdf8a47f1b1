/** Links whose words claim another place than the one they lead to. */
import { safeHref } from './addresses.ts';

/** Words that look like an address of their own. */
const LOOKS_LIKE_ADDRESS = /^(?:https?:\/\/)?[^\s/@]+\.[^\s/.]{2,}(?:\/\S*)?$/iu;
/** UTF-16 units of words that can be an address. */
const ADDRESS_MAX = 2048;

/** Whether words name one place and lead to another. */
export function deceives(words: string, href: string): boolean {
	const said = words.trim();
	if (said.length > ADDRESS_MAX || !LOOKS_LIKE_ADDRESS.test(said)) return false;
	const claimed = safeHref(/^https?:/iu.test(said) ? said : `https://${said}`);
	return claimed === null || new URL(claimed).host !== new URL(href).host;
}
