/** Times in a person's words. All take the language tag, so that switching repaints them. */
import { dayNumber } from './rows.ts';

const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${tag} ${JSON.stringify(options)}`;
	let made = formats.get(key);
	if (!made) formats.set(key, (made = new Intl.DateTimeFormat(tag, options)));
	return made;
}

/** Hour and minute, as the language writes them. */
export function clockTime(at: number, tag: string): string {
	return format(tag, { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** Day, date and time in full, for tooltips and screen readers. */
export function fullTime(at: number, tag: string): string {
	return format(tag, { dateStyle: 'full', timeStyle: 'short' }).format(at);
}

/** How many calendar days `at` lies before `now`; negative for the future. */
export function daysAgo(at: number, now: number): number {
	const start = (time: number): number => {
		const day = new Date(time);
		return Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
	};
	return Math.round((start(now) - start(at)) / DAY);
}

/** "today" and "yesterday" in the given words, then the weekday, then the date, with the year where it differs. */
export function dayName(
	at: number,
	now: number,
	tag: string,
	words: { today: string; yesterday: string }
): string {
	const ago = daysAgo(at, now);
	if (ago === 0) return words.today;
	if (ago === 1) return words.yesterday;
	if (ago > 1 && ago < 7) return format(tag, { weekday: 'long' }).format(at);
	const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	return format(
		tag,
		sameYear
			? { weekday: 'long', month: 'long', day: 'numeric' }
			: { year: 'numeric', month: 'long', day: 'numeric' }
	).format(at);
}

/** A short time for the list of rooms: the clock today, else weekday or date. */
export function shortTime(at: number, now: number, tag: string): string {
	if (dayNumber(at) === dayNumber(now)) return clockTime(at, tag);
	const ago = daysAgo(at, now);
	if (ago > 0 && ago < 7) return format(tag, { weekday: 'short' }).format(at);
	return format(tag, { month: 'short', day: 'numeric' }).format(at);
}
