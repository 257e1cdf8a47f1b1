/** SQLite as a database of the store: every statement is answered at once, and steps never wait. */
import type Database from 'better-sqlite3';
import { StorageError } from '../../domain/store-port.ts';
import type { Dialect, SqlDatabase, Statement, WriteOptions } from '../sql/database.ts';
import type { Query, QueryResult, Steps } from '../sql/steps.ts';
import { toStorageError } from './storage-error.ts';

/** An answer that is there already: `yield*` takes its value and hands nothing over. */
class Answer<A> implements Iterator<Query, A, QueryResult>, IteratorReturnResult<A> {
	readonly done = true;
	readonly value: A;

	constructor(value: A) {
		this.value = value;
	}

	[Symbol.iterator](): this {
		return this;
	}

	next(): this {
		return this;
	}
}

/** A statement of better-sqlite3. */
class SqliteStatement<P extends unknown[], R> implements Statement<P, R> {
	readonly #statement: Database.Statement<unknown[], R>;

	constructor(statement: Database.Statement<unknown[], R>) {
		this.#statement = statement;
	}

	get(...values: P): Steps<R | undefined> {
		return new Answer(this.#statement.get(...values));
	}

	all(...values: P): Steps<R[]> {
		return new Answer(this.#statement.all(...values));
	}

	iterate(...values: P): Steps<Iterable<R>> {
		return new Answer(this.#statement.iterate(...values));
	}

	run(...values: P): Steps<number> {
		return new Answer(this.#statement.run(...values).changes);
	}

	insert(...values: P): Steps<number> {
		return new Answer(Number(this.#statement.run(...values).lastInsertRowid));
	}
}

export const SQLITE: Dialect = {
	texts: (placeholder) => `(SELECT value FROM json_each(${placeholder}))`,
	numbers: (placeholder) => `(SELECT value FROM json_each(${placeholder}))`,
	json(fields) {
		const parts = Object.entries(fields).map(([name, value]) => `'${name}', ${value}`);
		return `json_object(${parts.join(', ')})`;
	},
	// A transaction that writes keeps everybody else out as it is.
	forUpdate: ''
};

/** Does all steps now. */
export function finish<A>(steps: Steps<A>): A {
	const { done, value } = steps[Symbol.iterator]().next();
	if (!done) throw new Error('SQLite was handed a statement of another database');
	return value;
}

/** The store's view of an open database (see open.ts). */
export class SqliteDatabase implements SqlDatabase {
	readonly dialect = SQLITE;
	readonly isExclusive = true;
	readonly #db: Database.Database;
	readonly #onFailed: (error: StorageError) => void;

	/** @param onFailed called when the disk is full or broken, whoever asked: a broken one must end the process (DISK-2) */
	constructor(db: Database.Database, onFailed: (error: StorageError) => void = () => undefined) {
		this.#db = db;
		this.#onFailed = onFailed;
	}

	prepare<P extends unknown[] | object = unknown[], R = unknown>(sql: string) {
		return new SqliteStatement<P extends unknown[] ? P : [P], R>(
			this.#db.prepare<unknown[], R>(sql)
		);
	}

	pluck<P extends unknown[] | object = unknown[], R = unknown>(sql: string) {
		return new SqliteStatement<P extends unknown[] ? P : [P], R>(
			this.#db.prepare<unknown[], R>(sql).pluck()
		);
	}

	async ask<A>(work: () => Steps<A>): Promise<A> {
		return this.#guarded(() => finish(work()));
	}

	async read<A>(work: () => Steps<A>): Promise<A> {
		return this.#guarded(() => this.#db.transaction(() => finish(work()))());
	}

	async write<A>(work: () => Steps<A>, { undone }: WriteOptions<A> = {}): Promise<A> {
		try {
			return this.#guarded(() => this.#db.transaction(() => finish(work())).immediate());
		} catch (error) {
			undone?.();
			throw error;
		}
	}

	#guarded<A>(work: () => A): A {
		try {
			return work();
		} catch (error) {
			const known = toStorageError(error);
			if (known instanceof StorageError) this.#onFailed(known);
			throw known;
		}
	}
}
