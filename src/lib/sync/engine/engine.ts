/**
 * The loop that joins the parts: connect, work on the link until it dies, wait, connect again. Runs
 * in the one tab that leads (see hub.ts), and nowhere twice; if it does, the store's
 * compare-and-set and the acts' ids keep every promise.
 */
import type { Presence, Typing } from '../../protocol/down.ts';
import type { Requests } from '../../protocol/events.ts';
import type { ActId, PersonId, RoomId } from '../../protocol/ids.ts';
import type { WatchRequest } from '../../protocol/up.ts';
import { ActSender } from '../outbox/act-sender.ts';
import { FileSender, type FileSending } from '../outbox/file-sender.ts';
import { waitsForFiles } from '../outbox/files-of-acts.ts';
import {
	LinkError,
	type CallEvent,
	type Clock,
	type FetchRequest,
	type Link,
	type LinkFault,
	type LinkStatus,
	type OutboxStore,
	type Random,
	type Transport
} from '../ports.ts';
import { Attempt } from './attempt.ts';
import { CatchUp } from './catch-up.ts';
import { connection, START, type ConnectionEvent } from './connection.ts';
import { LinkSession } from './link-session.ts';
import { pause } from './pause.ts';
import { granted } from './request.ts';
import type { Replica } from './replica.ts';

/** After this many failures of the first transport in a row the next one is tried, too. */
const TRY_OTHERS_AFTER = 2;
/** ms after which an attempt to connect is given up when there is reason to try anew. */
const HANGING = 3_000;

interface EngineParts {
	me: PersonId;
	/** the device's copy of the streams; loaded by `run` */
	replica: Replica;
	outbox: OutboxStore;
	/** files on their way, where there are any: they are handed in, and messages wait for theirs */
	files?: FileSending;
	/** the preferred one first */
	transports: Transport[];
	clock: Clock;
	random: Random;
	/** whether the browser believes to have a network; only chooses words, decides nothing */
	online: () => boolean;
	onStatus: (status: LinkStatus) => void;
	onPresence: (presence: Presence) => void;
	onTyping: (typing: Typing) => void;
	onCall: (event: CallEvent) => void;
	/** The server has taken these acts. */
	onAccepted: (ids: ActId[]) => void;
	/** The server ended the session. */
	onSignedOut: () => void;
	/** Called with unexpected errors; the engine goes on by connecting anew. */
	onError: (error: unknown) => void;
}

/** The engine; it does nothing before `run`. */
export class Engine {
	private readonly parts: EngineParts;
	private readonly catchUp: CatchUp;
	private readonly sender: ActSender;
	private readonly fileSender: FileSender | null;
	private state = START;
	private retryAt: number | null = null;
	private sending: ActId[] = [];
	private clockOffset = 0;
	private attempt: Attempt | null = null;
	private lastWasLive = true;
	private watched: WatchRequest = { room: null };
	private typingIn: RoomId | null = null;
	/** aborted to end a pause */
	private wake = new AbortController();
	/** whether the next attempt is to come at once */
	private isEager = false;

	constructor(parts: EngineParts) {
		const { me, replica, outbox, files, clock, random, onAccepted, onError } = parts;
		this.parts = parts;
		this.catchUp = new CatchUp(replica, me, () => clock.now());
		this.sender = new ActSender({
			outbox,
			replica,
			clock,
			random,
			held: waitsForFiles(files?.queue),
			note: (changes) => this.attempt?.session?.note(changes),
			accepted: onAccepted,
			sending: (ids) => {
				this.sending = ids;
				this.tellStatus();
			}
		});
		this.fileSender = files ? new FileSender({ ...files, outbox, clock, onError }) : null;
	}

	/** Runs until the signal aborts; rejects with StoreError when the local store cannot be read at all. */
	async run(stop: AbortSignal): Promise<void> {
		const { replica, outbox, files, clock } = this.parts;
		this.tellStatus();
		await replica.load();
		const unwatch = outbox.watch(() => this.flush());
		const unwatchFiles = files?.queue.watch(() => this.attempt?.session?.flush());
		const unwatchRepairs = replica.watchRepairs(() => this.repaired());
		while (!stop.aborted && this.state.link !== 'signed-out') {
			await this.connectOnce(stop);
			// Asked for while an attempt was under way that then failed: the next one comes at once.
			if (this.state.retryIn !== null && !this.isEager && !stop.aborted) {
				this.wake = new AbortController();
				await pause(clock, this.state.retryIn, [stop, this.wake.signal]);
			}
			this.isEager = false;
		}
		unwatch();
		unwatchFiles?.();
		unwatchRepairs();
	}

	/** Asks for who is online in a room, and whether for the friends, too. */
	watch(request: WatchRequest): void {
		if (request.room === this.watched.room && request.friends === this.watched.friends) return;
		this.watched = request;
		this.attempt?.link?.watch(request);
	}

