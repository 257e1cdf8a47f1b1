/** Plays many seeds and says which failed, with what is needed to play them again. */
import { play, type Played } from './sim/world.ts';

/** Steps of one seed in `npm test`. */
export const STEPS = 500;

/** Plays `count` seeds from `from` on; answers a readable line for each that failed. */
export async function failuresOf(from: number, count: number): Promise<string[]> {
	const failures: string[] = [];
	for (let seed = from; seed < from + count; seed++) {
		const played = await play({ seed, steps: STEPS });
		if (played.violations.length > 0) failures.push(describe(played));
	}
	return failures;
}

function describe({ seed, violations }: Played): string {
	const what = violations.map(({ verdict, what: text }) => `${verdict}: ${text}`).join('; ');
	return `seed ${seed} (npm run simulate -- --from ${seed} --seeds 1 --trace): ${what}`;
}
