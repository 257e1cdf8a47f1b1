/** Values that follow the local store. */

/**
 * A value that changes: Svelte's store contract. `run` is called with every new value; the first
 * call comes at once when the value is known, else as soon as it has been read from the local
 * store. The answer of `subscribe` ends it.
 */
export interface Live<T> {
	subscribe(run: (value: T) => void): () => void;
}

/** Something that calls back after a change; the answer ends it. */
export type Watch = (changed: () => void) => () => void;

/** Where a live value reports that it could not be read; it keeps its last value. */
export type Complain = (error: unknown) => void;

/**
 * A live value that is read anew after every change. Changes that come while it is being read
 * lead to one more reading, never to two at a time. It watches only while somebody subscribes.
 * @param read reads the present value
 * @param watches what to read anew after
 */
export function live<T>(read: () => Promise<T>, watches: Watch[], complain: Complain): Live<T> {
	const runs = new Set<(value: T) => void>();
	let ends: (() => void)[] = [];
	let held: { value: T } | null = null;
	let reading = false;
	let stale = false;

	async function refresh(): Promise<void> {
		stale = true;
		if (reading) return;
		reading = true;
		while (stale && runs.size > 0) {
			stale = false;
			try {
				held = { value: await read() };
				for (const run of [...runs]) run(held.value);
			} catch (error) {
				complain(error);
			}
		}
		reading = false;
	}

	return {
		subscribe(run) {
			// A new function each time, so that the same `run` may subscribe twice.
			const mine = (value: T) => run(value);
			runs.add(mine);
			if (runs.size === 1) {
				held = null;
				ends = watches.map((watch) => watch(() => void refresh()));
				void refresh();
			} else if (held) mine(held.value);
			return () => {
				runs.delete(mine);
				if (runs.size > 0) return;
				for (const end of ends) end();
				ends = [];
			};
		}
	};
}

/**
 * A live value made of another one. When making takes time, values that are overtaken are dropped.
 */
export function derived<S, T>(
	source: Live<S>,
	make: (value: S) => T | Promise<T>,
	complain: Complain
): Live<T> {
	return {
		subscribe(run) {
			let newest = 0;
			return source.subscribe((value) => {
				const mine = ++newest;
				const made = make(value);
				if (!(made instanceof Promise)) return run(made);
				made.then((ready) => {
					if (mine === newest) run(ready);
				}, complain);
			});
		}
	};
}

/** A live value that is set by hand. */
export interface Cell<T> extends Live<T> {
	get(): T;
	set(value: T): void;
	/** Calls back after every change. */
	readonly watch: Watch;
}

/** Makes a live value that is set by hand; subscribers are called only when it changes. */
export function cell<T>(value: T): Cell<T> {
	const runs = new Set<(value: T) => void>();
	function subscribe(run: (value: T) => void): () => void {
		const mine = (next: T) => run(next);
		runs.add(mine);
		mine(value);
		return () => void runs.delete(mine);
	}
	return {
		get: () => value,
		set(next) {
			if (Object.is(next, value)) return;
			value = next;
			for (const run of [...runs]) run(value);
		},
		subscribe,
		watch(changed) {
			const mine = () => changed();
			runs.add(mine);
			return () => void runs.delete(mine);
		}
	};
}
