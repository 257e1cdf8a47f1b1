/** Passes signals between two devices in a call, and says what helps their media on its way. */
import type { CallAnswer, SignalAnswer, SignalRequest } from '../../src/lib/protocol/calls.ts';
import { otherOf, type PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Actor, Limiter } from '../domain/ports.ts';
import type { Call } from './call.ts';
import type { Desk } from './desk.ts';
import type { IceServers, Lines } from './ports.ts';
import { isSignal, relayedOnly } from './signals.ts';

interface SwitchboardParts {
	desk: Desk;
	lines: Lines;
	ice: IceServers;
	limiter: Limiter;
}

type Ice = Pick<CallAnswer, 'ice' | 'relay'>;

export class Switchboard {
	readonly #parts: SwitchboardParts;

	constructor(parts: SwitchboardParts) {
		this.#parts = parts;
	}

	/** Both have to be in the call and in its room, at every signal (V36). @throws RefusalError */
	signal(actor: Actor, ask: SignalRequest): SignalAnswer {
		if (!isSignal(ask)) throw new RefusalError(refuse('malformed'));
		const { desk, lines } = this.#parts;
		const call = desk.get(ask.call);
		const target = call && this.#targetOf(call, actor, ask.to);
		if (!call || !target) return { delivered: false };
		const passed = this.#isRelayed(actor.person, target) ? relayedOnly(ask) : ask;
		if (!passed || !lines.isConnected(target, ask.to)) return { delivered: false };
		const { to, ...signal } = passed;
		lines.signal(target, to, {
			...signal,
			from: { device: actor.device, person: actor.person }
		});
		return { delivered: true };
	}

	/** Rejects with RefusalError when it was asked for too often. */
	async iceFor({ person }: Actor, call: Call): Promise<Ice> {
		const { ice, limiter } = this.#parts;
		await limiter.take('call-ice', `${person}:${call.id}`);
		return { ice: ice.for(person), ...this.#relayFor(person, call) };
	}

	/** The same for who joins: without it for who has asked too often, who is in the call all the same. */
	async iceIfAllowed(actor: Actor, call: Call): Promise<Ice> {
		try {
			return await this.iceFor(actor, call);
		} catch (error) {
			if (error instanceof RefusalError) return { ice: [], ...this.#relayFor(actor.person, call) };
			throw error;
		}
	}

	/** Whether all ways of a device have to go through the relay. In a room that is decided for each two, at their signals. */
	#relayFor(person: PersonId, call: Call): Pick<CallAnswer, 'relay'> {
		const { isRelayOnly } = this.#parts.ice;
		const isRelayed =
			isRelayOnly || (call.direct && this.#isRelayed(person, otherOf(call.room, person)));
		return isRelayed ? { relay: true } : {};
	}

	/** Whether neither is to learn the other's address: there is a block, or they are no friends and there is another way. */
	#isRelayed(a: PersonId, b: PersonId): boolean {
		const { ice, lines } = this.#parts;
		if (ice.isRelayOnly || lines.areBlocked(a, b)) return true;
		return ice.hasRelay && !lines.areFriends(a, b) && !lines.areFriends(b, a);
	}

	/** Whose device it is that a signal goes to; null: it may not go there. */
	#targetOf(call: Call, { person, device }: Actor, to: string): PersonId | null {
		const { lines } = this.#parts;
		if (call.seats.get(person)?.device !== device) return null;
		const target = [...call.seats.values()].find((seat) => seat.device === to)?.card.id;
		if (target === undefined || target === person) return null;
		const areMembers = lines.hears(person, device, call.room) && lines.hears(target, to, call.room);
		return areMembers ? target : null;
	}
}
