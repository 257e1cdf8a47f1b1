import { describe, expect, test } from 'vitest';
import { timeAgo } from '../../../src/lib/ui/people/last-seen.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('when somebody was seen last', () => {
	test.each([
		[0, 'this minute', '此刻'],
		[59_999, 'this minute', '此刻'],
		[MINUTE, '1 minute ago', '1分钟前'],
		[59 * MINUTE, '59 minutes ago', '59分钟前'],
		[HOUR, '1 hour ago', '1小时前'],
		[23 * HOUR, '23 hours ago', '23小时前'],
		[DAY, 'yesterday', '昨天'],
		[29 * DAY, '29 days ago', '29天前'],
		[30 * DAY, 'last month', '上个月'],
		[400 * DAY, 'last year', '去年']
	])('%i ms ago', (past, english, chinese) => {
		expect(timeAgo(1e12 - past, 1e12, 'en')).toBe(english);
		expect(timeAgo(1e12 - past, 1e12, 'zh-Hans')).toBe(chinese);
	});

	test('a clock that is behind makes nobody come from the future', () => {
		expect(timeAgo(1e12 + HOUR, 1e12, 'en')).toBe('this minute');
	});
});
