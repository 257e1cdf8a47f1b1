/** Runs contract suites under vitest. */
import { expect, test, vi } from 'vitest';
import type { Suite } from './suite.ts';

export const suite: Suite = {
	test: (name, run) => void test(name, run),
	expect: (value) => expect(value),
	waitFor: async (condition) => {
		await vi.waitFor(() => {
			if (!condition()) throw new Error('not yet');
		});
	}
};
