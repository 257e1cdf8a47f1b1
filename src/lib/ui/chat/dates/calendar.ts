/** A month on screen, in the local zone and by the habits of a language. */

interface Month {
	year: number;
	/** 0 to 11 */
	month: number;
}

interface CalendarDay {
	/** unique in the calendar */
	key: string;
	date: number;
	/** its first ms */
	start: number;
	/** of the month itself, not of the one before or after */
	isInside: boolean;
}

/** 1: Monday … 7: Sunday. */
type WeekDay = 1 | 2 | 3 | 4 | 5 | 6 | 7;

interface WeekInfo {
	firstDay?: number;
}

const DAYS_OF_WEEK = 7;
const startOf = (year: number, month: number, date: number): number =>
	new Date(year, month, date).getTime();

/** The month in which a moment lies. */
export function monthAt(at: number): Month {
	const day = new Date(at);
	return { year: day.getFullYear(), month: day.getMonth() };
}

/** Another month. @param by months; negative: before */
export function monthAfter({ year, month }: Month, by: number): Month {
	return monthAt(startOf(year, month + by, 1));
}

/** The same time of another day, or of that day in another month. */
export function moved(at: number, by: { days?: number; months?: number }): number {
	const day = new Date(at);
	// The 31st has none in the month after it: its last day is meant.
	if (by.months) {
		const last = new Date(day.getFullYear(), day.getMonth() + by.months + 1, 0).getDate();
		day.setMonth(day.getMonth() + by.months, Math.min(day.getDate(), last));
	}
	day.setDate(day.getDate() + (by.days ?? 0));
	return day.getTime();
}

/** On which day weeks begin; Monday where the browser does not say. */
export function firstWeekDay(tag: string): WeekDay {
	const locale = new Intl.Locale(tag) as Intl.Locale & {
		getWeekInfo?: () => WeekInfo;
		weekInfo?: WeekInfo;
	};
	const { firstDay } = locale.getWeekInfo?.() ?? locale.weekInfo ?? {};
	return (firstDay ?? 1) as WeekDay;
}

/** The weeks of a month, filled up with days of its neighbours. */
export function weeksOf({ year, month }: Month, firstDay: WeekDay): CalendarDay[][] {
	const before = (new Date(year, month, 1).getDay() - firstDay + 2 * DAYS_OF_WEEK) % DAYS_OF_WEEK;
	const length = new Date(year, month + 1, 0).getDate();
	const weeks: CalendarDay[][] = [];
	for (let from = 1 - before; from <= length; from += DAYS_OF_WEEK) {
		weeks.push(
			Array.from({ length: DAYS_OF_WEEK }, (_, i) => {
				const start = startOf(year, month, from + i);
				const date = new Date(start).getDate();
				const isInside = from + i >= 1 && from + i <= length;
				return { key: `${from + i}`, date, start, isInside };
			})
		);
	}
	return weeks;
}

/** Names of the days of a week, short and in full. */
export function weekDayNames(tag: string, firstDay: WeekDay): { short: string; full: string }[] {
	const short = new Intl.DateTimeFormat(tag, { weekday: 'narrow', timeZone: 'UTC' });
	const full = new Intl.DateTimeFormat(tag, { weekday: 'long', timeZone: 'UTC' });
	return Array.from({ length: DAYS_OF_WEEK }, (_, i) => {
		// The 1st of January 2024 was a Monday.
		const day = Date.UTC(2024, 0, firstDay + i);
		return { short: short.format(day), full: full.format(day) };
	});
}

/** The first ms of each day of a month, and of the month after it. */
export function boundariesOf({ year, month }: Month): number[] {
	const length = new Date(year, month + 1, 0).getDate();
	return Array.from({ length: length + 1 }, (_, i) => startOf(year, month, i + 1));
}

/**
 * On which days something was said.
 * @param seqs for each boundary the seq of the first message at or after it, or null
 * @returns date -> seq of the day's first message
 */
export function daysWithMessages(seqs: readonly (number | null)[]): Map<number, number> {
	const days = new Map<number, number>();
	for (let i = 0; i + 1 < seqs.length; i++) {
		const first = seqs[i];
		const next = seqs[i + 1];
		if (typeof first !== 'number') continue;
		if (typeof next !== 'number' || first < next) days.set(i + 1, first);
	}
	return days;
}