	/** @param room null: nobody at this device is typing */
	typing(room: RoomId | null): void {
		const before = this.typingIn;
		if (room === before) return;
		const link = this.attempt?.link;
		if (before) link?.typing({ room: before, on: false });
		this.typingIn = room;
		if (room) link?.typing({ room, on: true });
	}

	/** Whether the server can be asked now, and speaks by itself: it has said that this link is this account's. */
	get isLinked(): boolean {
		const { link, session } = this.attempt ?? {};
		return link?.live === true && session?.isKnown === true;
	}

	/**
	 * Asks about a call, now or not at all: nothing of calls is ever queued (V15). Rejects with LinkError where there
	 * is no link over which the server speaks by itself, or when it says no.
	 */
	async askNow<N extends 'call' | 'signal'>(
		name: N,
		ask: Requests[N]['ask']
	): Promise<Requests[N]['answer']> {
		const link = this.attempt?.link;
		if (!link || !this.isLinked) throw new LinkError({ kind: 'unreachable' });
		return granted(await link.ask(name, ask));
	}

	/** Fetches a piece of a hole; null: it is not wanted any more. */
	fetchHistory(request: FetchRequest | null): void {
		this.attempt?.session?.fetchHistory(request);
	}

	/** Try now: probe the link, or connect at once. */
	retryNow(): void {
		const { attempt } = this;
		if (attempt?.session) return attempt.session.probe();
		// An attempt that has been hanging for a while belongs to a network that is gone.
		if (attempt && attempt.age > HANGING) attempt.end(null);
		this.isEager = true;
		this.wake.abort();
	}

	/** Something may have been queued. */
	private flush(): void {
		const session = this.attempt?.session;
		session?.flush();
		if (session?.isKnown) this.fileSender?.wake();
	}

	/** The store has lost something to damage: it is asked for, on the next link if there is none. */
	private repaired(): void {
		const session = this.attempt?.session;
		if (session) session.repaired();
		else this.catchUp.reload().catch(this.parts.onError);
	}

	/** Connects and works until the link is gone, or no transport has connected. */
	private async connectOnce(stop: AbortSignal): Promise<void> {
		this.step({ type: 'attempt' });
		const reason = await this.runAttempt(stop);
		if (!reason || stop.aborted) return;
		const { online, random, onSignedOut } = this.parts;
		this.step({ type: 'fault', fault: reason, online: online(), chance: random.next() });
		if (this.state.link === 'signed-out') onSignedOut();
	}

	/** Resolves with the reason why the link is gone; null when it was not wanted any more. */
	private runAttempt(stop: AbortSignal): Promise<LinkFault | null> {
		const { clock, onPresence, onTyping, onCall, onError } = this.parts;
		return new Promise((resolve) => {
			const attempt = new Attempt({
				transports: this.usableTransports(),
				clock,
				presence: onPresence,
				typing: onTyping,
				call: onCall,
				begin: (link, end) => this.begin(link, end),
				ended: (reason) => {
					stop.removeEventListener('abort', giveUp);
					this.fileSender?.rest();
					resolve(reason);
				},
				onError
			});
			const giveUp = (): void => attempt.end(null);
			stop.addEventListener('abort', giveUp);
			this.attempt = attempt;
		});
	}

	private usableTransports(): Transport[] {
		const { transports } = this.parts;
		const all = this.state.failures >= TRY_OTHERS_AFTER || !this.lastWasLive;
		return all ? transports : transports.slice(0, 1);
	}

	/** A link is there: says what this device wants of it, and begins to work on it. */
	private begin(link: Link, onDead: (reason: LinkFault) => void): LinkSession {
		const { me, replica, clock, random, onError } = this.parts;
		this.lastWasLive = link.live;
		this.step({ type: 'linked' });
		if (this.watched.room || this.watched.friends) link.watch(this.watched);
		if (this.typingIn) link.typing({ room: this.typingIn, on: true });
		return new LinkSession({
			link,
			me,
			replica,
			catchUp: this.catchUp,
			sender: this.sender,
			clock,
			random,
			watchedRoom: () => this.watched.room,
			onKnown: () => this.fileSender?.wake(),
			onUpToDate: (clockOffset) => {
				this.clockOffset = clockOffset;
				this.step({ type: 'up-to-date', live: link.live });
			},
			onBehind: () => this.step({ type: 'linked' }),
			onDead,
			onError
		});
	}

	private step(event: ConnectionEvent): void {
		this.state = connection(this.state, event);
		const { retryIn } = this.state;
		this.retryAt = retryIn === null ? null : this.parts.clock.now() + retryIn;
		this.tellStatus();
	}

	private tellStatus(): void {
		const { state, retryAt, sending, clockOffset } = this;
		this.parts.onStatus({ link: state.link, retryAt, sending, clockOffset });
	}
}
