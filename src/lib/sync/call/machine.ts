/**
 * What one window does about calls: decides, and asks for nothing by itself. Pure, so that time is given
 * (docs/protocol.md, "Calls"). Nothing is asked of the server before the devices are decided, and nothing twice.
 */
import type { CallState } from '../../protocol/calls.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { gathered, gone, heard, inPhase, seatedAt } from './others.ts';
import { signsOfLife } from './signs-of-life.ts';
import {
	type CallEffect,
	type CallInput,
	type CallModel,
	type Me,
	type Now,
	type Over,
	type OverReason,
	type OwnCall,
	type PeerHealth,
	type Step
} from './model.ts';

/** ms for which it is said why a call is over. */
const SAID_FOR = 6_000;
/** ms after the end of ringing in which the server says so; then this device gives up by itself. */
const UNTIL_GRACE = 5_000;
/** ms without the server after which somebody who was not answered yet gives up. */
const CALLING_UNLINKED = 10_000;
/** ms without anything from anybody after which a call is over. */
const CUT_MAX = 10 * 60_000;
/** ms for which a server that has come back may not have heard of everybody yet. */
const GATHERING = 90_000;

const nothing = (model: CallModel): Step => ({ model, effects: [] });

/** What becomes of what is known when something happens, and what is to be done. */
export function step(model: CallModel, input: CallInput, me: Me, now: Now): Step {
	switch (input.is) {
		case 'start':
		case 'join':
			return begin(model, input, now);
		case 'ready':
			return ready(model, now);
		case 'not-ready':
			return model.own?.phase === 'asking' ? over(model, input.why, now) : nothing(model);
		case 'hang-up':
			return hangUp(model, now, null);
		case 'decline':
			return decline(model, input.call);
		case 'ring':
			return ring(model, input, now);
		case 'unring':
			return unring(model, input, now);
		case 'state':
			return heardState(model, input.state, me, now);
		case 'let-in':
			return letIn(model, input.state, me, now);
		case 'refused':
			return refused(model, input.why, now);
		case 'linked':
			return linked(model, now);
		case 'unlinked':
			return nothing(unlinked(model, now));
		case 'heard':
			return nothing(heard(model, input, now));
		case 'gone':
			return nothing(gone(model, input.device, now));
		case 'tick':
			return tick(model, now);
	}
}

/* ------------------------------------------------------------ what the person does */

function begin(
	before: CallModel,
	{ is, call, room, video }: Extract<CallInput, { is: 'start' | 'join' }>,
	now: Now
): Step {
	if (before.own?.room === room) return nothing(before);
	const left = before.own ? hangUp(before, now, null) : nothing(before);
	const own: OwnCall = {
		...{ call, room, video, outgoing: is === 'start', phase: 'asking', accepted: false },
		...{ state: null, peers: [], since: now.elapsed, endsAt: null, aliveAt: now.elapsed },
		...{ gatheringUntil: 0, unlinkedAt: null, isTold: false }
	};
	const rings = left.model.rings.filter(({ ring }) => ring.room !== room);
	return {
		model: { ...left.model, own, over: null, rings },
		effects: [...left.effects, { do: 'prepare', video }]
	};
}

function ready(model: CallModel, now: Now): Step {
	const { own } = model;
	if (own?.phase !== 'asking') return nothing(model);
	const { call, room, video, outgoing } = own;
	const phase = outgoing ? 'calling' : 'connecting';
	return {
		model: { ...model, linked: true, own: { ...own, phase, since: now.elapsed } },
		effects: [{ do: 'ask', request: { do: outgoing ? 'start' : 'join', call, room, video } }]
	};
}

/** @param why is said; null: the person knows */
function hangUp(model: CallModel, now: Now, why: OverReason | null): Step {
	const { own } = model;
	if (!own) return nothing(model);
	const wasAsked = own.phase !== 'asking';
	const isTold = wasAsked && model.linked;
	return {
		model: {
			...model,
			own: null,
			over: why && overOf(own, why, now),
			untold: wasAsked && !model.linked ? { call: own.call, at: now.server } : model.untold
		},
		effects: [
			...(isTold ? [{ do: 'ask', request: { do: 'leave', call: own.call } } as const] : []),
			{ do: 'release' }
		]
	};
}

