/** The domain: what the transports may ask, put together from the rules and a store. */
import { randomBytes as cryptoRandomBytes } from 'node:crypto';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { nameKey } from '../../src/lib/protocol/name-key.ts';
import { emailKey } from '../../src/lib/protocol/names.ts';
import { refuse, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { isIn } from './access.ts';
import { performActs } from './acts.ts';
import type { AdminAct } from './admin-act.ts';
import type { CallAct } from './call-act.ts';
import { createCommitQueue, type CommitQueue, type SettledOutcome } from './commit-queue.ts';
import { FIRST_ROOM } from './constants.ts';
import { decide } from './decide.ts';
import { toPreparedAct, type PrepareTools } from './prepare.ts';
import type { Clock, CommitListener, Domain } from './ports.ts';
import { createReader } from './read.ts';
import type { Committed, Store, Taken } from './store-port.ts';

interface DomainParts extends PrepareTools {
	clock: Clock;
	/** Called with what went wrong; `broken` storage must end the process (never acknowledge after a failed fsync). */
	onError?: (error: unknown) => void;
	/** Random bytes for ids; the simulator seeds them. */
	randomBytes?: (count: number) => Uint8Array;
}

export interface RunningDomain extends Domain {
	/** Makes what has to be there from the first start. Call once, before any request. */
	start(): Promise<void>;
	/** Resolves when nothing waits to be committed. */
	drained(): Promise<void>;
}

/** Puts the domain together. */
export function createDomain(parts: DomainParts): RunningDomain {
	const { store, clock, limiter } = parts;
	const onError = parts.onError ?? (() => undefined);
	const newId = () => uuid7(clock.now(), (parts.randomBytes ?? cryptoRandomBytes)(10));
	const publisher = createPublisher(onError);
	const queue = createCommitQueue(
		(acts) => store.commit(acts, decide, clock.now()),
		publisher.publish,
		clock
	);
	let firstRoom = '';
	const acts = { tools: parts, queue, firstRoom: () => firstRoom, onError };

	return {
		...createReader(store, clock, limiter),
		...createAccounts({ store, clock, queue, newId, firstRoom: () => firstRoom, ...publisher }),
		firstRoom: () => firstRoom,
		acts: (actor, raw) => performActs(acts, actor, raw),
		subscribe: publisher.subscribe,
		async maySpeak(person, room) {
			const membership = await store.membership(room, person);
			return isIn(membership) && membership.mutedUntil <= clock.now();
		},
		async start() {
			firstRoom = await store.ensureRoom(FIRST_ROOM, '', clock.now());
		},
		drained: () => queue.drained()
	};
}

interface Publisher {
	/** @returns what has to be waited for before it is acknowledged, if anything */
	publish: (committed: Committed) => void | Promise<void>;
	subscribe: Domain['subscribe'];
}

/** Tells listeners what was committed. */
function createPublisher(onError: (error: unknown) => void): Publisher {
	const listeners = new Set<CommitListener>();
	return {
		publish({ membershipChanges, frames, sessionsEnded = [] }) {
			const changes = {
				membershipChanges,
				frames,
				contactsChanged: contactsChanged(frames),
				sessionsEnded
			};
			const waits: Promise<void>[] = [];
			for (const listener of listeners) {
				// An error in one listener must not keep the others, or the acts themselves, from their answer.
				try {
					const told = listener(changes);
					if (told) waits.push(told.catch(onError));
				} catch (error) {
					onError(error);
				}
			}
			return waits.length > 0 ? Promise.all(waits).then(() => undefined) : undefined;
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		}
	};
}

/** People in whose feed a contact row was written. */
function contactsChanged(frames: Committed['frames']): string[] {
	const changed = frames.filter(({ rows }) => rows.some((row) => row.kind === 'contact'));
	return [...new Set(changed.map(({ stream }) => stream))];
}

interface AccountParts {
	store: Store;
	clock: Clock;
	queue: CommitQueue;
	newId: () => string;
	firstRoom: () => string;
	publish: Publisher['publish'];
}

/** Why there can be no such account. */
const TAKEN = {
	name: refuse('name_taken', { field: 'name' }),
	email: refuse('email_taken', { field: 'email' }),
	invite: refuse('invite_invalid'),
	uninvited: refuse('invite_needed'),
	closed: refuse('registration_closed')
} satisfies Record<Taken, Refusal>;

const refusalIn = (outcome: SettledOutcome): Refusal | null =>
	outcome.is === 'refused' ? outcome.refusal : null;

/** Beginning and end of accounts, what administrators do, calls in the log: no device can ask for it by an act. */
function createAccounts({
	store,
	clock,
	queue,
	newId,
	firstRoom,
	publish
}: AccountParts): Pick<
	Domain,
	'register' | 'deleteAccount' | 'eraseMessages' | 'administer' | 'writeCall'
> {
	return {
		async register(person) {
			const id = newId();
			const keys = { nameKey: nameKey(person.name), emailKey: emailKey(person.email) };
			const made = await store.register({ ...person, ...keys, id }, firstRoom(), clock.now());
			if ('taken' in made) {
				return { refused: TAKEN[made.taken] };
			}
			await publish(made.committed);
			return { person: id };
		},
		async deleteAccount(person) {
			const actor = { person, session: '', device: 'server' };
			const act = { kind: 'account.delete', id: newId(), at: clock.now() } as const;
			return refusalIn(await queue.add(toPreparedAct(actor, act, { secret: null })));
		},
		async eraseMessages(person, messages) {
			const actor = { person, session: '', device: 'server' };
			const erased = messages.map(({ id: message, room }) => {
				const act = { kind: 'message.erase', id: newId(), at: clock.now(), room, message } as const;
				return queue.add(toPreparedAct(actor, act, { secret: null }));
			});
			await Promise.all(erased);
		},
		async administer(person, draft) {
			const isFixed = draft.kind === 'admin.room-delete' && draft.room === firstRoom();
			if (isFixed) return refuse('not_allowed');
			const actor = { person, session: '', device: 'server' };
			const act: AdminAct = { ...draft, id: newId(), at: clock.now() };
			return refusalIn(await queue.add(toPreparedAct(actor, act, { secret: null })));
		},
		async writeCall(person, draft) {
			const actor = { person, session: '', device: 'server' };
			const act: CallAct = { id: newId(), at: clock.now(), ...draft };
			const outcome = await queue.add(toPreparedAct(actor, act, { secret: null }));
			if (outcome.is === 'refused') return { refused: outcome.refusal };
			if (outcome.is === 'stale') throw new Error('there is nothing slow about a call');
			return { row: outcome.rows.find((row) => row.kind === 'message') ?? null };
		}
	};
}
