/** Who else is in the call, as far as the server and the links have said. Pure. */
import type { CallState } from '../../protocol/calls.ts';
import type { CallModel, Me, Now, OwnCall } from './model.ts';

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
