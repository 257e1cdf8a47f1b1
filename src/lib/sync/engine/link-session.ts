/**
 * One link, from the first question to its end: catches up, applies frames, sends what is queued,
 * probes, and fetches what the reader asks for. Each kind of work runs once at a time.
 */
import type { Frame } from '../../protocol/down.ts';
import type { PersonId, RoomId, StreamId } from '../../protocol/ids.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { singleFlight } from '../concurrency.ts';
import { pollEvery } from './backoff.ts';
import type { CatchUp } from './catch-up.ts';
import type { ActSender } from '../outbox/act-sender.ts';
import {
	LinkError,
	StoreError,
	type Clock,
	type FetchRequest,
	type Link,
	type LinkFault,
	type Random,
	type StreamChange
} from '../ports.ts';
import { applyNewLink, hasUnconfirmed } from '../reconcile/unconfirmed-rows.ts';
import { applyFrameBurst, fitsFrame } from '../reconcile/reconcile.ts';
import type { Replica } from './replica.ts';

/** ms in which a probe after waking must be answered, or the link is taken for dead. */
const PROBE_DEADLINE = 4_000;
/** Frames written in one commit at most. */
const FRAMES_AT_ONCE = 200;
/** ms between tries when the local store refused to write. */
const STORE_RETRY = 5_000;

interface LinkSessionParts {
	link: Link;
	me: PersonId;
	replica: Replica;
	catchUp: CatchUp;
	sender: ActSender;
	clock: Clock;
	random: Random;
	/** the server has said on this link that it is this account's: from now on it may be sent to */
	onKnown: () => void;
	/** the room on screen */
	watchedRoom: () => RoomId | null;
	onUpToDate: (clockOffset: number) => void;
	/** something is being fetched again */
	onBehind: () => void;
	/** the link turned out to be dead */
	onDead: (fault: LinkFault) => void;
	/** called with unexpected errors */
	onError: (error: unknown) => void;
}

/** Work on one link; it begins when it is made. */
export class LinkSession {
	private readonly parts: LinkSessionParts;
	private readonly waiting: Frame[] = [];
	private hasEnded = false;
	private known = false;
	private wanted: FetchRequest | null = null;
	private cancelSync = (): void => undefined;
	private cancelFlush = (): void => undefined;
	private cancelRetry = (): void => undefined;
	private cancelProbe = (): void => undefined;
	private readonly sync = this.onceAtATime(() => this.bringUpToDate());
	private readonly pull = this.onceAtATime(() => this.pullMarked());
	private readonly send = this.onceAtATime(() => this.sendQueued());
	private readonly apply = this.onceAtATime(() => this.applyFrames());
	private readonly fetch = this.onceAtATime(() => this.fetchWanted());
	private readonly reload = this.onceAtATime(() => this.reloadReplica());

	constructor(parts: LinkSessionParts) {
		this.parts = parts;
		this.begin().catch((error: unknown) => this.failed(error));
	}

	/** Whether the server has answered on this link, for this account. */
	get isKnown(): boolean {
		return this.known;
	}

	/** Something was queued. */
	flush(): void {
		this.send();
	}

	/** Something came by itself. */
	frame(frame: Frame): void {
		const fit = fitsFrame(this.parts.replica.states.get(frame.stream), frame);
		if (fit === 'drop') return;
		this.waiting.push(frame);
		this.apply();
	}

	/** Something was written that may make it necessary to ask. */
	note(changes: StreamChange[]): void {
		this.parts.catchUp.note(changes);
		if (this.parts.catchUp.behind) this.pull();
	}

	/** The store was repaired: what it lost is asked for. */
	repaired(): void {
		this.reload();
	}

	/** Asks for the heads now; a link that does not answer soon is given up. */
	probe(): void {
		if (this.hasEnded) return;
		this.cancelProbe();
		this.cancelProbe = this.parts.clock.after(PROBE_DEADLINE, () =>
			this.failed(new LinkError({ kind: 'unreachable' }))
		);
		this.sync();
	}

	/** Fetches a piece of a hole; null: it is not wanted any more. */
	fetchHistory(request: FetchRequest | null): void {
		this.wanted = request;
		if (request) this.fetch();
	}

