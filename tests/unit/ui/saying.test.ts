/** What is said keeps its order, and counts as said before the list shows it. */
import { expect, test } from 'vitest';
import { Saying } from '../../../src/lib/ui/chat/composer/saying.ts';

test('what takes a while does not let what is said after it overtake (files before a text)', async () => {
	const saying = new Saying();
	const order: string[] = [];
	let taken = (): void => {};
	const files = new Promise<void>((resolve) => (taken = resolve));
	const first = saying.say('with files', () => files.then(() => order.push('files')));
	const second = saying.say('after', async () => order.push('text'));
	await Promise.resolve();
	expect(order).toEqual([]);
	taken();
	await Promise.all([first, second]);
	expect(order).toEqual(['files', 'text']);
});

test('a text is said from the beginning, so that its own draft does not come back as a new one', async () => {
	const saying = new Saying();
	let taken = (): void => {};
	const said = saying.say('look at this', () => new Promise<void>((resolve) => (taken = resolve)));
	expect(saying.has('look at')).toBe(true);
	expect(saying.has('something else')).toBe(false);
	await Promise.resolve();
	taken();
	await said;
	expect(saying.has('look at this ')).toBe(true);
});

test('what could not be kept was not said, and holds nothing up', async () => {
	const saying = new Saying();
	const full = new Error('no room');
	await expect(saying.say('too much', () => Promise.reject(full))).rejects.toBe(full);
	await saying.say('less', async () => {});
	expect(saying.has('too much')).toBe(false);
	expect(saying.has('less')).toBe(true);
});
