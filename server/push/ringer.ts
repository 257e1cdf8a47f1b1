/** Lets a call ring on devices that have no page open, by push: a few times while it rings, and once when it does not any more. */
import { createHash } from 'node:crypto';
import type { Ring, Unring } from '../../src/lib/protocol/calls.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { PushNote } from '../../src/lib/protocol/push.ts';
import type { Clock } from '../domain/ports.ts';
import { noteResult, type DeliveryContext } from './deliver-push.ts';
import { callNote } from './push-note.ts';
import type { PushStore, Subscription } from './push-store.ts';

/** ms after which a device is told again: a notification makes itself heard once, a call for longer. */
const TELL_AT = [0, 12_000, 24_000];
/** Seconds that a service keeps a ring that it cannot deliver, and the word that it is over. */
const RING_TTL = 45;

interface Ringing {
	person: PersonId;
	ring: Ring;
	row: MessageRow;
	/** ends what is still to be sent */
	stops: (() => void)[];
	/** who was told that it rings, by id */
	told: Map<string, Subscription>;
	/** pushes that are under way */
	sending: Promise<void>;
}

export class Ringer {
	readonly #clock: Clock;
	readonly #onError: (error: unknown) => void;
	/** person and call -> what rings there */
	readonly #ringing = new Map<string, Ringing>();
	#context: DeliveryContext | null = null;

	constructor(clock: Clock, onError: (error: unknown) => void) {
		this.#clock = clock;
		this.#onError = onError;
	}

	/** From now on there is a way to send pushes. */
	attach(context: DeliveryContext): void {
		this.#context = context;
	}

	/** @param row the call's message */
	ring(person: PersonId, ring: Ring, row: MessageRow): void {
		const key = `${person} ${ring.call}`;
		if (this.#ringing.has(key)) return;
		const ringing: Ringing = {
			...{ person, ring, row },
			stops: [],
			told: new Map(),
			sending: Promise.resolve()
		};
		this.#ringing.set(key, ringing);
		ringing.stops = TELL_AT.map((after) => this.#clock.after(after, () => this.#tell(ringing)));
	}

	/** What rang on the person's devices does not any more: who was told so is told, once. */
	over(person: PersonId, call: string, why: Unring['why']): void {
		const key = `${person} ${call}`;
		const ringing = this.#ringing.get(key);
		if (!ringing) return;
		this.#ringing.delete(key);
		for (const stop of ringing.stops) stop();
		this.#queue(ringing, () => this.#sendOver(ringing, why));
	}

	close(): void {
		for (const { stops } of this.#ringing.values()) for (const stop of stops) stop();
		this.#ringing.clear();
		this.#context = null;
	}

	#tell(ringing: Ringing): void {
		this.#queue(ringing, () => this.#sendRing(ringing));
	}

	/** One after the other, so that the word of its end is the last one. */
	#queue(ringing: Ringing, send: () => Promise<void>): void {
		ringing.sending = ringing.sending.then(send).catch((error: unknown) => {
			if (this.#context) this.#onError(error);
		});
	}

	async #sendRing({ person, ring, row, told }: Ringing): Promise<void> {
		const context = this.#context;
		const now = this.#clock.now();
		if (!context || now >= ring.until) return;
		const { store, isConnected } = context;
		const place = await placeOf(store, person, row.room);
		const subscriptions = await store.ofPerson(person, now);
		await Promise.all(
			subscriptions.map(async (subscription) => {
				// A page that is connected rings by itself.
				if (isConnected(subscription.session) || subscription.pausedUntil > now) return;
				told.set(subscription.id, subscription);
				const note = callNote(person, ring, row, place, now);
				await this.#send(context, subscription, note, { urgency: 'high', ttl: RING_TTL });
			})
		);
	}

	async #sendOver({ person, ring, row, told }: Ringing, why: Unring['why']): Promise<void> {
		const context = this.#context;
		if (!context || told.size === 0) return;
		const place = await placeOf(context.store, person, row.room);
		const note = callNote(person, ring, row, place, this.#clock.now(), why);
		await Promise.all(
			[...told.values()].map((subscription) =>
				this.#send(context, subscription, note, { urgency: 'normal' })
			)
		);
	}

	async #send(
		context: DeliveryContext,
		subscription: Subscription,
		note: PushNote,
		how: { urgency: 'high' | 'normal'; ttl?: number }
	): Promise<void> {
		const result = await context.sender.send(subscription, {
			payload: JSON.stringify(note),
			topic: topicOf(note.id),
			...how
		});
		await noteResult(context, subscription, result);
	}
}

/** What a note says besides the call. */
async function placeOf(store: PushStore, person: PersonId, id: string) {
	const room = await store.room(id);
	return { title: room && !room.direct ? room.name : '', badge: await store.unread(person) };
}

/** What comes later of a call takes the place of what was not delivered yet. */
const topicOf = (call: string): string =>
	`call-${createHash('sha256').update(call).digest('base64url').slice(0, 27)}`;
