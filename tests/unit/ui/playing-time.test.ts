/** How long films and sounds are, read and heard. */
import { expect, test } from 'vitest';
import { playingTime, spokenTime } from '../../../src/lib/ui/base/playing-time.ts';

test.each([
	[1, '0:01', '1 second', '1秒钟'],
	[7_400, '0:07', '7 seconds', '7秒钟'],
	[59_600, '1:00', '1 minute', '1分钟'],
	[65_000, '1:05', '1 minute 5 seconds', '1分钟 5秒钟'],
	[7_389_000, '2:03:09', '2 hours 3 minutes 9 seconds', '2小时 3分钟 9秒钟']
])('%i ms', (ms, read, english, chinese) => {
	expect([playingTime(ms), spokenTime(ms, 'en'), spokenTime(ms, 'zh-CN')]).toEqual([
		read,
		english,
		chinese
	]);
});
