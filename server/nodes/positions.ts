/** Up to where this node has told its sockets of each stream that some of them listen to. */
import type { StreamId } from '../../src/lib/protocol/ids.ts';

export class Positions {
	readonly #heads = new Map<StreamId, number>();
	/** streams to which nobody listened when they were last looked at */
	#idle = new Set<StreamId>();

	get(stream: StreamId): number | undefined {
		return this.#heads.get(stream);
	}

	set(stream: StreamId, head: number): void {
		this.#heads.set(stream, head);
	}

	/** Somebody is about to listen to a stream that stands here. One that is known stands where it did. */
	offer(stream: StreamId, head: number): void {
		this.#idle.delete(stream);
		if (!this.#heads.has(stream)) this.#heads.set(stream, head);
	}

	all(): ReadonlyMap<StreamId, number> {
		return this.#heads;
	}

	/** Forgets streams to which nobody has listened twice in a row: who is about to is given the time between. */
	forgetIdle(listens: (stream: StreamId) => boolean): void {
		const idle = new Set<StreamId>();
		for (const stream of this.#heads.keys()) {
			if (listens(stream)) continue;
			if (this.#idle.has(stream)) this.#heads.delete(stream);
			else idle.add(stream);
		}
		this.#idle = idle;
	}
}
