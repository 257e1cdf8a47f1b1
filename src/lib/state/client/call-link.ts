/** What calls need of this device's way to the server and of its other tabs. Nothing of it is queued (V15). */
import type { Card } from '../../protocol/change.ts';
import type { Cache } from '../../db/cache.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { CallAnswer, CallRequest, Signal, SignalRequest } from '../../protocol/calls.ts';
import { browserClock, soundLockFor } from '../../net/browser.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import type { CallEvent, Lock, TabCall } from '../../sync/ports.ts';
export type { CallEvent, TabCall } from '../../sync/ports.ts';
export type { Signal };

export interface CallLink {
	readonly me: Card;
	/** this device's id */
	readonly device: string;
	/** only one tab of the device sounds: the one that holds it */
	readonly soundLock: Lock;
	/** Makes the id of a call. */
	makeId(): string;
	/** ms, as far as known */
	serverNow(): number;
	/** Whether this tab leads and the server is there. */
	isLinked(): boolean;
	leads(): boolean;
	/** Calls back after every change of that; the answer ends it. */
	watch(changed: () => void): () => void;
	/** Makes this tab the one that leads; rejects with LinkError when the server is not there within 10 s. */
	lead(): Promise<void>;
	/** Friends of the person, as this device knows. */
	friends(): Promise<ReadonlySet<PersonId>>;
	/** Asks now or never. Rejects with LinkError. */
	ask(request: CallRequest): Promise<CallAnswer>;
	/** Tells another device something; answers whether it was there. Rejects with LinkError. */
	signal(signal: SignalRequest): Promise<boolean>;
	/** What the server says of calls; the answer ends it. */
	onEvent(heard: (event: CallEvent) => void): () => void;
	/** The call that another tab is in; the answer ends it. */
	onOther(heard: (call: TabCall | null) => void): () => void;
	/** Asks the other tabs for it. */
	askOthers(): void;
	/** Tells the other tabs which call this one is in. */
	inCall(call: TabCall | null): void;
}

interface CallLinkParts {
	cache: Pick<Cache, 'own'>;
	hub: Hub;
	connection: { serverNow(): number; status: { watch(changed: () => void): () => void } };
	me: Card;
	device: string;
	isShared: boolean;
	makeId: () => string;
}

/** @param isShared whether the device's tabs know of each other */
export function createCallLink(parts: CallLinkParts): CallLink {
	const { hub, cache, connection, me, device, makeId } = parts;
	const { calls } = hub;
	return {
		me,
		device,
		makeId,
		soundLock: soundLockFor(me.id, parts.isShared),
		serverNow: connection.serverNow,
		isLinked: () => calls.isLinked,
		leads: () => hub.leads,
		watch: connection.status.watch,
		lead: () => calls.lead(),
		async friends() {
			const contacts = await cache.own('contact');
			return new Set(contacts.flatMap(({ id, state }) => (state === 'friend' ? id : [])));
		},
		// To say "not now", any tab may ask over a way of its own.
		ask: (request) =>
			request.do === 'decline' && !hub.leads
				? hub.ask('call', request)
				: calls.ask('call', request),
		signal: async (signal) => (await calls.ask('signal', signal)).delivered,
		onEvent: calls.onEvent,
		onOther: calls.onOther,
		askOthers: () => calls.askOthers(),
		inCall: (call) => calls.inCall(call)
	};
}

/** The clock of everything about calls. */
export const callClock = browserClock;
