/** The letters that stand for a person or a room without a picture. */

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
