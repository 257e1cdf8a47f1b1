/** Chinese names by pinyin: initials ("zs"), full ("zhangsan"), or both ("zhangs"). The table of characters is loaded when first needed. */

/** Where in a name its pinyin matches what is typed; false: it does not. */
export type PinyinMatch = (name: string, typed: string) => [number, number] | false;

/** Characters with many readings multiply: up to here a match takes less than a millisecond. */
const NAME_MAX = 40;
const TYPED_MAX = 24;

const HAN = /\p{Script=Han}/u;
const LATIN = /[a-z]/u;

/** Loads the table; null: it cannot be had, and names are found by their characters alone. */
export async function loadPinyin(): Promise<PinyinMatch | null> {
	try {
		const { default: pinyin } = await import('pinyin-match');
		return (name, typed) => pinyin.match(name, typed);
	} catch (fault) {
		reportError(fault);
		return null;
	}
}

/** The place of the first character of `name` whose pinyin matches; null: none. @param typed in lower case */
export function pinyinAt(match: PinyinMatch, name: string, typed: string): number | null {
	if (typed.length > TYPED_MAX || !LATIN.test(typed) || !HAN.test(name)) return null;
	const found = match(name.slice(0, NAME_MAX), typed);
	return found ? found[0] : null;
}
