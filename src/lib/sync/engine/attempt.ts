/** One attempt to be connected, from the first transport that is tried until the link is dead or not wanted any more. */
import type { Frame } from '../../protocol/down.ts';
import { LIMITS } from '../../protocol/limits.ts';
import {
	LinkError,
	type Clock,
	type Link,
	type LinkEvents,
	type LinkFault,
	type Transport
} from '../ports.ts';
import type { LinkSession } from './link-session.ts';

/** ms on a link without frames before the first transport is tried again. */
const PREFER_LIVE_AFTER = 60_000;

/** The first transport that connects, in order of preference; rejects with LinkError when none does. */
async function connectFirst(transports: Transport[], events: LinkEvents): Promise<Link> {
	let reason: LinkError | null = null;
	for (const transport of transports) {
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

interface AttemptParts extends Pick<LinkEvents, 'presence' | 'typing' | 'call'> {
	/** those to try, the preferred one first */
	transports: Transport[];
	clock: Clock;
	/** makes the session of a new link; `end` is to be called when the link turns out to be dead */
	begin: (link: Link, end: (reason: LinkFault) => void) => LinkSession;
	/** called once when it is over */
	ended: (reason: LinkFault | null) => void;
	/** called with unexpected errors; the attempt is then over */
	onError: (error: unknown) => void;
}

/** An attempt; it begins when it is made. */
export class Attempt {
	private readonly parts: AttemptParts;
	private readonly startedAt: number;
	private readonly early: Frame[] = [];
	private isOver = false;
	private currentLink: Link | null = null;
	private currentSession: LinkSession | null = null;
	private cancelTimer: () => void;

	constructor(parts: AttemptParts) {
		this.parts = parts;
		const { clock, transports } = parts;
		this.startedAt = clock.elapsed();
		// Whatever a transport does, an attempt ends: nothing may hang in "connecting".
		this.cancelTimer = clock.after(LIMITS.requestDeadline, () => this.end({ kind: 'unreachable' }));
		connectFirst(transports, this.events()).then(
			(link) => this.connected(link),
			(error: unknown) => this.failed(error)
		);
	}

	/** The link, once there is one and until it is over. */
	get link(): Link | null {
		return this.currentLink;
	}

	/** What works on the link. */
	get session(): LinkSession | null {
		return this.currentSession;
	}

	/** ms since it began. */
	get age(): number {
		return this.parts.clock.elapsed() - this.startedAt;
	}

	/** @param reason why the link is dead; null when it is not wanted any more */
	end(reason: LinkFault | null): void {
		if (this.isOver) return;
		this.isOver = true;
		this.cancelTimer();
		this.currentSession?.end();
		this.currentSession = null;
		const link = this.currentLink;
		this.currentLink = null;
		link?.close();
		this.parts.ended(reason);
	}

	private events(): LinkEvents {
		return {
			frame: (frame) => {
				if (this.currentSession) this.currentSession.frame(frame);
				else this.early.push(frame);
			},
			presence: this.parts.presence,
			typing: this.parts.typing,
			call: this.parts.call,
			disconnectReason: ({ refused }) => this.end({ kind: 'refused', refusal: refused }),
			down: (reason) => this.end(reason)
		};
	}

	private connected(link: Link): void {
		if (this.isOver) return link.close();
		this.cancelTimer();
		this.currentLink = link;
		this.currentSession = this.parts.begin(link, (reason) => this.end(reason));
		for (const frame of this.early) this.currentSession.frame(frame);
		if (link.live) return;
		this.cancelTimer = this.parts.clock.after(PREFER_LIVE_AFTER, () => this.end(null));
	}

	private failed(error: unknown): void {
		if (error instanceof LinkError) return this.end(error.fault);
		this.parts.onError(error);
		this.end({ kind: 'unreachable' });
	}
}
