/** The domain: what the doors may ask, put together from the rules and a store. */
import { randomBytes } from 'node:crypto';
import type { Result } from '../../src/lib/protocol/down.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { nameKey } from '../../src/lib/protocol/names.ts';
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { laneOf, type Act } from '../../src/lib/protocol/up.ts';
import { isIn } from './access.ts';
import { createCommitQueue, type Ended } from './commit-queue.ts';
import { decide } from './decide.ts';
import { isSlow, parseAct, prepared, prepareSlowly } from './prepare.ts';
import type { Clock, Domain, FanOut, Hasher, Limiter, Pictures, Who } from './ports.ts';
import { createReader } from './read.ts';
import { StorageFault, type Committed, type Store } from './store-port.ts';

/** The room that is there from the first start and that every new account is in. */
export const FIRST_ROOM = 'general';

/** How often an act is prepared anew when a room's password changed meanwhile. */
const STALE_TRIES = 3;
/** ms after which a device asks again when the disk is full, or the server failed. */
const AFTER_STORAGE_FULL = 10_000;
const AFTER_FAULT = 2_000;

export interface DomainParts {
	store: Store;
	hasher: Hasher;
	fanOut: FanOut;
	limiter: Limiter;
	pictures: Pictures;
	clock: Clock;
	/** Called with what went wrong; `broken` storage must end the process (never acknowledge after a failed fsync). */
	onFault?: (fault: unknown) => void;
	/** Random bytes for ids; the simulator seeds them. */
	chance?: (count: number) => Uint8Array;
}

export interface RunningDomain extends Domain {
	/** Makes what has to be there from the first start. Call once, before any request. */
	start(): Promise<void>;
	/** Resolves when nothing waits to be committed. */
	drained(): Promise<void>;
}

/** Puts the domain together. */
export function createDomain(parts: DomainParts): RunningDomain {
	const { store, fanOut, clock } = parts;
	const chance = parts.chance ?? randomBytes;
	const onFault = parts.onFault ?? (() => undefined);
	let firstRoom = '';

	/** Removals take effect before anything of the commit is sent, and before it is acknowledged (promise 11). */
	function tell(committed: Committed): void {
		for (const move of committed.moves) {
			if (move.in) fanOut.enter(move.person, move.room);
			else fanOut.leave(move.person, move.room);
		}
		for (const person of related(committed.frames)) fanOut.related?.(person);
		for (const frame of committed.frames) fanOut.frame(frame);
	}

	const queue = createCommitQueue((acts) => store.commit(acts, decide, clock.now()), tell, clock);

	function later(id: string, fault: unknown): Result {
		if (fault instanceof RefusalError) return { status: 'later', id, refusal: fault.refusal };
		onFault(fault);
		const refusal: Refusal =
			fault instanceof StorageFault && fault.reason === 'full'
				? refuse('storage_full', { after: AFTER_STORAGE_FULL })
				: refuse('server_fault', { after: AFTER_FAULT });
		return { status: 'later', id, refusal };
	}

	function result(id: string, outcome: Ended): Result | 'stale' {
		if (outcome.is === 'stale') return 'stale';
		if (outcome.is === 'refused') {
			const { refusal, rows } = outcome;
			return { status: 'refused', id, refusal, ...(rows.length > 0 ? { rows } : {}) };
		}
		const { stream, seq, rows } = outcome;
		return { status: 'accepted', id, stream, seq, rows };
	}

	async function attempt(who: Who, act: Act): Promise<Result | 'stale'> {
		const made = await prepareSlowly(parts, who, act);
		if ('refusal' in made) return { status: 'refused', id: act.id, refusal: made.refusal };
		return result(act.id, await queue.add(prepared(who, act, made)));
	}

	async function slowly(who: Who, act: Act): Promise<Result> {
		for (let tries = 0; tries < STALE_TRIES; tries++) {
			const answer = await attempt(who, act);
			if (answer !== 'stale') return answer;
		}
		return { status: 'later', id: act.id, refusal: refuse('busy', { after: AFTER_FAULT }) };
	}

	function quickly(who: Who, act: Act): Promise<Result> {
		return queue.add(prepared(who, act, { secret: null })).then((outcome) => {
			const answer = result(act.id, outcome);
			// Without a password there is no slow work to repeat: the room has become private.
			return answer === 'stale'
				? { status: 'refused', id: act.id, refusal: refuse('room_password_missing') }
				: answer;
		});
	}

	/** The room that every new account is in, and that the compatible API names, stays what it is. */
	function isFixed(act: Act): boolean {
		if (!('room' in act) || act.room !== firstRoom) return false;
		if (act.kind === 'room.delete') return true;
		return act.kind === 'room.edit' && (act.name !== undefined || act.password !== undefined);
	}

	async function acts(who: Who, raw: unknown[]): Promise<Result[]> {
		const results: Promise<Result>[] = [];
		/** rooms in which something has to be tried again: what comes after it waits, too (promise 4) */
		const waiting = new Map<string, Refusal>();
		for (const entry of raw) {
			const parsed = parseAct(entry);
			if ('refusal' in parsed) {
				results.push(
					Promise.resolve({ status: 'refused', id: idOf(entry), refusal: parsed.refusal })
				);
				continue;
			}
			const { act } = parsed;
			const lane = laneOf(act, who.person);
			const behind = waiting.get(lane);
			if (behind) {
				results.push(Promise.resolve({ status: 'later', id: act.id, refusal: behind }));
				continue;
			}
			if (isFixed(act)) {
				const refusal = refuse('not_allowed');
				results.push(Promise.resolve({ status: 'refused', id: act.id, refusal }));
				continue;
			}
			// Order within a request is order of effect, so slow work waits for what came before it.
			if (isSlow(act)) await Promise.all(results);
			const answer = isSlow(act) ? slowly(who, act) : quickly(who, act);
			const safe = answer.catch((fault: unknown) => later(act.id, fault));
			results.push(safe);
			if (!isSlow(act)) continue;
			const ended = await safe;
			if (ended.status === 'later') waiting.set(lane, ended.refusal);
		}
		return Promise.all(results);
	}

	return {
		...createReader(store, clock, parts.limiter),
		acts,
		async register(person) {
			const id = uuid7(clock.now(), chance(10));
			const keys = { nameKey: nameKey(person.name), emailKey: person.email.toLowerCase() };
			const made = await store.register({ ...person, ...keys, id }, firstRoom, clock.now());
			if ('taken' in made) {
				const code = made.taken === 'name' ? 'name_taken' : 'email_taken';
				return { refused: refuse(code, { field: made.taken }) };
			}
			tell(made.committed);
			return { person: id };
		},
		async maySee(person, room) {
			return isIn(await store.span(room, person));
		},
		async deleteAccount(person) {
			const at = clock.now();
			const who: Who = { person, session: '', device: 'server' };
			const act = { kind: 'account.delete', id: uuid7(at, chance(10)), at } as const;
			await queue.add(prepared(who, act, { secret: null }));
		},
		async start() {
			firstRoom = await store.ensureRoom(FIRST_ROOM, '', clock.now());
		},
		drained: () => queue.drained()
	};
}

/** People to whom somebody became, or ceased to be, something. */
function related(frames: Committed['frames']): Set<string> {
	const people = new Set<string>();
	for (const { stream, rows } of frames) {
		if (rows.some((row) => row.kind === 'contact')) people.add(stream);
	}
	return people;
}

/** The id of something that is no act, as far as it has one, so that the device can match the answer. */
function idOf(entry: unknown): string {
	const id = (entry as { id?: unknown } | null)?.id;
	return typeof id === 'string' ? id.slice(0, 64) : '';
}
