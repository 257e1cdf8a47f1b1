/** One reading for a component: its answer comes to nobody who is gone, and what goes wrong is told once. */
import { expect, it, vi } from 'vitest';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import { readOnce } from '../../../src/lib/ui/base/read-once.ts';

/** A reading that ends when it is told to. */
function reading() {
	const told: string[] = [];
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const end = readOnce(
		() => promise,
		(value) => told.push(value),
		(error) => told.push(String(error))
	);
	return { told, resolve, reject, end };
}
const settled = () => vi.waitFor(() => Promise.resolve());

it('is handed over', async () => {
	const one = reading();
	one.resolve('found');
	await settled();
	expect(one.told).toEqual(['found']);
});

it.each([new StoreError('broken'), new StoreError('full'), new Error('a fault')])(
	'is told when it goes wrong: %s',
	async (error) => {
		const one = reading();
		one.reject(error);
		await settled();
		expect(one.told).toEqual([String(error)]);
	}
);

it('finds an account that was left, and that is no error', async () => {
	const one = reading();
	one.reject(new StoreError('closed'));
	await settled();
	expect(one.told).toEqual([]);
});

it('comes to nobody who is gone, whatever it is', async () => {
	const [found, failed] = [reading(), reading()];
	for (const { end } of [found, failed]) end();
	found.resolve('late');
	failed.reject(new Error('late'));
	await settled();
	expect([...found.told, ...failed.told]).toEqual([]);
});
