/** What is said keeps its order, and counts as said before the list shows it. */
import { expect, test } from 'vitest';
import { SendQueue } from '../../../src/lib/ui/chat/composer/send-queue.ts';

test('what takes a while does not let what is said after it overtake (files before a text)', async () => {
	const saying = new SendQueue();
	const order: string[] = [];
	let taken = (): void => {};
	const files = new Promise<void>((resolve) => (taken = resolve));
	const first = saying.say('with files', () => files.then(() => order.push('files')), true);
	const second = saying.say('after', async () => order.push('text'));
	const third = saying.say('after that', async () => order.push('more'));
	await Promise.resolve();
	expect(order).toEqual([]);
	taken();
	await Promise.all([first, second, third]);
	expect(order).toEqual(['files', 'text', 'more']);
	void saying.say('at once', async () => order.push('at once'));
	expect(order.at(-1)).toBe('at once');
});

test('words alone wait for nothing: each is on its way before anything is awaited', async () => {
	const saying = new SendQueue();
	const begun: number[] = [];
	const said = [0, 1, 2].map((n) =>
		saying.say(`text ${n}`, async () => {
			begun.push(n);
			await Promise.resolve();
		})
	);
	expect(begun).toEqual([0, 1, 2]);
	await Promise.all(said);
});

test('a text is said from the beginning, so that its own draft does not come back as a new one', async () => {
	const saying = new SendQueue();
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
	const saying = new SendQueue();
	const full = new Error('no room');
	await expect(saying.say('too much', () => Promise.reject(full))).rejects.toBe(full);
	await saying.say('less', async () => {});
	expect(saying.has('too much')).toBe(false);
	expect(saying.has('less')).toBe(true);
});