function decline(model: CallModel, call: string): Step {
	if (!model.rings.some(({ ring }) => ring.call === call)) return nothing(model);
	return {
		model: silenced(model, call),
		effects: [{ do: 'ask', request: { do: 'decline', call } }]
	};
}

/* ------------------------------------------------------------ what the server says */

function ring(model: CallModel, { ring }: Extract<CallInput, { is: 'ring' }>, now: Now): Step {
	// A clock that is wrong makes it no longer than a ring can be.
	const left = Math.min(ring.until - now.server, LIMITS.ringFor);
	const isOwn = model.own?.call === ring.call || model.own?.room === ring.room;
	const isKnown = model.rings.some((one) => one.ring.call === ring.call);
	if (left <= 0 || isOwn || isKnown) return nothing(model);
	return {
		model: { ...model, rings: [...model.rings, { ring, endsAt: now.elapsed + left }] },
		effects: [{ do: 'ask', request: { do: 'rings', call: ring.call } }]
	};
}

function unring(
	before: CallModel,
	{ call, here }: Extract<CallInput, { is: 'unring' }>,
	now: Now
): Step {
	const model = silenced(before, call);
	const { own } = model;
	// It was being answered here, and the person's other device was faster, or nobody is there any more.
	const isLost = own?.call === call && !own.outgoing && own.phase === 'asking' && !here;
	return isLost ? over(model, 'elsewhere', now) : nothing(model);
}

function silenced(model: CallModel, call: string): CallModel {
	return { ...model, rings: model.rings.filter(({ ring }) => ring.call !== call) };
}

function letIn(model: CallModel, state: CallState | null, me: Me, now: Now): Step {
	const { own } = model;
	if (!own || own.phase === 'asking') return nothing(model);
	if (!state) return over(model, own.accepted ? 'lost' : 'done', now);
	// Two who called each other are in one call, whose id was made by the other one.
	const mine = { ...own, accepted: true, call: state.call };
	return heardState(silenced({ ...model, own: mine }, state.call), state, me, now);
}

function heardState(before: CallModel, state: CallState, me: Me, now: Now): Step {
	const isRung = state.rung.some(({ person }) => person === me.person);
	const model = state.ended || !isRung ? silenced(before, state.call) : before;
	const { own } = model;
	if (!own?.accepted || own.call !== state.call) return nothing(model);
	if (state.ended) return over(model, state.ended.end, now);
	if (state.you) return over(model, state.you, now);
	return nothing({ ...model, own: withState(own, state, me, now) });
}

function withState(own: OwnCall, state: CallState, me: Me, now: Now): OwnCall {
	const seated = seatedAt(state, me);
	const isTold = own.isTold || seated !== null;
	// A server that still has this device's own seat did not go away, and has lost nobody else either. Only the first word
	// of it tells: afterwards the seat is the one that it has just given.
	const isSame = !own.isTold && seated !== null && seated === seatedAt(own.state, me);
	const gatheringUntil = isSame ? Math.min(own.gatheringUntil, now.elapsed) : own.gatheringUntil;
	const others = state.people.filter(
		({ device }, at, all) =>
			device !== me.device && all.findIndex((one) => one.device === device) === at
	);
	const named = others.map(({ device, person }): PeerHealth => {
		const fresh = { goodUntil: null, heardAt: null, gone: false, failed: false };
		const before = own.peers.find((peer) => peer.device === device);
		return {
			...(before ?? { ...fresh, device, since: now.elapsed }),
			...{ card: person, known: true }
		};
	});
	// Whoever is heard and was not named yet by a server that has just come back is still to ask for it (V21).
	const isAwaited = (peer: PeerHealth): boolean =>
		!peer.known && now.elapsed < gatheringUntil && !peer.gone;
	const peers = [
		...named,
		...own.peers.filter(
			(peer) => isAwaited(peer) && !others.some(({ device }) => device === peer.device)
		)
	];
	const isCalled = state.rung.length > 0 && state.until !== undefined;
	const left = isCalled ? Math.min(state.until! - now.server, LIMITS.ringFor) : 0;
	const endsAt = isCalled ? (own.endsAt ?? now.elapsed + left) : null;
	return inPhase({ ...own, state, peers, endsAt, gatheringUntil, isTold }, now);
}

