/** When somebody was online last, in a person's words. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The unit in which a span of time is best said, from the smallest. */
const STEPS: readonly [upto: number, unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
	[HOUR, 'minute', MINUTE],
	[DAY, 'hour', HOUR],
	[30 * DAY, 'day', DAY],
	[365 * DAY, 'month', 30 * DAY],
	[Infinity, 'year', 365 * DAY]
];

/**
 * How long ago, for example "5 minutes ago" or "yesterday"; never in the future, whatever the clocks say.
 * @param at ms, server time
 * @param now ms, server time
 * @param tag language
 */
export function timeAgo(at: number, now: number, tag: string): string {
	const past = Math.max(0, now - at);
	const [, unit, ms] = STEPS.find(([upto]) => past < upto)!;
	const format = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
	// "this minute" is what "0 minutes" becomes; it says what is meant.
	return format.format(-Math.floor(past / ms), unit);
}