	/** Stops all work; nothing is asked or written by it any more. */
	end(): void {
		this.hasEnded = true;
		this.cancelSync();
		this.cancelFlush();
		this.cancelRetry();
		this.cancelProbe();
	}

	private onceAtATime(work: () => Promise<void>): () => void {
		return singleFlight(work, (error) => this.failed(error));
	}

	/** Nothing of this account is sent before the server has said that this is its session (promise 14). */
	private async begin(): Promise<void> {
		await this.parts.replica.update(applyNewLink);
		this.sync();
	}

	/** Heads, then all that is missing. */
	private async bringUpToDate(): Promise<void> {
		if (this.hasEnded) return;
		const { link, replica, catchUp, watchedRoom, onBehind, onUpToDate } = this.parts;
		this.cancelSync();
		const offset = await catchUp.askHeads(link);
		this.cancelProbe();
		// What an earlier link answered is confirmed first, or its end would take new answers with it.
		if (!hasUnconfirmed(replica.states)) this.letSend();
		if (catchUp.behind) onBehind();
		await catchUp.pull(link, watchedRoom());
		if (this.hasEnded) return;
		this.letSend();
		if (catchUp.undecided) return this.sync();
		onUpToDate(offset);
		this.planSync();
		await catchUp.refresh(link);
	}

	private async reloadReplica(): Promise<void> {
		if (this.hasEnded) return;
		await this.parts.catchUp.reload();
		this.sync();
	}

	private planSync(): void {
		const { link, clock, random } = this.parts;
		this.cancelSync();
		const ms = link.live ? LIMITS.headsEvery : pollEvery(random.next());
		this.cancelSync = clock.after(ms, this.sync);
	}

	/** What a frame did not bring. */
	private async pullMarked(): Promise<void> {
		if (this.hasEnded) return;
		const { link, catchUp, watchedRoom } = this.parts;
		await catchUp.pull(link, watchedRoom());
		await catchUp.refresh(link);
	}

	private letSend(): void {
		if (this.known) return;
		this.known = true;
		this.parts.onKnown();
		this.send();
	}

	private async sendQueued(): Promise<void> {
		if (this.hasEnded || !this.known) return;
		const { link, sender, clock } = this.parts;
		this.cancelFlush();
		const next = await sender.flush(link);
		if (this.hasEnded) return;
		if (next !== null) this.cancelFlush = clock.after(next, this.send);
		// Without frames, what was just sent is only seen by asking.
		if (!link.live) this.sync();
	}

	/** A burst of frames is written as one commit: what one frame needs, the one before it brings. */
	private async applyFrames(): Promise<void> {
		const { me, replica, catchUp } = this.parts;
		const mark = (stream: StreamId, seq?: number) => catchUp.mark(stream, seq);
		while (this.waiting.length > 0 && !this.hasEnded) {
			const frames = this.waiting.splice(0, FRAMES_AT_ONCE);
			catchUp.note(await replica.update((states) => applyFrameBurst(states, frames, me, mark)));
			if (catchUp.behind) this.pull();
		}
	}

	private async fetchWanted(): Promise<void> {
		const { link, catchUp, watchedRoom } = this.parts;
		while (this.wanted && !this.hasEnded) {
			const now = this.wanted;
			await catchUp.fetchHistory(link, now);
			if (this.wanted === now) this.wanted = null;
			if (catchUp.behind) await catchUp.pull(link, watchedRoom());
			await catchUp.refresh(link);
		}
	}

	/** An error of the network ends the link; one of the store is tried again, for nothing was lost. */
	private failed(error: unknown): void {
		if (this.hasEnded) return;
		const { clock, onDead, onError } = this.parts;
		if (error instanceof StoreError) {
			this.cancelRetry();
			this.cancelRetry = clock.after(STORE_RETRY, () => {
				this.sync();
				this.send();
			});
			return;
		}
		this.end();
		if (!(error instanceof LinkError)) onError(error);
		onDead(error instanceof LinkError ? error.fault : { kind: 'unreachable' });
	}
}
