/** Runs contract suites inside a page of a real browser, where there is no test runner. */
import type { Suite } from './suite.ts';

export interface PageResult {
	name: string;
	/** null when the promise holds */
	fault: string | null;
}

/** ms that something has to come true in; as vitest's `waitFor`. */
const WAIT = 1_000;

interface Test {
	name: string;
	run: () => Promise<void>;
}

export class PageSuite implements Suite {
	private readonly tests: Test[] = [];
	private readonly prefix: string;

	/** @param prefix stands before the name of each test */
	constructor(prefix: string) {
		this.prefix = prefix;
	}

	test = (name: string, run: () => Promise<void>): void => {
		this.tests.push({ name: `${this.prefix}: ${name}`, run });
	};

	expect = (value: unknown) => ({
		toBe: (other: unknown) => claim(Object.is(value, other), value, other),
		toEqual: (other: unknown) => claim(matches(value, other, true), value, other),
		toMatchObject: (other: object) => claim(matches(value, other, false), value, other)
	});

	waitFor = (condition: () => boolean): Promise<void> => {
		const began = performance.now();
		return new Promise((resolve, reject) => {
			const look = () => {
				if (condition()) resolve();
				else if (performance.now() - began > WAIT) reject(new Error('it did not come true'));
				else setTimeout(look, 5);
			};
			look();
		});
	};

	/** Runs all tests one after the other. */
	async run(): Promise<PageResult[]> {
		const results: PageResult[] = [];
		for (const { name, run } of this.tests) {
			const fault = await run().then(
				() => null,
				(error: unknown) => String((error as Error).stack ?? error)
			);
			results.push({ name, fault });
		}
		return results;
	}
}

function claim(holds: boolean, value: unknown, other: unknown): void {
	if (!holds) throw new Error(`expected ${JSON.stringify(other)}, got ${JSON.stringify(value)}`);
}

/** Deep equality; with `exactly: false` objects may have more fields than asked for. */
function matches(value: unknown, other: unknown, exactly: boolean): boolean {
	if (Object.is(value, other)) return true;
	if (typeof value !== 'object' || typeof other !== 'object' || !value || !other) return false;
	if (Array.isArray(value) !== Array.isArray(other)) return false;
	const named = (of: object) =>
		Object.entries(of)
			.filter(([, part]) => part !== undefined)
			.map(([name]) => name);
	if ((exactly || Array.isArray(other)) && named(value).length !== named(other).length)
		return false;
	return named(other).every((name) =>
		matches(
			(value as Record<string, unknown>)[name],
			(other as Record<string, unknown>)[name],
			exactly
		)
	);
}
