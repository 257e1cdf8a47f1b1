/** A list of those who want to be told of something. */
export function listeners<A extends unknown[]>() {
	const all = new Set<(...args: A) => void>();
	return {
		add(run: (...args: A) => void) {
			all.add(run);
			return () => void all.delete(run);
		},
		tell(...args: A) {
			for (const run of [...all]) run(...args);
		}
	};
}
