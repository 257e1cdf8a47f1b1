/** How a picture lies on the screen: how large, and how far from the middle; moved by fingers, wheel and keys. */

/** Times its fitted size. */
const MOST = 6;
/** What a double click goes to. */
const NEAR = 2.5;
/** Px that a finger has to wander to be a swipe. */
const SWIPE = 60;

interface Point {
	x: number;
	y: number;
}

/** Where a swipe leads. */
export type Swipe = 'next' | 'previous' | 'away';

/** Which way a finger went over a picture that is not enlarged; null: nowhere. Pure. */
export function swipeOf({ x, y }: Point): Swipe | null {
	if (Math.abs(x) > Math.abs(y)) return Math.abs(x) < SWIPE ? null : x < 0 ? 'next' : 'previous';
	return y > SWIPE * 1.5 ? 'away' : null;
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

export class Zoom {
	scale = $state(1);
	x = $state(0);
	y = $state(0);
	/** a finger holds it: it follows at once */
	held = $state(false);
	// Nothing on screen follows it.
	// eslint-disable-next-line svelte/prefer-svelte-reactivity
	readonly #pointers = new Map<number, Point>();
	#travelled: Point = { x: 0, y: 0 };
	#pinched = false;

	reset(): void {
		this.scale = 1;
		this.x = this.y = 0;
		this.held = false;
		this.#pointers.clear();
	}

	/**
	 * Enlarges or shrinks it; what is at `at` stays there.
	 * @param at px from the middle of the screen
	 */
	by(factor: number, at: Point, frame: { width: number; height: number }): void {
		const next = Math.min(MOST, Math.max(1, this.scale * factor));
		const ratio = next / this.scale;
		this.scale = next;
		this.#place(at.x - (at.x - this.x) * ratio, at.y - (at.y - this.y) * ratio, frame);
	}

	/** Near, or back to all of it. */
	toggle(at: Point, frame: { width: number; height: number }): void {
		if (this.scale > 1) this.reset();
		else this.by(NEAR, at, frame);
	}

	down(id: number, at: Point): void {
		if (this.#pointers.size === 0) {
			this.#travelled = { x: 0, y: 0 };
			this.#pinched = false;
		}
		this.#pointers.set(id, at);
		this.held = true;
	}

	move(id: number, at: Point, frame: { width: number; height: number }): void {
		const from = this.#pointers.get(id);
		if (!from) return;
		const other = [...this.#pointers].find(([one]) => one !== id)?.[1];
		this.#pointers.set(id, at);
		if (other) {
			this.#pinched = true;
			const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
			this.by(distance(at, other) / Math.max(1, distance(from, other)), middle, frame);
			return;
		}
		const step = { x: at.x - from.x, y: at.y - from.y };
		this.#travelled = { x: this.#travelled.x + step.x, y: this.#travelled.y + step.y };
		if (this.scale > 1) this.#place(this.x + step.x, this.y + step.y, frame);
		else if (!this.#pinched) this.x += step.x;
	}

	/** @returns where the finger wants to go, when this was a swipe */
	up(id: number): Swipe | null {
		if (!this.#pointers.delete(id) || this.#pointers.size > 0) return null;
		this.held = false;
		if (this.scale > 1) return null;
		this.x = this.y = 0;
		return this.#pinched ? null : swipeOf(this.#travelled);
	}

	/** No further than its own edges. */
	#place(x: number, y: number, { width, height }: { width: number; height: number }): void {
		const most = { x: ((this.scale - 1) * width) / 2, y: ((this.scale - 1) * height) / 2 };
		this.x = Math.min(most.x, Math.max(-most.x, x));
		this.y = Math.min(most.y, Math.max(-most.y, y));
	}
}
