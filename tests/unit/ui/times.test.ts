import { describe, expect, it } from 'vitest';
import { dayName, daysAgo, shortTime } from '../../../src/lib/ui/base/times.ts';
import { byteSize } from '../../../src/lib/ui/base/bytes.ts';
import { initialsOf } from '../../../src/lib/ui/base/avatar.ts';

const NOW = new Date(2026, 4, 14, 9, 30).getTime();
const words = { today: 'Today', yesterday: 'Yesterday' };
const at = (year: number, month: number, day: number, hour = 12): number =>
	new Date(year, month - 1, day, hour).getTime();

describe('days in words', () => {
	it.each([
		[at(2026, 5, 14, 0), 'Today'],
		[at(2026, 5, 13, 23), 'Yesterday'],
		[at(2026, 5, 10), 'Sunday'],
		[at(2026, 3, 1), 'Sunday 1 March'],
		[at(2024, 2, 29), '29 February 2024']
	])('%s is %s', (time, name) => {
		expect(dayName(time, NOW, 'en-GB', words).replace(',', '')).toBe(name);
	});

	it('counts calendar days, not hours, also where the clocks change', () => {
		expect(daysAgo(at(2026, 5, 13, 23), at(2026, 5, 14, 0))).toBe(1);
		expect(daysAgo(at(2026, 3, 28, 1), at(2026, 3, 30, 0))).toBe(2);
	});

	it('a time from a clock that runs ahead is a date, never "in 2 days"', () => {
		expect(dayName(at(2026, 5, 16), NOW, 'en-GB', words)).toContain('16 May');
	});

	it('the list of rooms shows the clock today and the date later', () => {
		expect(shortTime(at(2026, 5, 14, 8), NOW, 'en-GB')).toBe('8:00');
		expect(shortTime(at(2026, 1, 2), NOW, 'en-GB')).toBe('2 Jan');
		expect(shortTime(at(2020, 9, 14), NOW, 'en-GB')).toBe('14/09/2020');
		expect(shortTime(at(2020, 9, 14), NOW, 'zh-CN')).toBe('2020/9/14');
	});
});

it.each([
	['alice', 'A'],
	['ann_lee', 'AL'],
	['小林', '林'],
	['李 明', '明'],
	['', '?']
])('initials of %s are %s', (name, initials) => {
	expect(initialsOf(name)).toBe(initials);
});

it.each([
	[999, '999 byte'],
	[1_500_000, '1.5 MB'],
	[11_000_000_000, '11 GB']
])('%s bytes are %s', (bytes, text) => {
	expect(byteSize(bytes, 'en')).toBe(text);
});
