/** Keeps the index up to date while it runs: shortly after messages changed, and not at each of them. */
import type { Clock } from '../../sync/ports.ts';
import type { Watch } from '../live.ts';
import type { IndexBuilder } from './index-builder.ts';

/** ms without a change after which the index follows; and ms after which it does so all the same. */
const SETTLED = 2_000;
const AT_LATEST = 15_000;
/** ms without a change after which the last few messages of each room are indexed, too. */
const QUIET = 60_000;

interface UpkeepParts {
	builder: IndexBuilder;
	/** Calls back after messages changed. */
	watch: Watch;
	clock: Pick<Clock, 'after' | 'elapsed'>;
	stop: AbortSignal;
}

/** Resolves to true after `ms`; to false when something changed before, or it was stopped. */
function unchangedFor(ms: number, { watch, clock, stop }: UpkeepParts): Promise<boolean> {
	return new Promise((resolve) => {
		const end = (isUnchanged: boolean): void => {
			cancel();
			unwatch();
			stop.removeEventListener('abort', changed);
			resolve(isUnchanged);
		};
		const changed = (): void => end(false);
		const cancel = clock.after(ms, () => end(true));
		const unwatch = watch(changed);
		stop.addEventListener('abort', changed);
		if (stop.aborted) changed();
	});
}

/** Resolves when what has begun to change has settled, or has not for too long. */
async function settled(parts: UpkeepParts): Promise<void> {
	const begun = parts.clock.elapsed();
	while (!parts.stop.aborted && parts.clock.elapsed() - begun < AT_LATEST) {
		if (await unchangedFor(SETTLED, parts)) return;
	}
}

/** Runs until it is stopped; rejects with StoreError when the browser refuses. */
export async function keepIndexed(parts: UpkeepParts): Promise<void> {
	const { builder, stop } = parts;
	let all = false;
	while (!stop.aborted) {
		let changed = false;
		const unwatch = parts.watch(() => (changed = true));
		const isLeft = await builder.pass(all, stop);
		unwatch();
		all = !changed && (await unchangedFor(isLeft ? QUIET : 2 ** 31 - 1, parts));
		if (!all) await settled(parts);
	}
}
