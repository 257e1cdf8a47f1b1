/** Asks for everything after the cursors, page by page, until this device is level with the server. */
import { isRefused } from '../protocol/events.ts';
import type { Answer, RequestName } from '../protocol/events.ts';
import type { PullAnswer } from '../protocol/down.ts';
import { LOBBY, type PersonId, type RoomId, type StreamId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import { refuse } from '../protocol/refusal.ts';
import { AMEND_SIDE, type AmendPart } from './amend-part.ts';
import { LinkError, type Link, type StreamChange, type StreamState } from './ports.ts';
import { holes } from './range.ts';
import { applyDigest, uncounted } from './digest.ts';
import { applyAmend, applyHistory } from './reconcile-history.ts';
import { applyGone, applyPull, applyReset } from './reconcile.ts';
import type { States } from './stream-state.ts';
import type { Replica } from './replica.ts';

/** A hole that the reader has reached. */
export interface Fill {
	room: RoomId;
	after: number;
	before: number;
	end: 'top' | 'bottom';
}

export interface CatchUp {
	/** Notes that a stream has moved on, at least to this seq as far as known. */
	mark(stream: StreamId, seq?: number): void;
	/** Notes what a write of frames made necessary to ask for. */
	note(changes: StreamChange[]): void;
	/** Whether anything is known to be missing. */
	readonly behind: boolean;
	/**
	 * Whether the last digest left open which rooms there are (a stream began anew since, or the own
	 * feed was faster), so that the heads are to be asked for again.
	 */
	readonly undecided: boolean;
	/** Asks for the heads and marks what is behind; answers server time minus device time in ms. */
	digest(link: Link): Promise<number>;
	/** Pulls until nothing is marked. Rejects with LinkError or StoreError. */
	pull(link: Link, first: RoomId | null): Promise<void>;
	/** Brings held but outdated rows up to date. */
	amend(link: Link): Promise<void>;
	/** Fetches a piece of a hole; answers false when there is no such hole (any more). */
	fill(link: Link, wish: Fill): Promise<boolean>;
}

/** The answer, or a LinkError when the whole request was refused. */
export function granted<N extends RequestName>(
	answer: Answer<N>
): Exclude<Answer<N>, { refused: unknown }> {
	if (isRefused(answer)) throw new LinkError({ kind: 'refused', refusal: answer.refused });
	return answer as Exclude<Answer<N>, { refused: unknown }>;
}

/** @param now this device's clock, ms */
export function createCatchUp(replica: Replica, me: PersonId, now: () => number): CatchUp {
	/** stream -> the seq that is known to exist */
	const marked = new Map<StreamId, number>();
	let undecided = false;
	let pulling: Promise<void> | null = null;
	let amending: Promise<void> | null = null;

	/** The own feed first, for it says which rooms there are; then what is on screen; the lobby last. */
	function order(first: RoomId | null): StreamId[] {
		const weight = (id: StreamId) => (id === me ? 0 : id === first ? 1 : id === LOBBY ? 3 : 2);
		return [...marked.keys()].sort((a, b) => weight(a) - weight(b)).slice(0, LIMITS.pullStreams);
	}

	function mark(stream: StreamId, seq = 0): void {
		marked.set(stream, Math.max(seq, marked.get(stream) ?? 0));
	}

	/** C7: done with a stream when the page reaches what is known to exist. */
	function unmark(page: PullAnswer['pages'][number]): void {
		const { stream } = page;
		if (page.type === 'gone') marked.delete(stream);
		if (page.type === 'reset') {
			undecided = true;
			marked.set(stream, 0);
		}
		const upto =
			page.type === 'jump'
				? page.cursor.s
				: page.type === 'page' && page.complete
					? page.upto.s
					: -1;
		if (upto < 0) return;
		const state = replica.states.get(stream);
		const at = state?.cursor?.s ?? 0;
		// Not applied, or overtaken by frames while only the server can count: once more.
		const overtaken = page.type === 'page' && state?.unreadBy === 'server' && at > upto;
		if (at < upto || (overtaken && page.unread !== undefined)) return mark(stream);
		// What a frame promised may belong to another past: it is asked for once more, not for ever.
		if (upto < (marked.get(stream) ?? 0)) marked.set(stream, 0);
		else marked.delete(stream);
	}

	function staleParts(state: StreamState): { part: AmendPart; since: number }[] {
		if (state.kind !== 'room' || !state.cursor) return [];
		const parts: { part: AmendPart; since: number }[] = [];
		if (state.side !== null) parts.push({ part: AMEND_SIDE, since: state.side });
		for (const { from, to, asOf } of state.ranges) {
			if (asOf !== null) parts.push({ part: { from, to }, since: asOf });
		}
		return parts;
	}

	async function amendOne(link: Link, state: StreamState, part: AmendPart, since: number) {
		const { id: stream, cursor, epoch } = state;
		const answer = granted(await link.ask('amend', { stream, cursor: cursor!, part, since }));
		await replica.update((states) => {
			if (answer.type === 'reset') return applyReset(states, answer);
			if (answer.type === 'gone') return applyGone(states, stream);
			return applyAmend(states, answer, part, epoch, me);
		});
		if (answer.type === 'reset') mark(stream);
	}

	function findHole(states: States, wish: Fill) {
		const state = states.get(wish.room);
		if (!state?.cursor) return null;
		const gaps = holes(state.ranges, state.cursor.s);
		const gap = gaps.find((one) => one.after < wish.before - 1 && one.before > wish.after + 1);
		if (!gap) return null;
		// Only what was wished for: a message that another one answers may stand alone in a large hole.
		const hole = {
			after: Math.max(gap.after, wish.after),
			before: Math.min(gap.before, wish.before)
		};
		return { state, hole };
	}

	return {
		mark,
		note,
		get undecided() {
			return undecided;
		},
		get behind() {
			return marked.size > 0;
		},

		async digest(link) {
			const asked = now();
			const answer = granted(await link.ask('digest', {}));
			// The cookie may by now belong to somebody else: to this account, that is the end of its session.
			if (answer.person.id !== me) {
				throw new LinkError({ kind: 'refused', refusal: refuse('session_ended') });
			}
			const offset = answer.now - (asked + now()) / 2;
			let behind: StreamId[] = [];
			await replica.update((states) => {
				const found = applyDigest(states, answer, me);
				behind = found.behind;
				undecided = found.undecided;
				return found.changes;
			});
			for (const stream of behind) mark(stream, answer.heads[stream]?.[0]);
			return offset;
		},

		async pull(link, first) {
			// One at a time: the answer to a second pull from the same cursor would not fit any more.
			while (pulling) await pulling.catch(() => undefined);
			pulling = pullAll(link, first).finally(() => {
				pulling = null;
			});
			await pulling;
		},

		async amend(link) {
			while (amending) await amending.catch(() => undefined);
			amending = amendAll(link).finally(() => {
				amending = null;
			});
			await amending;
		},

		async fill(link, wish) {
			const found = findHole(replica.states, wish);
			if (!found) return false;
			const { state, hole } = found;
			const answer = granted(
				await link.ask('history', {
					stream: wish.room,
					cursor: state.cursor!,
					...hole,
					end: wish.end,
					limit: LIMITS.pageMessages
				})
			);
			await replica.update((states) => {
				if (answer.type === 'reset') return applyReset(states, answer);
				if (answer.type === 'gone') return applyGone(states, wish.room);
				return applyHistory(states, answer, state.epoch, me);
			});
			if (answer.type === 'reset') mark(wish.room);
			return true;
		}
	};

	async function amendAll(link: Link): Promise<void> {
		for (const { id } of [...replica.states.values()]) {
			for (;;) {
				const state = replica.states.get(id);
				const next = state && staleParts(state)[0];
				if (!state || !next) break;
				await amendOne(link, state, next.part, next.since);
			}
		}
	}

	function askFor(link: Link, ids: StreamId[]): Promise<Answer<'pull'>> {
		const asked = link.ask('pull', {
			streams: ids.map((id) => ({ id, cursor: replica.states.get(id)?.cursor ?? null }))
		});
		// Asked ahead of its turn, it may fail before anybody waits for it; whoever does hears of it.
		asked.catch(() => undefined);
		return asked;
	}

	/**
	 * While one answer is written, the next is asked for: of streams that the first one does not touch,
	 * so that their cursors stand still. A frame that moves one meanwhile makes its page not fit.
	 */
	async function pullAll(link: Link, first: RoomId | null): Promise<void> {
		let ahead: Promise<Answer<'pull'>> | null = null;
		while (marked.size > 0 || ahead) {
			const answer: PullAnswer = granted(await (ahead ?? askFor(link, order(first))));
			const answered = new Set(answer.pages.map((page) => page.stream));
			// The own feed decides which rooms there are.
			const others = answered.has(me) ? [] : order(first).filter((id) => !answered.has(id));
			ahead = others.length > 0 ? askFor(link, others) : null;
			note(await replica.update((states) => applyPull(states, answer, me)));
			for (const page of answer.pages) unmark(page);
		}
	}

	/** What a write made necessary to ask for: rooms that the feed brought, counts that only the server knows. */
	function note(changes: StreamChange[]): void {
		for (const { id, next } of changes) if (next && !next.cursor) mark(id);
		for (const id of uncounted(changes)) mark(id);
	}
}
