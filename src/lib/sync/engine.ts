/**
 * The loop that joins the parts: connect, work on the link until it dies, wait, connect again. Runs
 * in the one tab that leads (see hub.ts), and nowhere twice; if it does, the store's
 * compare-and-set and the acts' ids keep every promise.
 */
import type { Frame, Presence, Typing } from '../protocol/down.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import type { LookRequest } from '../protocol/up.ts';
import { LIMITS } from '../protocol/limits.ts';
import { createCatchUp, type Fill } from './catch-up.ts';
import { connection, START, type ConnectionEvent } from './connection.ts';
import { createSender } from './outbox.ts';
import {
	LinkError,
	type Clock,
	type Link,
	type LinkEvents,
	type LinkFault,
	type LinkStatus,
	type LocalStore,
	type OutboxStore,
	type Random,
	type Transport
} from './ports.ts';
import { waitsForFiles } from './file-sender.ts';
import type { FileQueue } from './ports-files.ts';
import { createReplica } from './replica.ts';
import { startSession, type Session } from './session.ts';

/** After this many failures of the first transport in a row the next one is tried, too. */
const TRY_OTHERS_AFTER = 2;
/** ms after which an attempt to connect is given up when there is reason to try anew. */
const HANGING = 3_000;
/** ms on a link without frames before the first transport is tried again. */
const PREFER_LIVE_AFTER = 60_000;

export interface EngineParts {
	me: PersonId;
	store: LocalStore;
	outbox: OutboxStore;
	/** files on their way, where there are any: messages wait for theirs */
	files?: FileQueue;
	/** the preferred one first */
	transports: Transport[];
	clock: Clock;
	random: Random;
	/** whether the browser believes to have a network; only chooses words, decides nothing */
	online: () => boolean;
	onStatus: (status: LinkStatus) => void;
	onPresence: (presence: Presence) => void;
	onTyping: (typing: Typing) => void;
	/** The server ended the session. */
	onSignedOut: () => void;
	/** A fault that is nobody's plan; the engine goes on by connecting anew. */
	onFault: (fault: unknown) => void;
}

export interface Engine {
	/** Runs until the signal aborts; rejects with StoreError when the local store cannot be read at all. */
	run(stop: AbortSignal): Promise<void>;
	look(ask: LookRequest): void;
	/** null: nobody at this device is typing */
	typing(room: RoomId | null): void;
	fill(wish: Fill | null): void;
	/** Try now: probe the link, or connect at once. */
	nudge(): void;
}

