/** Segments that were looked through, kept in memory for the next search; the least used ones go first. */
import type { Segment } from './segment.ts';

/** UTF-16 units of text that are kept, case folded and not: some 100,000 messages. */
const TEXT_MAX = 12_000_000;

interface Kept {
	stamp: unknown;
	segment: Segment;
	size: number;
}

/** Chinese has no case: both forms are then one string. */
const sizeOf = ({ text: { cased, lower } }: Segment): number =>
	cased === lower ? cased.length : 2 * cased.length;

export class SegmentMemory {
	private readonly kept = new Map<string, Kept>();
	private readonly max: number;
	private size = 0;

	/** @param max UTF-16 units of text */
	constructor(max = TEXT_MAX) {
		this.max = max;
	}

	/** What is kept under a name, if it is of this making. @param stamp tells the makings of a segment apart */
	get(name: string, stamp: unknown): Segment | null {
		const found = this.kept.get(name);
		if (!found) return null;
		this.delete(name);
		if (found.stamp !== stamp) return null;
		this.put(name, found);
		return found.segment;
	}

	set(name: string, stamp: unknown, segment: Segment): void {
		this.delete(name);
		this.put(name, { stamp, segment, size: sizeOf(segment) });
		for (const [oldest] of this.kept) {
			if (this.size <= this.max || oldest === name) return;
			this.delete(oldest);
		}
	}

	/** Whether more would take the place of what is kept. */
	get isFull(): boolean {
		return this.size > this.max * 0.9;
	}

	/** Leaves only those that still are what the store has. */
	retain(isCurrent: (name: string, stamp: unknown) => boolean): void {
		for (const [name, { stamp }] of [...this.kept]) {
			if (!isCurrent(name, stamp)) this.delete(name);
		}
	}

	private put(name: string, kept: Kept): void {
		this.kept.set(name, kept);
		this.size += kept.size;
	}

	private delete(name: string): void {
		this.size -= this.kept.get(name)?.size ?? 0;
		this.kept.delete(name);
	}
}
