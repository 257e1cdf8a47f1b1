/** The checker is proved: each planted bug turns it red within a few seeds. */
import { expect, test } from 'vitest';
import { BUGS } from './sim/bugs.ts';
import { play } from './sim/world.ts';
import { STEPS } from './seeds.ts';

/** Seeds within which a bug has to be caught; the shyest needs about ten. */
const SEEDS = 60;

test.each(BUGS)(
	'catches: %s',
	async (bug) => {
		let caught = 0;
		for (let seed = 1; seed <= SEEDS && caught === 0; seed++) {
			const { violations } = await play({ seed, steps: STEPS, bug });
			const real = violations.filter(({ verdict }) => verdict !== 'error');
			caught = real.length;
		}
		expect(caught).toBeGreaterThan(0);
	},
	600_000
);

test('plays a seed twice alike', async () => {
	const [a, b] = [await play({ seed: 7, steps: 200 }), await play({ seed: 7, steps: 200 })];
	expect(a).toEqual(b);
}, 600_000);
