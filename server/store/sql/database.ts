/** What the store needs of a database that speaks SQL. One implementation a database: `sqlite/`, `postgres/`. */
import type { Steps } from './steps.ts';

/** Values of the placeholders: one each for `?`, or one object with a field for each `@name`. */
type Parameters<P> = P extends unknown[] ? P : [P];

/** A prepared statement. Nothing is certain to have happened before its steps were waited for with `yield*`. */
export interface Statement<P extends unknown[], R> {
	/** The first row. */
	get(...values: P): Steps<R | undefined>;
	all(...values: P): Steps<R[]>;
	/** All rows, read only as far as they are asked for where the database can do so; to be used up at once. */
	iterate(...values: P): Steps<Iterable<R>>;
	/** Number of rows changed. */
	run(...values: P): Steps<number>;
	/** Runs an INSERT of one row; answers its "number". A RETURNING would do, but costs SQLite a fifth of a send. */
	insert(...values: P): Steps<number>;
}

/** Where databases spell the same thing differently. */
export interface Dialect {
	/** the values of a list of texts, or of whole numbers, that is bound as JSON: what may stand behind IN */
	texts(placeholder: string): string;
	numbers(placeholder: string): string;
	/** a JSON text of these fields, SQL expressions by name */
	json(fields: Record<string, string>): string;
	/** end of a SELECT that keeps its rows from others until the transaction ends */
	readonly forUpdate: string;
}

export interface WriteOptions<A> {
	/** Whether a transaction that came to this value has been committed; asked when nobody said so. */
	landed?: (value: A) => Steps<boolean>;
	/**
	 * Called when nothing was written: memory that the work changed is wrong. On a database that answers at once, before
	 * anybody else can ask.
	 */
	undone?: () => void;
}

export interface SqlDatabase {
	readonly dialect: Dialect;
	/** Whether nobody else writes, so that what was read may be kept in memory. */
	readonly isExclusive: boolean;
	/** Prepares a statement whose rows are objects. */
	prepare<P extends unknown[] | object = unknown[], R = unknown>(
		sql: string
	): Statement<Parameters<P>, R>;
	/** Prepares a statement of which the first column alone is wanted. */
	pluck<P extends unknown[] | object = unknown[], R = unknown>(
		sql: string
	): Statement<Parameters<P>, R>;
	/** Does work that needs no transaction: a single statement, or several that need not agree. */
	ask<A>(work: () => Steps<A>): Promise<A>;
	/** Reads at one moment. The work may be done again from its beginning. */
	read<A>(work: () => Steps<A>): Promise<A>;
	/**
	 * Writes in one durable transaction. The work may be done again from its beginning when it met with another
	 * transaction. Rejects with StorageError, or with what the work threw; then nothing was written.
	 */
	write<A>(work: () => Steps<A>, options?: WriteOptions<A>): Promise<A>;
}
