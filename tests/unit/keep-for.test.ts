/** An answer that costs much is made once in a while, however often it is asked for. */
import { expect, test } from 'vitest';
import { keepFor } from '../../server/http/keep-for.ts';

test('an answer is given again until it is too old; what failed is asked for anew', async () => {
	let [now, made, isBroken] = [0, 0, false];
	const ask = keepFor(
		60_000,
		() => now,
		async () => {
			made += 1;
			if (isBroken) throw new Error('broken');
			return made;
		}
	);
	expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
	now = 59_999;
	expect(await ask()).toBe(1);
	now = 60_000;
	isBroken = true;
	await expect(ask()).rejects.toThrow('broken');
	isBroken = false;
	expect(await ask()).toBe(3);
});
