/** Asks for everything after the cursors, page by page, until this device is up to date with the server. */
import type { Gone, History, PullAnswer, Refresh, Reset } from '../../protocol/down.ts';
import type { Answer } from '../../protocol/events.ts';
import type { PersonId, RoomId, StreamId } from '../../protocol/ids.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { refuse } from '../../protocol/refusal.ts';
import { LinkError, type FetchRequest, type Link, type StreamChange } from '../ports.ts';
import { applyHeads, uncounted } from '../reconcile/heads.ts';
import { holeWithin, type Hole } from '../reconcile/range.ts';
import { applyGone, applyPull, applyReset } from '../reconcile/reconcile.ts';
import { applyHistory, applyRefresh } from '../reconcile/reconcile-history.ts';
import { nextStalePart, type StalePart } from '../reconcile/refresh-part.ts';
import type { States } from '../reconcile/stream-state.ts';
import { BehindStreams } from './behind-streams.ts';
import type { Replica } from './replica.ts';
import { granted } from './request.ts';

/** Brings a replica up to date. It outlives the links over which it asks. */
export class CatchUp {
	private readonly replica: Replica;
	private readonly me: PersonId;
	private readonly now: () => number;
	private readonly streams: BehindStreams;
	private isUndecided = false;
	private pulling: Promise<void> | null = null;
	private refreshing: Promise<void> | null = null;

	/** @param now this device's clock, ms */
	constructor(replica: Replica, me: PersonId, now: () => number) {
		this.replica = replica;
		this.me = me;
		this.now = now;
		this.streams = new BehindStreams(me);
	}

	/** Whether anything is known to be missing. */
	get behind(): boolean {
		return this.streams.size > 0;
	}

	/**
	 * Whether the last heads left open which rooms there are (a stream began anew since, or the own
	 * feed was faster), so that the heads are to be asked for again.
	 */
	get undecided(): boolean {
		return this.isUndecided;
	}

	/** Notes that a stream has moved on, at least to this seq as far as known. */
	mark(stream: StreamId, seq?: number): void {
		this.streams.mark(stream, seq);
	}

	/** Notes what a write made necessary to ask for: rooms that the feed brought, counts that only the server knows. */
	note(changes: StreamChange[]): void {
		for (const { id, next } of changes) if (next && !next.cursor) this.mark(id);
		for (const id of uncounted(changes)) this.mark(id);
	}

	/** The store was repaired: reads what is missing now, and has the server count what this device no longer can. */
	async reload(): Promise<void> {
		await this.replica.load();
		for (const { id, cursor, unreadBy } of this.replica.states.values()) {
			if (cursor && unreadBy === 'server') this.mark(id);
		}
	}

	/** Asks for the heads and marks what is behind; answers server time minus device time in ms. */
	async askHeads(link: Link): Promise<number> {
		const asked = this.now();
		const answer = granted(await link.ask('heads', {}));
		// The cookie may by now belong to somebody else: to this account, that is the end of its session.
		if (answer.person.id !== this.me) {
			throw new LinkError({ kind: 'refused', refusal: refuse('session_ended') });
		}
		const offset = answer.now - (asked + this.now()) / 2;
		let behind: StreamId[] = [];
		await this.replica.update((states) => {
			const found = applyHeads(states, answer, this.me);
			behind = found.behind;
			this.isUndecided = found.undecided;
			return found.changes;
		});
		for (const stream of behind) this.mark(stream, answer.heads[stream]?.[0]);
		return offset;
	}

	/** Pulls until nothing is marked; first what is on screen. Rejects with LinkError or StoreError. */
	async pull(link: Link, onScreen: RoomId | null): Promise<void> {
		// One at a time: the answer to a second pull from the same cursor would not fit any more.
		while (this.pulling) await this.pulling.catch(() => undefined);
		this.pulling = this.pullAll(link, onScreen).finally(() => {
			this.pulling = null;
		});
		await this.pulling;
	}

