/** Streams of which this device has lost something: what they become so that it is fetched anew. Pure. */
import type { StreamState } from '../ports.ts';
import { uncover } from './range.ts';
import { countable, freshStream } from './stream-state.ts';

/** A message is lost: it lies in a hole, which closes like any other. */
export function withoutMessage(state: StreamState, seq: number): StreamState {
	const next = { ...state, ranges: uncover(state.ranges, seq) };
	return { ...next, unreadBy: countable(next) ? state.unreadBy : 'server' };
}

/** A row that is no message is lost: all of them are asked for again, and what is held stays. */
export function withoutNonMessages(state: StreamState): StreamState {
	if (state.kind === 'room') return { ...state, nonMessageAsOf: 0 };
	return { ...state, cursor: null, ready: false, epoch: state.epoch + 1 };
}

/** All of it is lost. The room's name stays on screen until the server brings it, whatever its rev. */
export function begunAnew({ id, kind, version, epoch, room, role }: StreamState): StreamState {
	const shown = room && { ...room, rev: 0 };
	return { ...freshStream(id, kind), version, epoch: epoch + 1, room: shown, role };
}
