/** The letters and the hue that stand for a person or a room without a picture. */

/** Hues in degrees that stay apart from one another and legible under white letters. */
const HUES = [14, 38, 92, 158, 190, 218, 252, 282, 318, 344] as const;

/** One of the hues, always the same for the same id. */
export function hueOf(id: string): number {
	let sum = 0;
	for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0;
	return HUES[sum % HUES.length]!;
}

/** One Chinese character (the last two of a name read as the given name: the last one), else up to two initials. */
export function initialsOf(name: string): string {
	const trimmed = name.trim();
	if (trimmed === '') return '?';
	if (/\p{Script=Han}/u.test(trimmed)) {
		const characters = Array.from(trimmed).filter((one) => /\p{Script=Han}/u.test(one));
		return characters.at(-1) ?? '?';
	}
	const words = trimmed.split(/[\s_\-.]+/u).filter((word) => word !== '');
	const first = Array.from(words[0] ?? trimmed)[0] ?? '?';
	const second = words.length > 1 ? (Array.from(words.at(-1)!)[0] ?? '') : '';
	return (first + second).toLocaleUpperCase();
}