function over(model: CallModel, why: OverReason, now: Now): Step {
	const { own } = model;
	if (!own) return nothing(model);
	return {
		model: { ...model, own: null, over: overOf(own, why, now) },
		effects: [{ do: 'release' }]
	};
}

/** Without an answer the server may have let this device in all the same: it is told now, and when it is back. */
function refused(before: CallModel, why: OverReason, now: Now): Step {
	const { model, effects } = over(before, why, now);
	if (!before.own || why !== 'unreachable') return { model, effects };
	const { call } = before.own;
	const leave: CallEffect = { do: 'ask', request: { do: 'leave', call } };
	return {
		model: { ...model, untold: { call, at: now.server } },
		effects: [...(model.linked ? [leave] : []), ...effects]
	};
}

function overOf({ call, room }: OwnCall, why: OverReason, now: Now): Over {
	return { call, room, why, endsAt: now.elapsed + SAID_FOR };
}

/* ------------------------------------------------------------ the link to the server */

function linked(before: CallModel, now: Now): Step {
	const { untold, own } = before;
	const effects: CallEffect[] = [];
	// Whoever has come back to the call meanwhile has not left it.
	if (untold && untold.call !== own?.call)
		effects.push({ do: 'ask', request: { do: 'leave', ...untold } });
	if (own?.accepted) {
		const { call, room, video } = own;
		effects.push({ do: 'ask', request: { do: 'join', call, room, video, again: true } });
	}
	const mine = own && { ...own, unlinkedAt: null, gatheringUntil: now.elapsed + GATHERING };
	return { model: { ...before, linked: true, untold: null, own: mine }, effects };
}

function unlinked(model: CallModel, now: Now): CallModel {
	const { own } = model;
	if (!own) return { ...model, linked: false };
	// What a server says that has just come back knows nobody yet; it may say it before it is asked.
	const peers = own.peers.map((peer) => ({ ...peer, known: false }));
	const unlinkedAt = own.unlinkedAt ?? now.elapsed;
	return {
		...model,
		linked: false,
		own: { ...own, peers, unlinkedAt, isTold: false, gatheringUntil: Number.POSITIVE_INFINITY }
	};
}

/* ------------------------------------------------------------ what comes from the others, and time */

function tick(before: CallModel, now: Now): Step {
	const rings = before.rings.filter(({ endsAt }) => endsAt > now.elapsed);
	const model: CallModel = {
		...before,
		rings: rings.length === before.rings.length ? before.rings : rings,
		over: before.over && before.over.endsAt > now.elapsed ? before.over : null
	};
	if (!model.own) return nothing(model);
	const own = inPhase(gathered(model.own, now), now);
	const inTime = { ...model, own };
	const why = givenUp(own, now);
	return why ? hangUp(inTime, now, why) : signsOfLife(inTime, own, now);
}

/** Why this device goes on no longer; null: it does. */
function givenUp(own: OwnCall, { elapsed }: Now): OverReason | null {
	const { phase, since, endsAt, unlinkedAt } = own;
	if (phase === 'calling' && unlinkedAt !== null && elapsed - unlinkedAt > CALLING_UNLINKED) {
		return 'unreachable';
	}
	const isUnanswered = phase === 'calling' && own.state?.answered === undefined;
	if (isUnanswered && endsAt !== null && elapsed > endsAt + UNTIL_GRACE) return 'missed';
	return phase === 'cut' && elapsed - since > CUT_MAX ? 'lost' : null;
}
