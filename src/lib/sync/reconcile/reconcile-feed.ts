/** What rows of the person's own feed mean for the rooms. Pure. */
import type { Row } from '../../protocol/change.ts';
import type { StreamId } from '../../protocol/ids.ts';
import type { StreamChange, StreamState } from '../ports.ts';
import { type States, change, countable, freshStream } from './stream-state.ts';

/** What rows of the person's own feed mean for the rooms: places taken and given up, read positions. */
export function feedEffects(states: States, rows: Row[]): StreamChange[] {
	const changes = new Map<StreamId, StreamChange>();
	const current = (id: StreamId): StreamState | null => {
		const changed = changes.get(id);
		return changed ? changed.next : (states.get(id) ?? null);
	};
	for (const row of rows) {
		const state = current(row.id);
		const known = states.get(row.id);
		if (row.kind === 'roomMembership' && row.state === 'in' && !state) {
			const fresh = freshStream(row.id, 'room');
			changes.set(row.id, { ...change(known ?? fresh, fresh), wipe: known !== undefined });
		}
		if (row.kind === 'roomMembership' && row.state === 'out' && state) {
			// Left, entered and left again: it is still the known one that goes.
			if (known) changes.set(row.id, change(known, null));
			else changes.delete(row.id);
		}
		if (row.kind === 'read' && state && (row.upto > state.read || state.unreadBy === 'server')) {
			const read = Math.max(row.upto, state.read);
			changes.set(row.id, readChange(known ?? state, { ...state, read }));
		}
	}
	return [...changes.values()];
}

function readChange(state: StreamState, next: StreamState): StreamChange {
	const counted = countable(next);
	return {
		...change(state, { ...next, unreadBy: counted ? 'device' : 'server' }),
		unread: counted ? 'recount' : null
	};
}

/** Moves the read position on this device at once; it only ever grows. */
export function applyRead(states: States, room: StreamId, upto: number): StreamChange[] {
	const state = states.get(room);
	if (!state || upto <= state.read) return [];
	return [readChange(state, { ...state, read: upto })];
}
