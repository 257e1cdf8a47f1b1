import { expect, test } from 'vitest';
import { deviceNames } from '../../../src/lib/ui/settings/device-name.ts';

test('tells browsers and systems by what they call themselves', async () => {
	const names = await deviceNames([
		'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
		'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
		'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
		'python-requests/2.31.0',
		''
	]);
	expect(names.map(({ browser, system, kind }) => [browser, system, kind])).toEqual([
		['Chrome', 'Android', 'phone'],
		['Safari', 'iOS', 'phone'],
		['Firefox', 'Windows', 'desktop'],
		['Safari', 'iOS', 'tablet'],
		['python-requests', null, 'other'],
		[null, null, 'other']
	]);
});