	/** Brings held but outdated rows up to date. */
	async refresh(link: Link): Promise<void> {
		while (this.refreshing) await this.refreshing.catch(() => undefined);
		this.refreshing = this.refreshAll(link).finally(() => {
			this.refreshing = null;
		});
		await this.refreshing;
	}

	/** Fetches a piece of a hole; answers false when there is no such hole (any more). */
	async fetchHistory(link: Link, request: FetchRequest): Promise<boolean> {
		// A repair of the store may have opened it a moment ago.
		if (!this.holeIn(request)) await this.replica.load();
		const state = this.replica.states.get(request.room);
		const hole = this.holeIn(request);
		if (!state?.cursor || !hole) return false;
		const answer = granted(
			await link.ask('history', {
				stream: request.room,
				cursor: state.cursor,
				...hole,
				end: request.end,
				limit: LIMITS.pageMessages
			})
		);
		await this.write(request.room, answer, (states, history) =>
			applyHistory(states, history, state.epoch, this.me)
		);
		return true;
	}

	private holeIn(request: FetchRequest): Hole | null {
		const { cursor, ranges } = this.replica.states.get(request.room) ?? {};
		return cursor && ranges ? holeWithin(ranges, cursor.s, request) : null;
	}

	/**
	 * While one answer is written, the next is asked for: of streams that the first one does not touch,
	 * so that their cursors stand still. A frame that moves one meanwhile makes its page not fit.
	 */
	private async pullAll(link: Link, onScreen: RoomId | null): Promise<void> {
		const { replica, streams, me } = this;
		let ahead: Promise<Answer<'pull'>> | null = null;
		while (streams.size > 0 || ahead) {
			const answer: PullAnswer = granted(
				await (ahead ?? this.askFor(link, streams.next(onScreen)))
			);
			const answered = new Set(answer.pages.map((page) => page.stream));
			// The own feed decides which rooms there are.
			const others = answered.has(me)
				? []
				: streams.next(onScreen).filter((id) => !answered.has(id));
			ahead = others.length > 0 ? this.askFor(link, others) : null;
			this.note(await replica.update((states) => applyPull(states, answer, me)));
			for (const page of answer.pages) {
				if (page.type === 'reset') this.isUndecided = true;
				streams.noteWritten(page, replica.states.get(page.stream));
			}
		}
	}

	private askFor(link: Link, ids: StreamId[]): Promise<Answer<'pull'>> {
		const asked = link.ask('pull', {
			streams: ids.map((id) => ({ id, cursor: this.replica.states.get(id)?.cursor ?? null }))
		});
		// Asked ahead of its turn, it may fail before anybody waits for it; whoever does hears of it.
		asked.catch(() => undefined);
		return asked;
	}

	private async refreshAll(link: Link): Promise<void> {
		for (const id of [...this.replica.states.keys()]) {
			for (;;) {
				const state = this.replica.states.get(id);
				const stale = state && nextStalePart(state);
				if (!stale) break;
				await this.refreshPart(link, id, stale);
			}
		}
	}

	private async refreshPart(link: Link, stream: StreamId, { part, since }: StalePart) {
		const { cursor, epoch } = this.replica.states.get(stream)!;
		const answer = granted(await link.ask('refresh', { stream, cursor: cursor!, part, since }));
		await this.write(stream, answer, (states, refresh) =>
			applyRefresh(states, refresh, part, epoch, this.me)
		);
	}

	/** Writes an answer about one stream, which may have begun anew or be gone. */
	private async write<T extends History | Refresh>(
		stream: StreamId,
		answer: T | Reset | Gone,
		apply: (states: States, answer: T) => StreamChange[]
	): Promise<void> {
		await this.replica.update((states) => {
			if (answer.type === 'reset') return applyReset(states, answer);
			if (answer.type === 'gone') return applyGone(states, stream);
			return apply(states, answer);
		});
		if (answer.type === 'reset') this.mark(stream);
	}
}
