/** A list of callbacks. The same function may be added twice; `add` answers what takes it out again. */
export function listeners<A extends unknown[]>() {
	const all = new Set<(...args: A) => void>();
	return {
		add(run: (...args: A) => void) {
			const mine = (...args: A): void => run(...args);
			all.add(mine);
			return () => void all.delete(mine);
		},
		tell(...args: A) {
			for (const run of [...all]) run(...args);
		}
	};
}
