/** What a contract suite needs of whatever runs it: vitest in Node, or a page in a real browser. */

interface Expectation {
	toBe(value: unknown): void;
	toEqual(value: unknown): void;
	toMatchObject(value: object): void;
}

export interface Suite {
	test(name: string, run: () => Promise<void>): void;
	expect(value: unknown): Expectation;
	/** Resolves once the condition holds; rejects when it does not within a second. */
	waitFor(condition: () => boolean): Promise<void>;
}

/** A suite's `test`, with a fixture of its own for each test that is ended after it, whatever came of it. */
export function testsWith<F extends { end(): Promise<void> }>(
	{ test }: Suite,
	make: () => Promise<F>
): (name: string, run: (fixture: F) => Promise<void>) => void {
	return (name, run) =>
		test(name, async () => {
			const fixture = await make();
			try {
				await run(fixture);
			} finally {
				await fixture.end();
			}
		});
}
