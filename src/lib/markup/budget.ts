/** A bound on the work of reading one text. */

/** Steps per UTF-16 unit that reading takes at most, by construction; see the law in its tests. */
const STEPS_PER_UNIT = 24;
const STEPS_AT_LEAST = 512;
/** Parts that one message may have on screen; each costs an element. */
const NODES_MAX = 600;

/** The text is more work than any text that somebody means; it is shown plain. */
export class BudgetError extends Error {
	constructor() {
		super('too many steps or parts');
		this.name = 'BudgetError';
	}
}

export class Budget {
	readonly limit: number;
	steps = 0;
	nodes = 0;

	/** @param length UTF-16 units of the text */
	constructor(length: number) {
		this.limit = length * STEPS_PER_UNIT + STEPS_AT_LEAST;
	}

	/** @throws BudgetError */
	spend(steps: number): void {
		this.steps += steps;
		if (this.steps > this.limit) throw new BudgetError();
	}

	/** Counts a part that will be on screen. @throws BudgetError */
	add(): void {
		this.nodes++;
		if (this.nodes > NODES_MAX) throw new BudgetError();
	}
}
