/** Transactions that write: effects are carried out, and what memory keeps of the database stays true. */
import type { Cursor, Row } from '../../../src/lib/protocol/change.ts';
import type { Effect } from '../../domain/effect.ts';
import type { Committed, MembershipChange } from '../../domain/store-port.ts';
import { ChangeLog, type Log } from './change-log.ts';
import type { SqlDatabase } from './database.ts';
import { carryOut } from './effects/effects.ts';
import { prepareEffects } from './effects/statements.ts';
import type { WriteContext } from './effects/write-context.ts';
import type { RoomCache } from './room-cache.ts';
import type { RoomCaches } from './room-caches.ts';
import type { Steps } from './steps.ts';

type Tools = Pick<WriteContext, 'statements' | 'randomBytes'>;

/** One transaction under way. */
export class Transaction {
	readonly log: Log;
	readonly rooms: RoomCache;
	/** ms */
	readonly now: number;
	readonly membershipChanges: MembershipChange[] = [];
	/** public ids */
	readonly sessionsEnded: string[] = [];
	readonly #tools: Tools;

	constructor(log: Log, rooms: RoomCache, now: number, tools: Tools) {
		this.log = log;
		this.rooms = rooms;
		this.now = now;
		this.#tools = tools;
	}

	/**
	 * Carries out what somebody brings about.
	 * @param by the actor, the id of the act, and its digest
	 * @returns the rows that belong into the answer to the act
	 */
	*carryOut(by: Pick<WriteContext, 'actor' | 'act' | 'digest'>, effects: Effect[]): Steps<Row[]> {
		const { log, now, membershipChanges, sessionsEnded } = this;
		const moment = { log, now, membershipChanges, sessionsEnded };
		const context = { ...this.#tools, ...by, ...moment, rows: [] };
		for (const effect of effects) {
			yield* carryOut(context, effect);
			this.rooms.forget(effect);
		}
		return context.rows;
	}
}

/** What a transaction wrote, with what it answers itself. */
type Written<A> = Omit<Committed, 'outcomes'> & { value: A };

interface WriterOptions {
	db: SqlDatabase;
	rooms: RoomCaches;
	instance: Pick<Cursor, 'i' | 'g'>;
	/** random bytes for ids that the server makes */
	randomBytes: (count: number) => Uint8Array;
}

/** The only one who writes to streams. */
export class Writer {
	readonly #db: SqlDatabase;
	readonly #rooms: RoomCaches;
	readonly #log: ChangeLog;
	readonly #tools: Tools;

	constructor({ db, rooms, instance, randomBytes }: WriterOptions) {
		this.#db = db;
		this.#rooms = rooms;
		this.#log = new ChangeLog(db, instance);
		this.#tools = { statements: prepareEffects(db), randomBytes };
	}

	/**
	 * Writes in one durable transaction.
	 * @param now ms
	 * @param write may be run again from its beginning, see SqlDatabase.write
	 * @returns rejects with StorageError, or what `write` threw; then nothing was written
	 */
	transact<A>(now: number, write: (transaction: Transaction) => Steps<A>): Promise<Written<A>> {
		return this.#db.write(() => this.#write(now, write), {
			landed: ({ frames }) => this.#log.holds(frames),
			undone: () => {
				this.#log.forgetAll();
				this.#rooms().forgetAll();
			}
		});
	}

	*#write<A>(now: number, write: (transaction: Transaction) => Steps<A>): Steps<Written<A>> {
		const log = this.#log.open();
		const transaction = new Transaction(log, this.#rooms(), now, this.#tools);
		const value = yield* write(transaction);
		const { membershipChanges, sessionsEnded } = transaction;
		return { value, membershipChanges, sessionsEnded, frames: yield* log.finish() };
	}
}