/** Puts an engine together. */
export function createEngine(parts: EngineParts): Engine {
	const { me, store, outbox, transports, clock, random } = parts;
	const replica = createReplica(store, me);
	const catchUp = createCatchUp(replica, me, () => clock.now());
	let state = START;
	let sending: string[] = [];
	let retryAt: number | null = null;
	let clockOffset = 0;
	let link: Link | null = null;
	let session: Session | null = null;
	let lastWasLive = true;
	let looking: LookRequest = { room: null };
	let typing: RoomId | null = null;
	let wakeUp = () => {};
	let attemptAt = 0;
	let eager = false;
	let abandon = () => {};

	function report(): void {
		parts.onStatus({ link: state.link, retryAt, sending, clockOffset });
	}
	function step(event: ConnectionEvent): void {
		state = connection(state, event);
		retryAt = state.retryIn === null ? null : clock.now() + state.retryIn;
		report();
	}
	const sender = createSender({
		outbox,
		replica,
		clock,
		random,
		held: waitsForFiles(parts.files),
		note: (changes) => session?.note(changes),
		sending(ids) {
			sending = ids;
			report();
		}
	});

	/** Waits, unless nudged; resolves at once when stopped. */
	function pause(ms: number, stop: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const done = () => {
				cancel();
				stop.removeEventListener('abort', done);
				if (wakeUp === done) wakeUp = () => {};
				resolve();
			};
			const cancel = clock.after(ms, done);
			stop.addEventListener('abort', done);
			wakeUp = done;
			if (stop.aborted) done();
		});
	}

	function fault(found: LinkFault): void {
		step({ type: 'fault', fault: found, online: parts.online(), chance: random.next() });
		if (state.link === 'signed-out') parts.onSignedOut();
	}

	/** The first transport that connects, in order of preference. */
	async function connect(events: LinkEvents): Promise<Link> {
		const all = state.failures >= TRY_OTHERS_AFTER || !lastWasLive;
		const usable = all ? transports : transports.slice(0, 1);
		let reason: LinkError | null = null;
		for (const transport of usable) {
			try {
				return await transport.connect(events);
			} catch (error) {
				if (!(error instanceof LinkError)) throw error;
				// What the preferred transport says is the better reason, except for an explicit refusal.
				if (!reason || error.fault.kind === 'refused') reason = error;
				if (error.fault.kind === 'refused') break;
			}
		}
		throw reason ?? new LinkError({ kind: 'unreachable' });
	}

	/** Works on one link until it is dead or not wanted any more; resolves with the reason, if there is one. */
	function work(stop: AbortSignal): Promise<LinkFault | null> {
		return new Promise((resolve) => {
			let over = false;
			const early: Frame[] = [];
			const finish = (reason: LinkFault | null) => {
				if (over) return;
				over = true;
				stop.removeEventListener('abort', onStop);
				cancelPrefer();
				cancelConnect();
				session?.end();
				session = null;
				link?.close();
				link = null;
				resolve(reason);
			};
			const onStop = () => finish(null);
			attemptAt = clock.elapsed();
			abandon = () => finish(null);
			let cancelPrefer = () => {};
			// Whatever a transport does, an attempt ends: nothing may hang in "connecting".
			const cancelConnect = clock.after(LIMITS.requestDeadline, () =>
				finish({ kind: 'unreachable' })
			);
			stop.addEventListener('abort', onStop);
			connect({
				frame: (frame) => (session ? session.frame(frame) : early.push(frame)),
				presence: parts.onPresence,
				typing: parts.onTyping,
				farewell: ({ refused }) => finish({ kind: 'refused', refusal: refused }),
				down: finish
			}).then(
				(made) => {
					if (over) return made.close();
					cancelConnect();
					link = made;
					lastWasLive = made.live;
					step({ type: 'linked' });
					if (looking.room || looking.friends) made.look(looking);
					if (typing) made.typing({ room: typing, on: true });
					session = begin(made, finish);
					for (const frame of early) session.frame(frame);
					if (!made.live) cancelPrefer = clock.after(PREFER_LIVE_AFTER, () => finish(null));
				},
				(error: unknown) => {
					if (error instanceof LinkError) finish(error.fault);
					else {
						parts.onFault(error);
						finish({ kind: 'unreachable' });
					}
				}
			);
		});
	}

	function begin(made: Link, onDead: (fault: LinkFault) => void): Session {
		return startSession({
			link: made,
			me,
			replica,
			catchUp,
			sender,
			clock,
			random,
			looking: () => looking.room,
			onLevel(offset) {
				clockOffset = offset;
				step({ type: 'level', live: made.live });
			},
			onBehind: () => step({ type: 'linked' }),
			onDead,
			onFault: parts.onFault
		});
	}

	async function turn(stop: AbortSignal): Promise<void> {
		step({ type: 'attempt' });
		const reason = await work(stop);
		if (reason && !stop.aborted) fault(reason);
	}

	return {
		async run(stop) {
			report();
			await replica.load();
			const unwatch = outbox.watch(() => session?.flush());
			const unwatchFiles = parts.files?.watch(() => session?.flush());
			while (!stop.aborted && state.link !== 'signed-out') {
				await turn(stop);
				// Asked for while an attempt was under way that then failed: the next one comes at once.
				if (state.retryIn !== null && !eager && !stop.aborted) await pause(state.retryIn, stop);
				eager = false;
			}
			unwatch();
			unwatchFiles?.();
		},
		look(ask) {
			if (ask.room === looking.room && ask.friends === looking.friends) return;
			looking = ask;
			link?.look(ask);
		},
		typing(room) {
			if (room === typing) return;
			if (typing) link?.typing({ room: typing, on: false });
			typing = room;
			if (room) link?.typing({ room, on: true });
		},
		fill: (wish) => session?.fill(wish),
		nudge() {
			if (session) session.probe();
			else {
				// An attempt that has been hanging for a while belongs to a network that is gone.
				if (clock.elapsed() - attemptAt > HANGING) abandon();
				eager = true;
				wakeUp();
			}
		}
	};
}
