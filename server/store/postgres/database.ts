/**
 * PostgreSQL as a database of the store: each statement is a question over a connection, and the steps go on when it
 * is answered. What another transaction or a lost connection brought to nothing is done again from its beginning.
 */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { StorageError } from '../../domain/store-port.ts';
import type { Dialect, SqlDatabase, Statement, WriteOptions } from '../sql/database.ts';
import type { Query, QueryResult, Steps } from '../sql/steps.ts';
import { toPositional } from './placeholders.ts';
import { isCutOff, metAnother, toStorageError } from './storage-error.ts';

/** Tries of one piece of work. With the pauses in between they last for some 5 s: a failover takes about as long. */
const TRIES = 10;
/** ms before the second try; twice as long before each further one, up to PAUSE_MAX, by chance down to half of it. */
const PAUSE = 10;
const PAUSE_MAX = 1_000;

type Row = Record<string, unknown>;

/** A statement with its values, as the driver takes it; the name lets the server keep it prepared. */
interface NamedQuery extends Query {
	readonly name: string;
}

/** Under 63 bytes, and the same for the same statement. */
const nameOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** PostgreSQL keeps every character but this one. */
const storable = (value: unknown): unknown =>
	typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;

class PostgresStatement<P extends unknown[], R> implements Statement<P, R> {
	readonly #text: string;
	readonly #name: string;
	readonly #inserting: string;
	readonly #names: readonly string[] | null;
	readonly #isPlucked: boolean;

	constructor(sql: string, isPlucked: boolean) {
		const { text, names } = toPositional(sql);
		this.#text = text;
		this.#inserting = `${text} RETURNING number`;
		this.#name = nameOf(text);
		this.#names = names;
		this.#isPlucked = isPlucked;
	}

	*get(...values: P): Steps<R | undefined> {
		return this.#rows(yield this.#query(values))[0];
	}

	*all(...values: P): Steps<R[]> {
		return this.#rows(yield this.#query(values));
	}

	iterate(...values: P): Steps<Iterable<R>> {
		return this.all(...values);
	}

	*run(...values: P): Steps<number> {
		return (yield this.#query(values)).count;
	}

	*insert(...values: P): Steps<number> {
		const text = this.#inserting;
		const { rows } = yield { ...this.#query(values), text, name: `${this.#name}-n` } as NamedQuery;
		return (rows[0] as { number: number }).number;
	}

	#query(values: P): NamedQuery {
		const named = values[0] as Row;
		const inOrder = this.#names ? this.#names.map((name) => named[name]) : values;
		return { name: this.#name, text: this.#text, values: inOrder.map(storable) };
	}

	#rows({ rows }: QueryResult): R[] {
		return (this.#isPlucked ? rows.map((row) => Object.values(row as Row)[0]) : rows) as R[];
	}
}

const POSTGRES: Dialect = {
	texts: (placeholder) => `(SELECT json_array_elements_text(CAST(${placeholder} AS json)))`,
	numbers: (placeholder) =>
		`(SELECT CAST(json_array_elements_text(CAST(${placeholder} AS json)) AS bigint))`,
	json(fields) {
		const parts = Object.entries(fields).map(([name, value]) => `'${name}', ${value}`);
		return `CAST(json_build_object(${parts.join(', ')}) AS text)`;
	},
	forUpdate: 'FOR UPDATE'
};

/** Does steps over a connection. @param onQuery called before each statement */
async function drive<A>(
	client: PoolClient,
	steps: Steps<A>,
	onQuery?: (query: Query) => void
): Promise<A> {
	const iterator = steps[Symbol.iterator]();
	let step = iterator.next({ rows: [], count: 0 });
	while (!step.done) {
		onQuery?.(step.value);
		const { rows, rowCount } = await client.query(step.value as NamedQuery & { values: unknown[] });
		step = iterator.next({ rows, count: rowCount ?? 0 });
	}
	return step.value;
}

/** The connection was lost while a transaction was being committed: nobody has said whether it was. */
class UnknownOutcome<A> extends Error {
	readonly value: A;
	constructor(value: A, cause: unknown) {
		super('the connection was lost during a commit', { cause });
		this.value = value;
	}
}

async function pause(tries: number): Promise<void> {
	const longest = Math.min(PAUSE * 2 ** tries, PAUSE_MAX);
	const ms = longest * (0.5 + Math.random() / 2);
	await new Promise((resolve) => setTimeout(resolve, ms));
}

/** The store's view of an open database (see open.ts). */
export class PostgresDatabase implements SqlDatabase {
	readonly dialect = POSTGRES;
	readonly isExclusive = false;
	readonly #pool: Pool;
	readonly #onFailed: (error: StorageError) => void;

	/** @param onFailed called when the disk is full or the database away, whoever asked and after all tries */
	constructor(pool: Pool, onFailed: (error: StorageError) => void = () => undefined) {
		this.#pool = pool;
		this.#onFailed = onFailed;
	}

	prepare<P extends unknown[] | object = unknown[], R = unknown>(sql: string) {
		return new PostgresStatement<P extends unknown[] ? P : [P], R>(sql, false);
	}

	pluck<P extends unknown[] | object = unknown[], R = unknown>(sql: string) {
		return new PostgresStatement<P extends unknown[] ? P : [P], R>(sql, true);
	}

	async ask<A>(work: () => Steps<A>): Promise<A> {
		// A statement that writes may have done so when the connection was lost, and has no way to be looked up.
		let onlyReads = true;
		const note = ({ text }: Query) => void (onlyReads &&= text.startsWith('SELECT'));
		return this.#repeatedly(
			async () => {
				const client = await this.#pool.connect();
				let lost: Error | undefined;
				try {
					return await drive(client, work(), note);
				} catch (error) {
					if (isCutOff(error)) lost = error as Error;
					throw error;
				} finally {
					client.release(lost);
				}
			},
			(error) => onlyReads && isCutOff(error)
		);
	}

	read<A>(work: () => Steps<A>): Promise<A> {
		return this.#repeatedly(
			() => this.#transact('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
			(error) => metAnother(error) || isCutOff(error) || error instanceof UnknownOutcome
		);
	}

