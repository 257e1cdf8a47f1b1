/** Times in a person's words, in the zone of the device. All take the language tag, so that switching repaints them. */
import { timeZone } from './time-zone.ts';

const DAY = 86_400_000;
/** More than all forms of a language in a zone; each has some kB. */
const FORMATS_MAX = 50;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const zoned = { ...options, timeZone: timeZone() };
	const key = `${tag} ${JSON.stringify(zoned)}`;
	let made = formats.get(key);
	if (!made) {
		if (formats.size >= FORMATS_MAX) formats.clear();
		formats.set(key, (made = new Intl.DateTimeFormat(tag, zoned)));
	}
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

/** A day, for example "3 Nov 2026". */
export function dateOf(at: number, tag: string): string {
	return format(tag, { dateStyle: 'medium' }).format(at);
}

/** A month, for example "November 2026". */
export function monthName(at: number, tag: string): string {
	return format(tag, { year: 'numeric', month: 'long' }).format(at);
}

/** A day and the time, for example "3 Nov 2026, 14:05". */
export function dateAndTime(at: number, tag: string): string {
	return format(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** A number that is equal for two times exactly when they fall on the same local day. */
export function dayNumber(at: number): number {
	// The engine counts in the new zone by itself: whoever asks has to be asked again after a change.
	timeZone();
	const day = new Date(at);
	return day.getFullYear() * 10_000 + day.getMonth() * 100 + day.getDate();
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

/** A short time for the list of rooms: the clock today, else weekday or date, with the year where it differs. */
export function shortTime(at: number, now: number, tag: string): string {
	if (dayNumber(at) === dayNumber(now)) return clockTime(at, tag);
	const ago = daysAgo(at, now);
	if (ago > 0 && ago < 7) return format(tag, { weekday: 'short' }).format(at);
	const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	// A month that is written out leaves no place for the name of the room beside a year.
	return format(tag, sameYear ? { month: 'short', day: 'numeric' } : { dateStyle: 'short' }).format(
		at
	);
}
