/** The acts of one request: prepared, committed in their order, and answered each by itself. */
import type { Result } from '../../src/lib/protocol/down.ts';
import { refuse, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { laneOf, type Act } from '../../src/lib/protocol/up.ts';
import type { CommitQueue, SettledOutcome } from './commit-queue.ts';
import { RETRY_AFTER_ERROR } from './constants.ts';
import type { Actor } from './ports.ts';
import { isSlow, parseAct, prepareSlowly, toPreparedAct, type PrepareTools } from './prepare.ts';
import { refusalIn } from './storage-refusal.ts';

/** How often an act is prepared anew when a room's password changed meanwhile. */
const STALE_TRIES = 3;

/** ms after which a queue that was full has been written; devices add some of their own, each another. */
const AFTER_FULL_QUEUE = 2_000;

/** What performing acts works with. */
interface ActContext {
	tools: PrepareTools;
	queue: CommitQueue;
	/** the room that stays what it is, see `isFixed` */
	firstRoom: () => string;
	onError: (error: unknown) => void;
}

const refused = (id: string, refusal: Refusal): Result => ({ status: 'refused', id, refusal });
const later = (id: string, refusal: Refusal): Result => ({ status: 'later', id, refusal });

/** One result per act, in order. Never rejects for anything an act says. */
export async function performActs(
	context: ActContext,
	actor: Actor,
	raw: unknown[]
): Promise<Result[]> {
	if (context.queue.isFull()) {
		return raw.map((entry) => later(idOf(entry), refuse('busy', { after: AFTER_FULL_QUEUE })));
	}
	const results: Promise<Result>[] = [];
	/** lanes in which something has to be tried again: what comes after it waits, too (promise 4) */
	const held = new Map<string, Refusal>();
	for (const entry of raw) {
		const parsed = parseAct(entry);
		if ('refusal' in parsed) {
			results.push(Promise.resolve(refused(idOf(entry), parsed.refusal)));
			continue;
		}
		const { act } = parsed;
		const lane = laneOf(act, actor.person);
		const early = answerEarly(context, act, held.get(lane));
		if (early) {
			results.push(Promise.resolve(early));
			continue;
		}
		const slow = isSlow(act);
		// Order within a request is order of effect, so slow work waits for what came before it.
		if (slow) await Promise.all(results);
		const result = perform(context, actor, act, slow);
		results.push(result);
		if (!slow) continue;
		const ended = await result;
		if (ended.status === 'later') held.set(lane, ended.refusal);
	}
	return Promise.all(results);
}

/** The answer to an act that is not tried at all. @param held why its lane waits */
function answerEarly(context: ActContext, act: Act, held: Refusal | undefined): Result | null {
	if (held) return later(act.id, held);
	return isFixed(act, context.firstRoom()) ? refused(act.id, refuse('not_allowed')) : null;
}

/** The room that every new account is in, and that the compatible API names, stays what it is. */
function isFixed(act: Act, firstRoom: string): boolean {
	if (!('room' in act) || act.room !== firstRoom) return false;
	if (act.kind === 'room.delete') return true;
	return act.kind === 'room.edit' && (act.name !== undefined || act.password !== undefined);
}

async function perform(
	context: ActContext,
	actor: Actor,
	act: Act,
	slow: boolean
): Promise<Result> {
	try {
		return await (slow ? performSlowly(context, actor, act) : performAtOnce(context, actor, act));
	} catch (error) {
		return later(act.id, afterError(context, error));
	}
}

async function performAtOnce({ queue }: ActContext, actor: Actor, act: Act): Promise<Result> {
	const outcome = await queue.add(toPreparedAct(actor, act, { secret: null }));
	// Without a password there is no slow work to repeat: the room has become private.
	return resultOf(act.id, outcome) ?? refused(act.id, refuse('room_password_missing'));
}

async function performSlowly(context: ActContext, actor: Actor, act: Act): Promise<Result> {
	for (let tries = 0; tries < STALE_TRIES; tries++) {
		const made = await prepareSlowly(context.tools, actor, act);
		if ('refusal' in made) return refused(act.id, made.refusal);
		const outcome = await context.queue.add(toPreparedAct(actor, act, made));
		const result = resultOf(act.id, outcome);
		if (result) return result;
	}
	return later(act.id, refuse('busy', { after: RETRY_AFTER_ERROR }));
}

/** The answer to an act; null when its slow work has to be done again. */
function resultOf(id: string, outcome: SettledOutcome): Result | null {
	switch (outcome.is) {
		case 'stale':
			return null;
		case 'refused': {
			const { refusal, rows } = outcome;
			// What is queued stays, for when the account is enabled again.
			if (refusal.action === 'sign-in') return later(id, refusal);
			return { status: 'refused', id, refusal, ...(rows.length > 0 ? { rows } : {}) };
		}
		case 'accepted': {
			const { stream, seq, rows } = outcome;
			return { status: 'accepted', id, stream, seq, rows };
		}
	}
}

/** What an act is answered that could not be decided. */
function afterError({ onError }: ActContext, error: unknown): Refusal {
	const known = refusalIn(error);
	if (known) return known;
	onError(error);
	return refuse('server_fault', { after: RETRY_AFTER_ERROR });
}

/** The id of something that is no act, as far as it has one, so that the device can match the answer. */
function idOf(entry: unknown): string {
	const id = (entry as { id?: unknown } | null)?.id;
	return typeof id === 'string' ? id.slice(0, 64) : '';
}
