/**
 * The truth about the connection as a pure state machine: what happened -> what is said on screen
 * and what is tried next. "Connected" is an answered question, never an open socket.
 */
import { backoff } from './backoff.ts';
import type { LinkFault, LinkStatus } from '../ports.ts';

export interface ConnectionState {
	link: LinkStatus['link'];
	/** attempts that failed since the last answered question */
	failures: number;
	/** ms until the next attempt; null when none is planned */
	retryIn: number | null;
}

export type ConnectionEvent =
	| { type: 'attempt' }
	/** a link is there, and what was missed is being fetched */
	| { type: 'linked' }
	/** up to date with the server */
	| { type: 'up-to-date'; live: boolean }
	/** no link, or the link is gone */
	| { type: 'fault'; fault: LinkFault; online: boolean; chance: number };

export const START: ConnectionState = { link: 'starting', failures: 0, retryIn: null };

/** ms after which a device that was told to update asks again: the update may have arrived. */
const UPDATE_RETRY = 60_000;

function afterFault(
	state: ConnectionState,
	event: Extract<ConnectionEvent, { type: 'fault' }>
): ConnectionState {
	const { fault, online, chance } = event;
	const failures = state.failures + 1;
	if (fault.kind === 'refused') {
		const { code, after } = fault.refusal;
		// Only the server's explicit word signs out, never a fault (complaint 22).
		if (code === 'session_ended') return { link: 'signed-out', failures, retryIn: null };
		if (code === 'update_required') {
			return { link: 'update-required', failures, retryIn: UPDATE_RETRY };
		}
		const retryIn = Math.max(after ?? 0, backoff(failures, chance));
		return { link: 'unreachable', failures, retryIn };
	}
	const retryIn = backoff(failures, chance);
	if (fault.kind === 'captive') return { link: 'captive', failures, retryIn };
	return { link: online ? 'unreachable' : 'offline', failures, retryIn };
}

/** The next state. */
export function connection(state: ConnectionState, event: ConnectionEvent): ConnectionState {
	switch (event.type) {
		case 'attempt': {
			// While it fails again and again the reason stays on screen instead of flickering.
			const link = state.failures > 0 ? state.link : 'connecting';
			return { ...state, link, retryIn: null };
		}
		case 'linked': {
			const already = state.link === 'live' || state.link === 'polling';
			return { ...state, link: already ? state.link : 'catching-up', retryIn: null };
		}
		case 'up-to-date':
			return { link: event.live ? 'live' : 'polling', failures: 0, retryIn: null };
		case 'fault':
			return afterFault(state, event);
	}
}
