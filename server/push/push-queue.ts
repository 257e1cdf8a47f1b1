/**
 * Pushes that wait: one per conversation and device in ten seconds, where a later message takes the place of the one
 * before (PUSH-8), and a few at a time.
 */
import type { Frame } from '../../src/lib/protocol/down.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import type { RoomId } from '../../src/lib/protocol/ids.ts';
import type { Clock } from '../domain/ports.ts';
import type { Subscription } from './push-store.ts';

/** ms between two pushes about one conversation to one device. */
const PACE = 10_000;
/**
 * Pushes made in one go, and ms between two goes: encrypting takes 1.5 ms a push, and a go must keep others
 * waiting for less than ten.
 */
const AT_ONCE = 5;
const BREATH = 10;

/** What one device is to be notified of in one conversation. */
export interface PendingPush {
	subscription: Subscription;
	/** the newest message, and the frame that brought it */
	message: MessageRow;
	frame: Frame;
	/** messages since the last push */
	count: number;
	/** whether one of them was meant for this person */
	meant: boolean;
}

/** What a device shows of a room was changed, taken back, or is not for its person any more. */
export interface PendingChange {
	subscription: Subscription;
	room: RoomId;
	/** of the message that it shows */
	seq: number;
	/** whether words are shown that nobody may read any more; else they have only changed */
	isUrgent: boolean;
	/** whether the person is in the room no longer */
	isOut: boolean;
	/** how often it was sent already */
	tries: number;
}

export class PushQueue {
	readonly #clock: Clock;
	readonly #deliver: (push: PendingPush | PendingChange) => void;
	/** subscription and room -> ends the pause after the last push */
	readonly #resting = new Map<string, () => void>();
	/** subscription and room -> what is pushed after the pause */
	readonly #waiting = new Map<string, PendingPush | PendingChange>();
	/** subscription and room -> what is pushed as soon as there is time */
	readonly #ready = new Map<string, PendingPush | PendingChange>();
	#draining = false;
	#closed = false;

	constructor(clock: Clock, deliver: (push: PendingPush | PendingChange) => void) {
		this.#clock = clock;
		this.#deliver = deliver;
	}

	add({ subscription, frame, message, meant }: Omit<PendingPush, 'count'>): void {
		const key = `${subscription.id} ${message.room}`;
		const waiting = this.#waiting.get(key);
		const before = waiting && 'message' in waiting ? waiting : undefined;
		this.#waiting.set(key, {
			subscription,
			frame,
			message,
			count: (before?.count ?? 0) + 1,
			meant: meant || before?.meant === true
		});
		if (!this.#resting.has(key)) this.#release(key);
	}

	/**
	 * Like a push of its own, but one that is urgent waits for no pause but that of its service. A later one takes
	 * its place.
	 */
	addChange(change: PendingChange): void {
		const key = `${change.subscription.id} ${change.room} changed`;
		const waiting = this.#waiting.get(key);
		const isUrgent = change.isUrgent || (waiting !== undefined && this.#isUrgent(waiting));
		this.#waiting.set(key, { ...change, isUrgent });
		const pause = change.subscription.pausedUntil - this.#clock.now();
		if (pause > 0) this.#rest(key, pause);
		else if (isUrgent || !this.#resting.has(key)) this.#release(key);
	}

	#isUrgent(push: PendingPush | PendingChange): boolean {
		return 'isUrgent' in push && push.isUrgent;
	}

	/** What waits under this key is pushed after so many ms. */
	#rest(key: string, ms: number): void {
		this.#resting.get(key)?.();
		this.#resting.set(
			key,
			this.#clock.after(ms, () => this.#release(key))
		);
	}

	/** Nothing is delivered from now on. */
	close(): void {
		this.#closed = true;
		for (const cancel of this.#resting.values()) cancel();
	}

	/** The pause is over: what waits is pushed next, and another pause begins. */
	#release(key: string): void {
		this.#resting.get(key)?.();
		this.#resting.delete(key);
		const push = this.#waiting.get(key);
		if (!push || this.#closed) return;
		this.#waiting.delete(key);
		this.#rest(key, PACE);
		this.#ready.set(key, push);
		if (!this.#draining) this.#drain();
	}

	#drain(): void {
		this.#draining = this.#ready.size > 0 && !this.#closed;
		if (!this.#draining) return;
		for (const [key, push] of [...this.#ready].slice(0, AT_ONCE)) {
			this.#ready.delete(key);
			this.#deliver(push);
		}
		this.#clock.after(BREATH, () => this.#drain());
	}
}
