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

/** How it lies. */
interface Pose {
	/** times its fitted size */
	scale: number;
	/** px from the middle */
	x: number;
	y: number;
	/** a finger holds it: it follows at once */
	held: boolean;
}

export const LEVEL: Pose = { scale: 1, x: 0, y: 0, held: false };

export class Zoom {
	readonly #changed: (pose: Pose) => void;
	#pose = LEVEL;
	/** fingers that touch it; nothing on screen follows them */
	#pointers: readonly { id: number; at: Point }[] = [];
	#travelled: Point = { x: 0, y: 0 };
	#pinched = false;

	/** @param changed is told of every new pose */
	constructor(changed: (pose: Pose) => void) {
		this.#changed = changed;
	}

	get pose(): Pose {
		return this.#pose;
	}

	#set(more: Partial<Pose>): void {
		this.#pose = { ...this.#pose, ...more };
		this.#changed(this.#pose);
	}

	reset(): void {
		this.#pointers = [];
		this.#set(LEVEL);
	}

	/**
	 * Enlarges or shrinks it; what is at `at` stays there.
	 * @param at px from the middle of the screen
	 */
	by(factor: number, at: Point, frame: { width: number; height: number }): void {
		const next = Math.min(MOST, Math.max(1, this.#pose.scale * factor));
		const { scale, x, y } = this.#pose;
		const ratio = next / scale;
		this.#set({ scale: next });
		this.#place(at.x - (at.x - x) * ratio, at.y - (at.y - y) * ratio, frame);
	}

	/** Near, or back to all of it. */
	toggle(at: Point, frame: { width: number; height: number }): void {
		if (this.#pose.scale > 1) this.reset();
		else this.by(NEAR, at, frame);
	}

	down(id: number, at: Point): void {
		if (this.#pointers.length === 0) {
			this.#travelled = { x: 0, y: 0 };
			this.#pinched = false;
		}
		this.#pointers = [...this.#pointers, { id, at }];
		this.#set({ held: true });
	}

	move(id: number, at: Point, frame: { width: number; height: number }): void {
		const from = this.#pointers.find((one) => one.id === id)?.at;
		if (!from) return;
		const other = this.#pointers.find((one) => one.id !== id)?.at;
		this.#pointers = this.#pointers.map((one) => (one.id === id ? { id, at } : one));
		if (other) {
			this.#pinched = true;
			const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
			this.by(distance(at, other) / Math.max(1, distance(from, other)), middle, frame);
			return;
		}
		const step = { x: at.x - from.x, y: at.y - from.y };
		this.#travelled = { x: this.#travelled.x + step.x, y: this.#travelled.y + step.y };
		const { scale, x, y } = this.#pose;
		if (scale > 1) this.#place(x + step.x, y + step.y, frame);
		else if (!this.#pinched) this.#set({ x: x + step.x });
	}

	/** @returns where the finger wants to go, when this was a swipe */
	up(id: number): Swipe | null {
		const others = this.#pointers.filter((one) => one.id !== id);
		if (others.length === this.#pointers.length) return null;
		this.#pointers = others;
		if (others.length > 0) return null;
		this.#set({ held: false });
		if (this.#pose.scale > 1) return null;
		this.#set({ x: 0, y: 0 });
		return this.#pinched ? null : swipeOf(this.#travelled);
	}

	/** No further than its own edges. */
	#place(x: number, y: number, { width, height }: { width: number; height: number }): void {
		const { scale } = this.#pose;
		const most = { x: ((scale - 1) * width) / 2, y: ((scale - 1) * height) / 2 };
		this.#set({
			x: Math.min(most.x, Math.max(-most.x, x)),
			y: Math.min(most.y, Math.max(-most.y, y))
		});
	}
}
