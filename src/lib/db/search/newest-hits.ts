/** The newest of all messages that were found. */
import type { RoomId } from '../../protocol/ids.ts';

/** A message that was found. */
export interface Hit {
	room: RoomId;
	seq: number;
	/** when it was said, server time in s */
	second: number;
}

/** The order of an answer: the newest first; the same second in two rooms in the order of their ids. */
function compareHits(a: Hit, b: Hit): number {
	if (a.second !== b.second) return b.second - a.second;
	if (a.room !== b.room) return a.room < b.room ? -1 : 1;
	return b.seq - a.seq;
}

/** Keeps the newest few. */
export class NewestHits {
	readonly list: Hit[] = [];
	private readonly size: number;

	constructor(size: number) {
		this.size = size;
	}

	/** Answers whether it is among the newest, so far. */
	add(hit: Hit): boolean {
		let place = this.list.length;
		while (place > 0 && compareHits(hit, this.list[place - 1]!) < 0) place--;
		if (place >= this.size) return false;
		this.list.splice(place, 0, hit);
		if (this.list.length > this.size) this.list.pop();
		return true;
	}

	/** Whether nothing said in this second or before can be among the newest any more. */
	isFullAt(second: number): boolean {
		return this.list.length >= this.size && this.list.at(-1)!.second > second;
	}
}
