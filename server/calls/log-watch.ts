/** What is committed, and what it does to calls that stand. */
import { otherOf, type PersonId } from '../../src/lib/protocol/ids.ts';
import type { Clock, CommittedChanges } from '../domain/ports.ts';
import type { DeedRunner } from './deeds.ts';
import type { Desk } from './desk.ts';
import type { CallDomain } from './ports.ts';

interface WatchParts {
	domain: Pick<CallDomain, 'blockedWith'>;
	desk: Desk;
	deeds: DeedRunner;
	clock: Pick<Clock, 'now'>;
	/** ms of the calls' own time */
	now: () => number;
	onError: (error: unknown) => void;
}

export class LogWatch {
	readonly #parts: WatchParts;

	constructor(parts: WatchParts) {
		this.#parts = parts;
	}

	/** What was committed, by whomever: people go, blocks come, calls end with their rooms. */
	heard({ membershipChanges, contactsChanged, frames }: CommittedChanges): void {
		const { desk, deeds, clock, onError } = this.#parts;
		const now = this.#parts.now();
		for (const { person, room, in: isIn } of membershipChanges) {
			if (!isIn) deeds.run(desk.out(person, room, now));
		}
		// Nearly always, and at nearly every commit.
		if (desk.isEmpty()) return;
		for (const row of frames.flatMap(({ rows }) => rows)) {
			if (row.kind === 'member' && (row.muted ?? 0) > clock.now()) {
				deeds.run(desk.muted(row.id, row.room, now));
			}
			if (row.kind !== 'message' || row.call?.ended === undefined) continue;
			const { end, ended } = row.call;
			deeds.run(desk.endedInLog(row.id, end ?? 'done', ended));
		}
		for (const person of contactsChanged) {
			this.#partBlocked(person).catch(onError);
		}
	}

	/** Ends conversations of two across a block. */
	async #partBlocked(person: PersonId): Promise<void> {
		const { desk, deeds, domain, now } = this.#parts;
		const own = [...desk.all()].filter(
			({ direct, took, rung }) => direct && (took.has(person) || rung.has(person))
		);
		if (own.length === 0) return;
		const blocked = new Set(await domain.blockedWith(person));
		for (const call of own) {
			if (call.ended || !blocked.has(otherOf(call.room, person))) continue;
			deeds.run(desk.apart(call, now()));
		}
	}
}
