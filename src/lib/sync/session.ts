/**
 * One link, from the first digest to its end: catches up, applies frames, sends what is queued,
 * probes, and fetches what the reader asks for. Each kind of work runs once at a time.
 */
import type { Frame } from '../protocol/down.ts';
import type { RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import { pollEvery } from './backoff.ts';
import type { CatchUp, Fill } from './catch-up.ts';
import type { Sender } from './outbox.ts';
import {
	LinkError,
	StoreError,
	type Clock,
	type Link,
	type LinkFault,
	type Random,
	type StreamChange
} from './ports.ts';
import { applyNewLink, hasUnconfirmed } from './own-answers.ts';
import { applyFrameBurst, fitsFrame } from './reconcile.ts';
import type { Replica } from './replica.ts';

/** ms in which a probe after waking must be answered, or the link is taken for dead. */
const PROBE_DEADLINE = 4_000;
/** Frames written in one commit at most. */
const FRAMES_AT_ONCE = 200;
/** ms between tries when the local store refused to write. */
const STORE_RETRY = 5_000;

export interface SessionParts {
	link: Link;
	me: string;
	replica: Replica;
	catchUp: CatchUp;
	sender: Sender;
	clock: Clock;
	random: Random;
	/** the room on screen */
	looking: () => RoomId | null;
	onLevel: (clockOffset: number) => void;
	/** something is being fetched again */
	onBehind: () => void;
	/** the link turned out to be dead */
	onDead: (fault: LinkFault) => void;
	/** a fault that is nobody's plan */
	onFault: (fault: unknown) => void;
}

export interface Session {
	/** Something was queued. */
	flush(): void;
	frame(frame: Frame): void;
	/** Something was written that may make it necessary to ask. */
	note(changes: StreamChange[]): void;
	/** Asks for the heads now; a link that does not answer soon is given up. */
	probe(): void;
	fill(wish: Fill | null): void;
	/** Stops all work; nothing is asked or written by it any more. */
	end(): void;
}

/** Work that runs once at a time, and once more when it was asked for meanwhile. */
function single(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
	let running = false;
	let again = false;
	return function run(): void {
		if (running) {
			again = true;
			return;
		}
		running = true;
		again = false;
		work()
			.catch(failed)
			.finally(() => {
				running = false;
				if (again) run();
			});
	};
}

/** Begins working on a link. */
export function startSession(parts: SessionParts): Session {
	const { link, me, replica, catchUp, sender, clock, random } = parts;
	let ended = false;
	/** the server has answered on this link, for this account */
	let known = false;
	let wish: Fill | null = null;
	let cancelDigest = () => {};
	let cancelFlush = () => {};
	let cancelRetry = () => {};
	let cancelProbe = () => {};

	function end(): void {
		ended = true;
		cancelDigest();
		cancelFlush();
		cancelRetry();
		cancelProbe();
	}

	/** A fault of the network ends the link; a fault of the store is tried again, for nothing was lost. */
	function failed(error: unknown): void {
		if (ended) return;
		if (error instanceof LinkError) {
			end();
			parts.onDead(error.fault);
		} else if (error instanceof StoreError) {
			cancelRetry();
			cancelRetry = clock.after(STORE_RETRY, () => {
				sync();
				flush();
			});
		} else {
			end();
			parts.onFault(error);
			parts.onDead({ kind: 'unreachable' });
		}
	}

	function planDigest(): void {
		cancelDigest();
		const ms = link.live ? LIMITS.digestEvery : pollEvery(random.next());
		cancelDigest = clock.after(ms, sync);
	}

	/** Heads, then all that is missing. */
	const sync = single(async () => {
		if (ended) return;
		cancelDigest();
		const offset = await catchUp.digest(link);
		cancelProbe();
		// What an earlier link answered is confirmed first, or its end would take new answers with it.
		if (!hasUnconfirmed(replica.states)) letFlush();
		if (catchUp.behind) parts.onBehind();
		await catchUp.pull(link, parts.looking());
		if (ended) return;
		letFlush();
		if (catchUp.undecided) return sync();
		parts.onLevel(offset);
		planDigest();
		await catchUp.amend(link);
	}, failed);

	/** What a frame did not bring. */
	const pull = single(async () => {
		if (ended) return;
		await catchUp.pull(link, parts.looking());
		await catchUp.amend(link);
	}, failed);

	function letFlush(): void {
		if (known) return;
		known = true;
		flush();
	}

	const flush = single(async () => {
		if (ended || !known) return;
		cancelFlush();
		const next = await sender.flush(link);
		if (next !== null && !ended) cancelFlush = clock.after(next, flush);
		// Without frames, what was just sent is only seen by asking.
		if (!link.live && !ended) sync();
	}, failed);

	const waiting: Frame[] = [];
	/** A burst of frames is written as one commit: what one frame needs, the one before it brings. */
	const applyFrames = single(async () => {
		while (waiting.length > 0 && !ended) {
			const frames = waiting.splice(0, FRAMES_AT_ONCE);
			catchUp.note(
				await replica.update((states) => applyFrameBurst(states, frames, me, catchUp.mark))
			);
			if (catchUp.behind) pull();
		}
	}, failed);

	const fill = single(async () => {
		while (wish && !ended) {
			const now = wish;
			await catchUp.fill(link, now);
			if (wish === now) wish = null;
			if (catchUp.behind) await catchUp.pull(link, parts.looking());
			await catchUp.amend(link);
		}
	}, failed);

	/** Nothing of this account is sent before the server has said that this is its session (promise 14). */
	async function begin(): Promise<void> {
		await replica.update(applyNewLink);
		sync();
	}
	begin().catch(failed);

	return {
		flush,
		frame(frame) {
			const fit = fitsFrame(replica.states.get(frame.stream), frame);
			if (fit === 'drop') return;
			waiting.push(frame);
			applyFrames();
		},
		note(changes) {
			catchUp.note(changes);
			if (catchUp.behind) pull();
		},
		probe() {
			if (ended) return;
			cancelProbe();
			cancelProbe = clock.after(PROBE_DEADLINE, () =>
				failed(new LinkError({ kind: 'unreachable' }))
			);
			sync();
		},
		fill(next) {
			wish = next;
			if (next) fill();
		},
		end
	};
}
