/** `npm run simulate -- --seeds 5000 [--from 1] [--steps 500] [--bug "no dedupe"] [--trace]` */
import { parseArgs } from 'node:util';
import { BUGS, type Bug } from './sim/bugs.ts';
import { play } from './sim/world.ts';

const { values } = parseArgs({
	options: {
		seeds: { type: 'string', default: '200' },
		from: { type: 'string', default: '1' },
		steps: { type: 'string', default: '500' },
		bug: { type: 'string' },
		trace: { type: 'boolean', default: false }
	}
});
const bug = (BUGS as readonly string[]).includes(values.bug ?? '') ? (values.bug as Bug) : null;
const from = Number(values.from);
const started = Date.now();
const sums = { acts: 0, accepted: 0, refused: 0, kills: 0, restores: 0 };
let failed = 0;
for (let seed = from; seed < from + Number(values.seeds); seed++) {
	const played = await play({ seed, steps: Number(values.steps), bug });
	for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += played[key];
	if (played.violations.length === 0) continue;
	failed++;
	process.stdout.write(`seed ${seed}\n`);
	for (const { verdict, what } of played.violations)
		process.stdout.write(`  ${verdict}: ${what}\n`);
	if (values.trace) process.stdout.write(`${played.trace.slice(-60).join('\n')}\n`);
}
const seconds = ((Date.now() - started) / 1000).toFixed(1);
process.stdout.write(
	`${JSON.stringify({ seeds: Number(values.seeds), failed, seconds, ...sums })}\n`
);
process.exitCode = failed === 0 ? 0 : 1;
