/** Values that follow the local store. */
import { singleFlight } from '../sync/concurrency.ts';
import { listeners } from '../sync/listeners.ts';

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
export type OnError = (error: unknown) => void;

/**
 * A live value that is read anew after every change. Changes that come while it is being read
 * lead to one more reading, never to two at a time. It watches only while somebody subscribes.
 * @param read reads the present value
 * @param watches what to read anew after
 */
export function liveValue<T>(read: () => Promise<T>, watches: Watch[], onError: OnError): Live<T> {
	const runs = new Set<(value: T) => void>();
	let ends: (() => void)[] = [];
	let held: { value: T } | null = null;

	const refresh = singleFlight(async () => {
		if (runs.size === 0) return;
		held = { value: await read() };
		for (const run of [...runs]) run(held.value);
	}, onError);

	return {
		subscribe(run) {
			// A new function each time, so that the same `run` may subscribe twice.
			const mine = (value: T) => run(value);
			runs.add(mine);
			if (runs.size === 1) {
				held = null;
				ends = watches.map((watch) => watch(refresh));
				refresh();
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
	onError: OnError
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
				}, onError);
			});
		}
	};
}

/** A live value that is set by hand. */
export interface Writable<T> extends Live<T> {
	get(): T;
	set(value: T): void;
	/** Calls back after every change. */
	readonly watch: Watch;
}

/** Makes a live value that is set by hand; subscribers are called only when it changes. */
export function writable<T>(value: T): Writable<T> {
	const changes = listeners<[T]>();
	return {
		get: () => value,
		set(next) {
			if (Object.is(next, value)) return;
			value = next;
			changes.tell(value);
		},
		subscribe(run) {
			const end = changes.add(run);
			run(value);
			return end;
		},
		watch: (changed) => changes.add(() => changed())
	};
}
