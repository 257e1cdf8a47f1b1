/**
 * Does something for each, at most so many at once. Rejects with the first error; what is under way goes on.
 * @param atOnce how many at most
 */
export async function fewAtATime<T>(
	all: Iterable<T>,
	atOnce: number,
	act: (one: T) => Promise<void>
): Promise<void> {
	const left = [...all].values();
	let hasFailed = false;
	const work = async () => {
		for (const one of left) {
			if (hasFailed) return;
			try {
				await act(one);
			} catch (error) {
				hasFailed = true;
				throw error;
			}
		}
	};
	await Promise.all(Array.from({ length: atOnce }, work));
}
