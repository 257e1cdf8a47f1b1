/** One durable commit for many acts. */
import type Database from 'better-sqlite3';
import type { Cursor, Row } from '../../../src/lib/protocol/change.ts';
import type { Refusal } from '../../../src/lib/protocol/refusal.ts';
import { laneOf } from '../../../src/lib/protocol/up.ts';
import { isIn } from '../../domain/access.ts';
import {
	StorageFault,
	type AnyAct,
	type Committed,
	type Decide,
	type Decision,
	type Effect,
	type Move,
	type Outcome,
	type Prepared
} from '../../domain/store-port.ts';
import type { Doing } from './doing.ts';
import { createEffects } from './effects.ts';
import type { createFacts } from './facts.ts';
import { createLogs, type Log } from './log.ts';
import { messageRow, type MessageRecord } from './rows.ts';

/** Disk full passes by itself; anything else that keeps SQLite from writing must end the process (V2). */
const BROKEN = /^SQLITE_(IOERR|READONLY|CORRUPT|NOTADB|CANTOPEN|PERM)/;

/** Turns SQLite's error into what the domain understands; other errors stay what they are. */
export function storageFault(error: unknown): unknown {
	const code = (error as { code?: unknown } | null)?.code;
	if (typeof code !== 'string') return error;
	if (code === 'SQLITE_FULL') return new StorageFault('full', error);
	return BROKEN.test(code) ? new StorageFault('broken', error) : error;
}

/** The lane of an act, as for devices; the server's own acts are those of the person. */
const lane = (act: AnyAct, person: string) =>
	act.kind === 'account.delete' ? person : laneOf(act, person);

/**
 * Prepares the statements once; the answer commits a batch.
 * @param chance random bytes for ids that the server makes
 */
export function createWriter(
	db: Database.Database,
	facts: ReturnType<typeof createFacts>,
	instance: () => Pick<Cursor, 'i' | 'g'>,
	chance: (count: number) => Uint8Array
) {
	const logs = createLogs(db, instance);
	const effects = createEffects(db, chance);
	const insertOp = db.prepare(
		'INSERT INTO op (id, person, device, digest, result, at) VALUES (?, ?, ?, ?, ?, ?)'
	);

	function carryOut(doing: Doing, effect: Effect): void {
		effects(doing, effect);
		facts.forget(effect);
	}

	/** To be called when a transaction was rolled back. */
	function forgetAll(): void {
		logs.forgetAll();
		facts.forgetAll();
	}

	const selectMessage = db.prepare<[string], MessageRecord>('SELECT * FROM message WHERE id = ?');

	function remember({ person, device, act, digest }: Prepared, result: object, now: number) {
		insertOp.run(act.id, person, device, digest, JSON.stringify(result), now);
	}

	/** A repeat is answered with the message as it is now, so that the device has something to show. */
	function present(act: AnyAct, person: string): Row[] {
		if (!('room' in act)) return [];
		// Whoever has gone learns nothing more of the room, not even of their own words (promise 11).
		if (!isIn(facts.span(act.room, person))) return [];
		const id = 'message' in act ? act.message : act.kind === 'message.post' ? act.id : null;
		const found = id === null ? undefined : selectMessage.get(id);
		return found ? [messageRow(found)] : [];
	}

	/** The author of a message that stands under this id with another text is shown it; nobody else is. */
	function refused(refusal: Refusal, act: AnyAct, person: string): Outcome {
		return { is: 'refused', refusal, rows: refusal.seq === undefined ? [] : present(act, person) };
	}

	function accept(
		prepared: Prepared,
		decision: Extract<Decision, { is: 'accept' }>,
		doing: Doing
	): Outcome {
		for (const effect of decision.effects) carryOut(doing, effect);
		const { stream } = decision;
		const seq = doing.log.head(stream);
		if (prepared.act.kind !== 'message.post') remember(prepared, { stream, seq }, doing.now);
		return { is: 'accepted', stream, seq, rows: doing.rows };
	}

	function one(prepared: Prepared, decide: Decide, log: Log, moves: Move[], now: number): Outcome {
		const { act, person, digest } = prepared;
		const decision = decide(prepared, facts.load(prepared, log.head(lane(act, person)), now));
		switch (decision.is) {
			case 'accept': {
				const doing = { log, actor: person, op: act.id, digest, now, moves, rows: [] };
				return accept(prepared, decision, doing);
			}
			case 'repeat': {
				const { stream, seq } = decision;
				return { is: 'accepted', stream, seq, rows: present(act, person) };
			}
			case 'refuse':
				if (decision.record) remember(prepared, { refusal: decision.refusal }, now);
				return refused(decision.refusal, act, person);
			case 'stale':
				return { is: 'stale' };
		}
	}

	const transaction = db.transaction((acts: Prepared[], decide: Decide, now: number): Committed => {
		const log = logs.open();
		const moves: Move[] = [];
		const outcomes = acts.map((act) => one(act, decide, log, moves, now));
		return { outcomes, moves, frames: log.finish() };
	});

	/** A fault of one act must not cost the others: the batch is rolled back and tried one by one. */
	function singly(acts: Prepared[], decide: Decide, now: number): Committed {
		const all: Committed = { outcomes: [], moves: [], frames: [] };
		/** lanes in which an act failed: what its author sent after it must not overtake it (promise 4) */
		const held = new Map<string, unknown>();
		for (const act of acts) {
			const own = `${act.person} ${lane(act.act, act.person)}`;
			if (held.has(own)) {
				all.outcomes.push({ is: 'fault', fault: held.get(own) });
				continue;
			}
			try {
				const { outcomes, moves, frames } = transaction.immediate([act], decide, now);
				all.outcomes.push(...outcomes);
				all.moves.push(...moves);
				all.frames.push(...frames);
			} catch (error) {
				forgetAll();
				const fault = storageFault(error);
				held.set(own, fault);
				all.outcomes.push({ is: 'fault', fault });
			}
		}
		return all;
	}

	return {
		/** @throws StorageFault, and then nothing was written */
		commit(acts: Prepared[], decide: Decide, now: number): Committed {
			try {
				return transaction.immediate(acts, decide, now);
			} catch (error) {
				forgetAll();
				const fault = storageFault(error);
				if (fault instanceof StorageFault) throw fault;
				return singly(acts, decide, now);
			}
		},
		openLog: () => logs.open(),
		carryOut,
		forgetAll
	};
}
