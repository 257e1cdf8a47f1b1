/** One durable commit for many acts. */
import type { Row } from '../../../src/lib/protocol/change.ts';
import { isIn } from '../../domain/access.ts';
import {
	StorageError,
	type AnyAct,
	type Committed,
	type Decide,
	type Decision,
	type Outcome,
	type PreparedAct
} from '../../domain/store-port.ts';
import type { SqlDatabase, Statement } from './database.ts';
import type { FactContext } from './facts/fact-context.ts';
import { loadFacts } from './facts/facts.ts';
import type { FactStatements } from './facts/statements.ts';
import { laneOfAct, roomsToLock, streamsToLock } from './locks.ts';
import { messageRow } from './rows.ts';
import { eachOf, type Steps } from './steps.ts';
import type { Transaction, Writer } from './writer.ts';

/** What committing works with. */
interface CommitContext {
	writer: Writer;
	facts: FactStatements;
	/** whether nobody else writes */
	isExclusive: boolean;
	insertActResult: Statement<unknown[], unknown>;
}

type DecisionOf<K extends Decision['is']> = Extract<Decision, { is: K }>;

/** Prepares the statement that remembers how an act ended. */
export const prepareActResult = (db: SqlDatabase): CommitContext['insertActResult'] =>
	db.prepare(
		'INSERT INTO act_result (id, person, device, digest, result, at) VALUES (?, ?, ?, ?, ?, ?)'
	);

/**
 * Decides and writes acts in their order, all in one commit.
 * @param now ms
 * @throws StorageError, and then nothing was written
 */
export async function commitActs(
	context: CommitContext,
	acts: PreparedAct[],
	decide: Decide,
	now: number
): Promise<Committed> {
	try {
		return await commitTogether(context, acts, decide, now);
	} catch (error) {
		if (error instanceof StorageError) throw error;
		return commitOneByOne(context, acts, decide, now);
	}
}

async function commitTogether(
	context: CommitContext,
	acts: PreparedAct[],
	decide: Decide,
	now: number
): Promise<Committed> {
	const { value, ...written } = await context.writer.transact(now, (transaction) =>
		performAll(context, transaction, acts, decide)
	);
	return { outcomes: value, ...written };
}

/** An error at one act must not cost the others: the batch was rolled back and is tried one by one. */
async function commitOneByOne(
	context: CommitContext,
	acts: PreparedAct[],
	decide: Decide,
	now: number
): Promise<Committed> {
	const all = { outcomes: [], membershipChanges: [], frames: [], sessionsEnded: [] } as Committed &
		Required<Pick<Committed, 'sessionsEnded'>>;
	/** lanes in which an act failed: what its author sent after it must not overtake it (promise 4) */
	const held = new Map<string, unknown>();
	for (const act of acts) {
		const own = `${act.person} ${laneOfAct(act.act, act.person)}`;
		if (held.has(own)) {
			all.outcomes.push({ is: 'error', error: held.get(own) });
			continue;
		}
		try {
			const one = await commitTogether(context, [act], decide, now);
			all.outcomes.push(...one.outcomes);
			all.membershipChanges.push(...one.membershipChanges);
			all.frames.push(...one.frames);
			all.sessionsEnded.push(...(one.sessionsEnded ?? []));
		} catch (error) {
			held.set(own, error);
			all.outcomes.push({ is: 'error', error });
		}
	}
	return all;
}

/** @param acts in the order in which they are to be tried */
function* performAll(
	context: CommitContext,
	transaction: Transaction,
	acts: PreparedAct[],
	decide: Decide
): Steps<Outcome[]> {
	if (!context.isExclusive) yield* lockAll(context, transaction, acts);
	return yield* eachOf(acts, (act) => perform(context, transaction, act, decide));
}

function* lockAll(
	{ facts: statements }: CommitContext,
	{ log, rooms }: Transaction,
	acts: PreparedAct[]
): Steps<void> {
	const context = { statements, rooms };
	yield* log.lock(yield* streamsToLock(context, acts));
	yield* log.lock(yield* roomsToLock(context, acts));
}

function* perform(
	context: CommitContext,
	transaction: Transaction,
	prepared: PreparedAct,
	decide: Decide
): Steps<Outcome> {
	const { act, person } = prepared;
	const { log, now, rooms } = transaction;
	const head = yield* log.head(laneOfAct(act, person));
	const facts = { statements: context.facts, rooms };
	const decision = decide(prepared, yield* loadFacts(facts, prepared, head, now));
	switch (decision.is) {
		case 'accept':
			return yield* accept(context, transaction, prepared, decision);
		case 'repeat': {
			const { stream, seq } = decision;
			return { is: 'accepted', stream, seq, rows: yield* messageAsItIs(facts, act, person) };
		}
		case 'refuse':
			return yield* refuse(context, transaction, prepared, decision);
		case 'stale':
			return { is: 'stale' };
	}
}

function* accept(
	context: CommitContext,
	transaction: Transaction,
	prepared: PreparedAct,
	{ stream, effects }: DecisionOf<'accept'>
): Steps<Outcome> {
	const { act, person, digest } = prepared;
	const rows = yield* transaction.carryOut({ actor: person, act: act.id, digest }, effects);
	const seq = yield* transaction.log.head(stream);
	// A message is remembered by itself.
	if (act.kind !== 'message.post' && act.kind !== 'call.begin') {
		yield* remember(context, prepared, { stream, seq }, transaction.now);
	}
	return { is: 'accepted', stream, seq, rows };
}

function* refuse(
	context: CommitContext,
	{ now, rooms }: Transaction,
	prepared: PreparedAct,
	{ refusal, record }: DecisionOf<'refuse'>
): Steps<Outcome> {
	if (record) yield* remember(context, prepared, { refusal }, now);
	// The author of a message that stands under this id with another text is shown it; nobody else is.
	const isOwn = refusal.seq !== undefined;
	const facts = { statements: context.facts, rooms };
	const rows = isOwn ? yield* messageAsItIs(facts, prepared.act, prepared.person) : [];
	return { is: 'refused', refusal, rows };
}

function* remember(
	{ insertActResult }: CommitContext,
	{ person, device, act, digest }: PreparedAct,
	result: object,
	now: number
): Steps<void> {
	yield* insertActResult.run(act.id, person, device, digest, JSON.stringify(result), now);
}

/** A repeat is answered with the message as it is now, so that the device has something to show. */
function* messageAsItIs(
	{ statements, rooms }: FactContext,
	act: AnyAct,
	person: string
): Steps<Row[]> {
	if (!('room' in act)) return [];
	// Whoever has gone learns nothing more of the room, not even of their own words (promise 11).
	if (!isIn(yield* rooms.membership(act.room, person))) return [];
	const isMessage = act.kind === 'message.post' || act.kind === 'call.begin';
	const id = 'message' in act ? act.message : isMessage ? act.id : null;
	const record = id === null ? undefined : yield* statements.messages.byId.get(id);
	return record ? [messageRow(record)] : [];
}
