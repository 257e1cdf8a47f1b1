/**
 * Work on a database, written once for all of them. SQLite answers each statement at once, and a transaction on it may
 * not wait; PostgreSQL answers later. So the work is a generator: at each statement it hands over, by `yield*`, and
 * what it gets back is the answer, however long that took. See docs/decisions/0029-postgresql.md.
 */

/** A statement to be run: what a database that does not answer at once is handed. */
export interface Query {
	/** SQL with placeholders in the database's own form */
	readonly text: string;
	readonly values: readonly unknown[];
}

/** What the database says to it. */
export interface QueryResult {
	rows: unknown[];
	/** rows that were read or changed */
	count: number;
}

/** Work in steps, one a statement; its value when all are done. To be used with `yield*`. */
export type Steps<A> = Iterable<Query, A, QueryResult>;

/** Does the same to each item, one after the other. */
export function* eachOf<T, A>(items: Iterable<T>, work: (item: T) => Steps<A>): Steps<A[]> {
	const done: A[] = [];
	for (const item of items) done.push(yield* work(item));
	return done;
}
