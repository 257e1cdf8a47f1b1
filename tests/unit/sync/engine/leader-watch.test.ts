import { expect, test } from 'vitest';
import { LeaderWatch } from '../../../../src/lib/sync/engine/leader-watch.ts';
import { VirtualTime } from '../../../simulator/sim/time.ts';

function watching() {
	const time = new VirtualTime();
	const happened: string[] = [];
	const watch = new LeaderWatch({
		clock: { now: () => 0, elapsed: () => time.ms, after: (ms, run) => time.after(ms, run) },
		ask: () => happened.push('asked'),
		takeOver: () => happened.push('taken over')
	});
	watch.restart();
	return { time, watch, happened };
}

test('a silent leader is asked, and replaced within 15 s when it stays silent (TAB-2)', async () => {
	const { time, happened } = watching();
	await time.advance(10_000);
	expect(happened).toEqual(['asked']);
	await time.advance(5_000);
	expect(happened).toEqual(['asked', 'taken over']);
	await time.advance(60_000);
	expect(happened).toHaveLength(2);
});

test('a leader that answers keeps its place', async () => {
	const { time, watch, happened } = watching();
	await time.advance(10_000);
	watch.restart();
	await time.advance(5_000);
	expect(happened).toEqual(['asked']);
});

test('one that leads itself watches nobody', async () => {
	const { time, watch, happened } = watching();
	watch.stop();
	await time.advance(60_000);
	expect(happened).toEqual([]);
});
