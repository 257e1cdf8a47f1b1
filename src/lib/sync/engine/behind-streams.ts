/** Streams of which the server is known to have more than this device. */
import type { PullAnswer } from '../../protocol/down.ts';
import { DIRECTORY, type PersonId, type RoomId, type StreamId } from '../../protocol/ids.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { StreamState } from '../ports.ts';

type Page = PullAnswer['pages'][number];

/** The seq up to which a page brings its stream; null when it brings it to no end. */
function endOf(page: Page): number | null {
	if (page.type === 'skipToNewest') return page.cursor.s;
	return page.type === 'page' && page.complete ? page.upto.s : null;
}

/** The streams to pull, and how far each is known to have come. */
export class BehindStreams {
	private readonly me: PersonId;
	/** stream -> the seq that is known to exist */
	private readonly heads = new Map<StreamId, number>();

	constructor(me: PersonId) {
		this.me = me;
	}

	/** How many there are. */
	get size(): number {
		return this.heads.size;
	}

	/** Notes that a stream has moved on, at least to this seq as far as known. */
	mark(stream: StreamId, seq = 0): void {
		this.heads.set(stream, Math.max(seq, this.heads.get(stream) ?? 0));
	}

	/**
	 * The streams to ask for next: the own feed first, for it says which rooms there are; then what is on
	 * screen; the directory last.
	 */
	next(onScreen: RoomId | null): StreamId[] {
		const weight = (id: StreamId) =>
			id === this.me ? 0 : id === onScreen ? 1 : id === DIRECTORY ? 3 : 2;
		return [...this.heads.keys()]
			.sort((a, b) => weight(a) - weight(b))
			.slice(0, LIMITS.pullStreams);
	}

	/**
	 * C7: done with a stream when a page reaches what is known to exist.
	 * @param state the stream once the page was written
	 */
	noteWritten(page: Page, state: StreamState | undefined): void {
		const { stream } = page;
		if (page.type === 'gone') this.heads.delete(stream);
		if (page.type === 'reset') this.heads.set(stream, 0);
		const end = endOf(page);
		if (end === null) return;
		const at = state?.cursor?.s ?? 0;
		// Not applied, or overtaken by frames while only the server can count: once more.
		const overtaken = page.type === 'page' && state?.unreadBy === 'server' && at > end;
		if (at < end || (overtaken && page.unread !== undefined)) return this.mark(stream);
		// What a frame promised may belong to another past: it is asked for once more, not for ever.
		if (end < (this.heads.get(stream) ?? 0)) this.heads.set(stream, 0);
		else this.heads.delete(stream);
	}
}
