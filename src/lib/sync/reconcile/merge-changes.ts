/** Several steps become one commit. Pure. */
import type { StreamChange, UnreadChange } from '../ports.ts';
import type { States } from './stream-state.ts';

/** Joins what several steps, each seeing the states after the one before, want to write. */
export function mergeChanges<T>(
	states: States,
	steps: T[],
	step: (states: States, one: T) => StreamChange[]
): StreamChange[] {
	const changes: StreamChange[] = [];
	const after = new Map(states);
	for (const one of steps) {
		for (const made of step(after, one)) {
			merge(changes, made);
			if (made.next) after.set(made.id, made.next);
			else after.delete(made.id);
		}
	}
	return changes;
}

/** A stream may be touched twice in one commit (a read position from the feed, then its own page). */
function merge(changes: StreamChange[], made: StreamChange): void {
	const i = changes.findIndex((other) => other.id === made.id);
	const other = changes[i];
	if (!other) {
		changes.push(made);
		return;
	}
	// A stream that is forgotten and comes back in one commit comes back empty: nothing of before counts.
	const isNew = made.wipe || other.next === null;
	changes[i] = {
		...made,
		expect: other.expect,
		wipe: other.wipe || isNew,
		rows: [...(isNew ? [] : other.rows), ...made.rows],
		skipMerge: other.skipMerge && made.skipMerge,
		cards: [...other.cards, ...made.cards],
		unread: isNew ? made.unread : sumOf(other.unread, made.unread)
	};
}

function sumOf(a: UnreadChange, b: UnreadChange): UnreadChange {
	if (b === null) return a;
	if (typeof b === 'object' && 'add' in b) {
		if (a === null || a === 'recount') return a ?? b;
		const mentions = a.mentions + b.mentions;
		return 'add' in a ? { add: a.add + b.add, mentions } : { set: a.set + b.add, mentions };
	}
	return b;
}
