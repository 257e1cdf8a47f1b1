/**
 * What the screen of a room is made of, read ahead: from the moment its row is pressed, while the page that is left is
 * still there. Without it reading would begin when the new page is, and the row's own time would be lost.
 */
import type { Live } from '../../db/live.ts';
import type { OpensAt, TimelineSource } from '../../db/timeline-source.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { MemberItem, RoomDetail } from '../../read-model/views.ts';
import type { Clock } from '../../sync/ports.ts';

/** ms for which what was read ahead is followed: somebody who pressed a row and went elsewhere does not come. */
const FOLLOWED_FOR = 2_000;

/** Live values of one room; following one reads it. */
export interface RoomSources {
	source: TimelineSource;
	/** null: neither a member, nor about to be */
	detail: Live<RoomDetail | null>;
	members: Live<MemberItem[]>;
}

interface ReadAheadParts {
	make: (room: RoomId, opensAt: OpensAt) => RoomSources;
	clock: Pick<Clock, 'after'>;
}

interface Ahead {
	room: RoomId;
	sources: RoomSources;
	/** stops following */
	end: () => void;
}

/** Reads one room ahead at a time. */
export class RoomReadAhead {
	readonly #parts: ReadAheadParts;
	#ahead: Ahead | null = null;

	constructor(parts: ReadAheadParts) {
		this.#parts = parts;
	}

	/** Begins to read what `take` will answer. @param opensAt where it opens */
	begin(room: RoomId, opensAt: OpensAt): void {
		if (this.#ahead?.room === room) return;
		this.end();
		const sources = this.#parts.make(room, opensAt);
		const { source, detail, members } = sources;
		const follow = <T>(live: Live<T>) => live.subscribe(() => undefined);
		const ends = [follow(source), follow(detail), follow(members)];
		const stopTimer = this.#parts.clock.after(FOLLOWED_FOR, () => this.end());
		const end = () => {
			stopTimer();
			ends.forEach((stop) => stop());
		};
		this.#ahead = { room, sources, end };
	}

	/** What was read ahead of this room, once; or what reads when it is followed. */
	take(room: RoomId, opensAt: OpensAt): RoomSources {
		const ahead = this.#ahead;
		if (ahead?.room !== room) return this.#parts.make(room, opensAt);
		this.#ahead = null;
		// Whoever takes it follows it by then; what nobody follows would be read anew.
		this.#parts.clock.after(0, ahead.end);
		return ahead.sources;
	}

	/** Stops reading ahead. */
	end(): void {
		this.#ahead?.end();
		this.#ahead = null;
	}
}
