/**
 * The log does not grow for ever: what happened more than a year ago leaves no line in it. What was said stays; only
 * devices that were away for longer cannot be told any more what has changed, and begin anew (rule C2).
 */
import type { SqlDatabase } from './database.ts';
import type { Steps } from './steps.ts';

/**
 * ms that a change, and the end of an act, are kept. A device may queue for as long: an act that is handed in again later
 * is not recognised, but for messages, which are known by their ids for ever.
 */
export const LOG_KEPT = 365 * 86_400_000;
/** Changes of one stream, or ends of acts, removed in one step: a few ms of writing. */
const STEP = 500;
/** Streams that are looked at in one step. */
const STREAMS = 200;

const prepare = (db: SqlDatabase) => ({
	streams: db.pluck<[string, number], string>(
		'SELECT id FROM stream WHERE id > ? ORDER BY id LIMIT ?'
	),
	/** Of these streams one with something to prune. */
	due: db.prepare<{ ids: string; before: number }, { id: string; floor: number }>(
		`SELECT s.id, s.floor FROM stream s JOIN change c ON c.stream = s.id AND c.seq = s.floor + 1
		WHERE s.id IN ${db.dialect.texts('@ids')} AND c.ts < @before AND c.seq <= s.head
		ORDER BY s.id LIMIT 1`
	),
	/** Times never fall within a stream, so all up to this one are as old. */
	newFloor: db.pluck<[string, number, number, number], number | null>(
		'SELECT max(seq) FROM change WHERE stream = ? AND seq > ? AND seq <= ? AND ts < ?'
	),
	raiseFloor: db.prepare<[number, string, number]>(
		'UPDATE stream SET floor = ? WHERE id = ? AND floor < ?'
	),
	/** The change at the floor stays: it has the hash by which a device that stands there is known. */
	dropChanges: db.prepare<[string, number]>('DELETE FROM change WHERE stream = ? AND seq < ?'),
	dropResults: db.prepare<[number, number]>(
		'DELETE FROM act_result WHERE id IN (SELECT id FROM act_result WHERE at < ? LIMIT ?)'
	)
});

type Statements = ReturnType<typeof prepare>;

/** @returns whether there was something to remove */
function* pruneOne(statements: Statements, ids: string[], before: number): Steps<boolean> {
	const due = yield* statements.due.get({ ids: JSON.stringify(ids), before });
	if (!due) return false;
	const { id, floor } = due;
	const next = (yield* statements.newFloor.get(id, floor, floor + STEP, before)) ?? floor;
	yield* statements.raiseFloor.run(next, id, next);
	yield* statements.dropChanges.run(id, next);
	return true;
}

/**
 * Goes through all streams in small steps, so that no send has to wait for it.
 * @returns prunes some of what is older than `before` (ms); answers false when all has been gone through
 */
export function createChangePruning(db: SqlDatabase): (before: number) => Promise<boolean> {
	const statements = prepare(db);
	/** the stream that was looked at last */
	let after = '';
	return async (before) => {
		const ids = await db.ask(() => statements.streams.all(after, STREAMS));
		const isPruned = ids.length > 0 && (await db.write(() => pruneOne(statements, ids, before)));
		// One with much to prune is looked at again, until there is none among these.
		if (!isPruned) after = ids.at(-1) ?? '';
		return ids.length > 0;
	};
}

/** @returns the same for the whole log: changes, and what acts came to, at `now` (ms) */
export function createPruning(db: SqlDatabase): (now: number) => Promise<boolean> {
	const statements = prepare(db);
	const pruneChanges = createChangePruning(db);
	return async (now) => {
		const before = now - LOG_KEPT;
		if ((await db.ask(() => statements.dropResults.run(before, STEP))) === STEP) return true;
		return pruneChanges(before);
	};
}
