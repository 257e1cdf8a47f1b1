/** How a room says where it came from. */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';

const BEGINNING = 'Imported from · 导入自';

/** The description of a room with a line that says where it came from and when; at its end, and once. @param now ms */
export function describedAs(description: string, origin: string, now: number): string {
	const day = new Date(now).toISOString().slice(0, 10);
	const line = `${BEGINNING} ${cut(tidy(origin), 200)}, ${day}`;
	const own = description
		.split('\n')
		.filter((text) => !text.startsWith(BEGINNING))
		.join('\n')
		.trim();
	if (own === '') return line;
	const room = LIMITS.roomDescriptionMax - codePoints(line) - 1;
	return `${cut(own, room)}\n${line}`;
}

const tidy = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();

const cut = (text: string, max: number): string =>
	codePoints(text) <= max ? text : [...text].slice(0, max).join('');
