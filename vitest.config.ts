import { defineConfig } from 'vitest/config';

/** Tests that are one process talking to itself need no more than this; those that wait for disks get more. */
const QUICK_MS = 10_000;
const SLOW_MS = 120_000;
/** The simulator's seeds and the kill loop are one test each. */
const LONG_MS = 600_000;

const project = (name: string, folder: string, testTimeout: number) => ({
	test: {
		name,
		include: [`tests/${folder}/**/*.test.ts`],
		environment: 'node' as const,
		testTimeout,
		hookTimeout: SLOW_MS
	}
});

export default defineConfig({
	test: {
		reporters: ['default', ['json', { outputFile: 'node_modules/.cache/vitest.json' }]],
		projects: [
			project('unit', 'unit', QUICK_MS),
			project('contract', 'contract', SLOW_MS),
			project('server', 'server', SLOW_MS),
			project('simulator', 'chaos', LONG_MS)
		]
	}
});