	async write<A>(work: () => Steps<A>, { landed, undone }: WriteOptions<A> = {}): Promise<A> {
		try {
			return await this.#repeatedly(
				() => this.#writeOnce(work, landed),
				(error) => metAnother(error) || isCutOff(error)
			);
		} catch (error) {
			undone?.();
			throw error;
		}
	}

	/** One try. Rejects when it was not written, or when nobody can tell. */
	async #writeOnce<A>(work: () => Steps<A>, landed: WriteOptions<A>['landed']): Promise<A> {
		try {
			return await this.#transact('BEGIN ISOLATION LEVEL READ COMMITTED', work);
		} catch (error) {
			if (!(error instanceof UnknownOutcome) || !landed) throw error;
			const value = error.value as A;
			if (await this.read(() => landed(value))) return value;
			throw error.cause;
		}
	}

	async #repeatedly<A>(
		work: () => Promise<A>,
		isWorthwhile: (error: unknown) => boolean
	): Promise<A> {
		for (let tries = 1; ; tries++) {
			try {
				return await work();
			} catch (error) {
				if (tries === TRIES || !isWorthwhile(error)) throw this.#told(error);
				await pause(tries);
			}
		}
	}

	/** What the one who asked is told. */
	#told(error: unknown): unknown {
		const known = toStorageError(error instanceof UnknownOutcome ? error.cause : error);
		if (known instanceof StorageError) this.#onFailed(known);
		return known;
	}

	/** One try of a transaction. Rejects with UnknownOutcome when only the answer to COMMIT is missing. */
	async #transact<A>(begin: string, work: () => Steps<A>): Promise<A> {
		const client = await this.#pool.connect();
		let lost: Error | undefined;
		try {
			await client.query(begin);
			const value = await drive(client, work());
			await commit(client, value);
			return value;
		} catch (error) {
			lost = isLost(error) ? (error as Error) : await rollBack(client);
			throw error;
		} finally {
			client.release(lost);
		}
	}
}

/** Whether the connection is of no use any more: nothing can be undone on it, and nothing has to be. */
const isLost = (error: unknown): boolean => error instanceof UnknownOutcome || isCutOff(error);

async function commit(client: PoolClient, value: unknown): Promise<void> {
	try {
		const { command } = await client.query('COMMIT');
		if (command !== 'COMMIT') throw new Error('the transaction had failed before it was committed');
	} catch (error) {
		throw isCutOff(error) ? new UnknownOutcome(value, error) : error;
	}
}

/** @returns why the connection is of no use any more */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
	try {
		await client.query('ROLLBACK');
		return undefined;
	} catch (error) {
		return error instanceof Error ? error : new Error('a transaction could not be ended');
	}
}
