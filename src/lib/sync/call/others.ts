/** Who else is in the call, as far as the server and the links have said, and what follows for this device. Pure. */
import type { CallState } from '../../protocol/calls.ts';
import {
	SILENT_AFTER,
	silence,
	type CallInput,
	type CallModel,
	type Me,
	type Now,
	type OwnCall
} from './model.ts';

/** Since when this device is in the call, as the server has it; null: it does not have it there. */
export function seatedAt(state: CallState | null, me: Me): number | null {
	return state?.people.find(({ device }) => device === me.device)?.since ?? null;
}

/** A page that was closed says nothing more: that is known at once. */
export function gone(model: CallModel, device: string, now: Now): CallModel {
	const { own } = model;
	if (!own) return model;
	const peers = own.peers.map((peer) =>
		peer.device === device && peer.goodUntil !== null
			? { ...peer, gone: true, goodUntil: Math.min(peer.goodUntil, now.elapsed - 1) }
			: peer
	);
	return { ...model, own: { ...own, peers } };
}

/** Whom the server has not named in all the time that it had since it came back is not in the call any more. */
export function gathered(own: OwnCall, now: Now): OwnCall {
	if (!own.isTold || now.elapsed < own.gatheringUntil) return own;
	const peers = own.peers.filter(({ known }) => known);
	return peers.length === own.peers.length ? own : { ...own, peers };
}

/** Something came from a device: it is good for so many ms. */
export function heard(
	model: CallModel,
	{ device, goodFor }: Extract<CallInput, { is: 'heard' }>,
	now: Now
): CallModel {
	const { own } = model;
	if (!own?.peers.some((peer) => peer.device === device)) return model;
	const good = { goodUntil: now.elapsed + goodFor, heardAt: now.elapsed, gone: false };
	const peers = own.peers.map((peer) => (peer.device === device ? { ...peer, ...good } : peer));
	return { ...model, own: inPhase({ ...own, peers }, now) };
}

/** The phase follows from who is there and what comes from them. */
export function inPhase(own: OwnCall, now: Now): OwnCall {
	if (own.phase === 'asking') return own;
	const silences = own.peers.map((peer) => silence(peer, now.elapsed));
	const wasIn = own.phase === 'in' || own.phase === 'cut';
	const next =
		silences.length === 0
			? 'calling'
			: silences.some((ms) => ms !== null && ms < SILENT_AFTER)
				? 'in'
				: wasIn && silences.some((ms) => ms !== null)
					? 'cut'
					: 'connecting';
	// Somebody else was in it, or is expected: "connecting" until the server has answered.
	const phase = next === 'calling' && !own.accepted && !own.outgoing ? 'connecting' : next;
	return phase === own.phase ? own : { ...own, phase, since: now.elapsed };
}
