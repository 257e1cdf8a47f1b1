/** Counts what the database does inside transactions: statements, the rows that they answer, and time. */
import type Database from 'better-sqlite3';

export interface Work {
	statements: number;
	/** rows answered or changed */
	rows: number;
	/** ms from the first statement to the end of the last */
	ms: number;
}

type Prepared = Database.Statement;

export class WorkMeter {
	/** SQL of every statement that was ever run inside a transaction */
	readonly sources = new Set<string>();
	readonly #db: Database.Database;
	#work: Work = { statements: 0, rows: 0, ms: 0 };
	#began: number | null = null;

	/** To be made before statements are prepared: only those are counted. */
	constructor(db: Database.Database) {
		this.#db = db;
		const prepare = db.prepare.bind(db) as (source: string) => Prepared;
		db.prepare = ((source: string) => this.#counted(prepare(source))) as typeof db.prepare;
	}

	/** What was done since the last call. */
	take(): Work {
		const work = this.#work;
		this.#work = { statements: 0, rows: 0, ms: 0 };
		this.#began = null;
		return work;
	}

	#counted(statement: Prepared): Prepared {
		const { run, get, all, iterate } = statement;
		statement.run = (...params) => {
			const done = run.apply(statement, params);
			this.#note(statement, done.changes);
			return done;
		};
		statement.get = (...params) => {
			const found = get.apply(statement, params);
			this.#note(statement, found === undefined ? 0 : 1);
			return found;
		};
		statement.all = (...params) => {
			const found = all.apply(statement, params);
			this.#note(statement, found.length);
			return found;
		};
		statement.iterate = (...params) => {
			this.#note(statement, 0);
			return iterate.apply(statement, params);
		};
		return statement;
	}

	#note(statement: Prepared, rows: number): void {
		if (!this.#db.inTransaction) return;
		this.sources.add(statement.source);
		this.#began ??= performance.now();
		this.#work.statements += 1;
		this.#work.rows += rows;
		this.#work.ms = performance.now() - this.#began;
	}
}
