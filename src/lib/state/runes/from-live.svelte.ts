/** A live value becomes a rune. */
import type { Live } from '../../db/live.ts';

/**
 * Follows the live value that `source` names, inside a component; `current` is undefined until the
 * first value has come, and again when `source` names another one: whatever `source` reads has to stay
 * equal as long as the same is meant. An id is a `$derived` of its own; read from a row, it would name
 * another value whenever anything in the row changes, and what is shown would be made anew.
 */
export function fromLive<T>(source: () => Live<T> | null | undefined): {
	readonly current: T | undefined;
} {
	let value = $state.raw<T | undefined>(undefined);
	$effect.pre(() => {
		const live = source();
		value = undefined;
		return live?.subscribe((next) => {
			value = next;
		});
	});
	return {
		get current() {
			return value;
		}
	};
}
