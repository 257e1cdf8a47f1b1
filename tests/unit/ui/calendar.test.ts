/** The calendar of "Jump to date". */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	boundariesOf,
	daysWithMessages,
	firstWeekDay,
	monthAfter,
	monthAt,
	moved,
	weekDayNames,
	weeksOf
} from '../../../src/lib/ui/chat/dates/calendar.ts';

const someMonth = fc.record({ year: fc.integer({ min: 1990, max: 2090 }), month: fc.nat(11) });
const someWeekDay = fc.constantFrom(1 as const, 6 as const, 7 as const);

describe('weeks of a month', () => {
	it('have every day once, in order, and begin on the day that the language wants', () => {
		fc.assert(
			fc.property(someMonth, someWeekDay, (month, first) => {
				const weeks = weeksOf(month, first);
				const inside = weeks.flat().filter((day) => day.isInside);
				expect(inside.map((day) => day.date)).toEqual(inside.map((_, i) => i + 1));
				expect(inside.map((day) => day.start)).toEqual(boundariesOf(month).slice(0, -1));
				for (const week of weeks) {
					expect(week).toHaveLength(7);
					expect(new Date(week[0]!.start).getDay()).toBe(first % 7);
				}
				const keys = weeks.flat().map((day) => day.key);
				expect(new Set(keys).size).toBe(keys.length);
			})
		);
	});

	it('begin on Monday in China, on Sunday in the United States', () => {
		expect([firstWeekDay('en-US'), firstWeekDay('zh-CN')]).toEqual([7, 1]);
		expect(weekDayNames('en', 7).map(({ full }) => full)[0]).toBe('Sunday');
		expect(weekDayNames('zh', 1).map(({ full }) => full)[0]).toBe('星期一');
	});
});

it('a month later and earlier is the same month', () => {
	fc.assert(
		fc.property(someMonth, fc.integer({ min: -30, max: 30 }), (month, by) => {
			expect(monthAfter(monthAfter(month, by), -by)).toEqual(month);
			expect(monthAt(boundariesOf(month).at(-1)!)).toEqual(monthAfter(month, 1));
		})
	);
});

it('a day has messages when its first one comes before the first one of the next day', () => {
	expect([...daysWithMessages([5, 5, 9, null])]).toEqual([
		[2, 5],
		[3, 9]
	]);
	expect(daysWithMessages([null, null]).size).toBe(0);
	expect([...daysWithMessages([7, 7, 7])]).toEqual([]);
});

it('the 31st has the last day of a shorter month beside it', () => {
	const at = (year: number, month: number, date: number) => new Date(year, month, date).getTime();
	expect(moved(at(2026, 0, 31), { months: 1 })).toBe(at(2026, 1, 28));
	expect(moved(at(2026, 2, 31), { months: -1 })).toBe(at(2026, 1, 28));
	expect(moved(at(2026, 11, 31), { days: 1 })).toBe(at(2027, 0, 1));
	expect(moved(at(2026, 11, 31), { days: 7, months: 0 })).toBe(at(2027, 0, 7));
});
