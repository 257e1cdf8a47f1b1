/** What the server is told now and then by a device that is in a call. Pure. */
import { LIMITS } from '../../protocol/limits.ts';
import type { CallEffect, CallModel, Now, OwnCall, PeerHealth, Step } from './model.ts';

/** ms after which no way to somebody is said, and the server told. */
export const NO_WAY_AFTER = 20_000;
/** ms between two signs of life to the server; devices that were heard within so many are named. */
const ALIVE_EVERY = 30_000;
const ALIVE_WITH = 5_000;

/** Tells the server now and then that this device is in it, and once of each to whom there is no way. */
export function signsOfLife(model: CallModel, own: OwnCall, { elapsed }: Now): Step {
	if (!model.linked || !own.accepted) return { model, effects: [] };
	const effects: CallEffect[] = [];
	const isNoWay = (peer: PeerHealth): boolean =>
		peer.goodUntil === null && !peer.failed && elapsed - peer.since > NO_WAY_AFTER;
	for (const { device } of own.peers.filter(isNoWay)) {
		effects.push({ do: 'ask', request: { do: 'failed', call: own.call, device } });
	}
	const isDue = elapsed - own.aliveAt >= ALIVE_EVERY;
	if (isDue) {
		const near = own.peers.filter(
			({ heardAt }) => heardAt !== null && elapsed - heardAt < ALIVE_WITH
		);
		const alive = near.map(({ device }) => device).slice(0, LIMITS.callPeople);
		effects.push({ do: 'ask', request: { do: 'alive', call: own.call, with: alive } });
	}
	if (effects.length === 0) return { model, effects: [] };
	const peers = own.peers.map((peer) => (isNoWay(peer) ? { ...peer, failed: true } : peer));
	return {
		model: { ...model, own: { ...own, peers, aliveAt: isDue ? elapsed : own.aliveAt } },
		effects
	};
}
