/** Seeded chance: the same seed plays the same history. */
import type { Random } from '../../../src/lib/sync/ports.ts';

export interface Chance extends Random {
	/** A whole number from 0 to `below` - 1. */
	int(below: number): number;
	/** Whether something with this probability happens. */
	maybe(probability: number): boolean;
	pick<T>(list: readonly T[]): T;
	/** Another, independent source that depends only on this seed and the name. */
	fork(name: string): Chance;
}

function hashOf(text: string): number {
	let h = 2166136261;
	for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
	return h >>> 0;
}

/** mulberry32 (Tommy Ettinger, public domain): small, fast, good enough to choose faults. */
export function chanceOf(seed: number): Chance {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	return {
		next,
		bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
		int: (below) => Math.floor(next() * below),
		maybe: (probability) => next() < probability,
		pick: (list) => list[Math.floor(next() * list.length)]!,
		fork: (name) => chanceOf((seed ^ hashOf(name)) >>> 0)
	};
}
