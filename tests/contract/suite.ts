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
