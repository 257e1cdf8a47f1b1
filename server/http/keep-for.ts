/** Answers that cost much are kept for a while. */

/**
 * @param ms for which an answer is given again
 * @param now ms
 * @param make rejects as it likes: what failed is not kept
 * @returns gives the answer; those who ask while it is being made wait for the same one
 */
export function keepFor<A>(
	ms: number,
	now: () => number,
	make: () => Promise<A>
): () => Promise<A> {
	let kept: { answer: Promise<A>; until: number } | null = null;
	return () => {
		if (kept && now() < kept.until) return kept.answer;
		const fresh = { answer: make(), until: now() + ms };
		kept = fresh;
		fresh.answer.catch(() => {
			if (kept === fresh) kept = null;
		});
		return fresh.answer;
	};
}
