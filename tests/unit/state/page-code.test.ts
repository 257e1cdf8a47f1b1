import { expect, test } from 'vitest';
import { createPageCode } from '../../../src/lib/state/app/page-code.ts';

test('what the network does not let in is fetched when it is back, what is here is not', async () => {
	const asked: string[] = [];
	let isOnline = false;
	const fetchPages = createPageCode(
		async (path) => {
			asked.push(path);
			if (!isOnline && path !== '/a') throw new TypeError('Failed to fetch');
		},
		['/a', '/b', '/c']
	);
	await fetchPages();
	isOnline = true;
	await Promise.all([fetchPages(), fetchPages()]);
	await fetchPages();
	expect(asked).toEqual(['/a', '/b', '/c', '/b', '/c']);
});
