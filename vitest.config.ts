import { defineConfig } from 'vitest/config';
import { WHY_NO_POSTGRES } from './tests/support/postgres.ts';
import { WHY_NO_REDIS } from './tests/support/redis.ts';

/** Tests that are one process talking to itself need no more than this; those that wait for disks get more. */
const QUICK_MS = 30_000;
const SLOW_MS = 120_000;
/** The simulator's seeds and the kill loop are one test each. */
const LONG_MS = 600_000;

const project = (folder: string, testTimeout: number) => ({
	test: {
		name: folder,
		include: [`tests/${folder}/**/*.test.ts`],
		environment: 'node' as const,
		testTimeout,
		hookTimeout: SLOW_MS
	}
});

/** What the store and the compatible API promise, on PostgreSQL: the same tests as on SQLite, and some of its own. */
const postgres = {
	test: {
		...project('postgres', SLOW_MS).test,
		include: [
			'tests/postgres/**/*.test.ts',
			'tests/server/{account-end,admin-rules,calls,calls-guard,conflicts,order,pages,people,prune,rights,tables}.test.ts',
			'tests/server/compat-*.test.ts'
		],
		globalSetup: 'tests/support/postgres.ts',
		env: { ROOST_TEST_STORE: 'postgres' }
	}
};

/** Several servers, each a process of its own. Seconds count in them, so they run last and one by one. */
const scale = {
	test: {
		...project('scale', SLOW_MS).test,
		globalSetup: 'tests/support/postgres.ts',
		fileParallelism: false,
		sequence: { groupOrder: 1 }
	}
};
const WHY_NO_SCALE = WHY_NO_POSTGRES ?? WHY_NO_REDIS;

if (WHY_NO_SCALE) console.warn(`Tests of several servers are skipped: ${WHY_NO_SCALE}`);
if (WHY_NO_POSTGRES) console.warn(`Tests on PostgreSQL are skipped: ${WHY_NO_POSTGRES}`);

export default defineConfig({
	test: {
		// Left to itself Vitest leaves one core alone, and of two that is half the machine.
		maxWorkers: '100%',
		reporters: ['default', ['json', { outputFile: 'node_modules/.cache/vitest.json' }]],
		projects: [
			project('unit', QUICK_MS),
			project('contract', SLOW_MS),
			project('simulator', LONG_MS),
			project('server', SLOW_MS),
			...(WHY_NO_POSTGRES ? [] : [postgres]),
			...(WHY_NO_SCALE ? [] : [scale])
		]
	}
});
