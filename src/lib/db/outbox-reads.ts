/** Reading the outbox for screens: many things are laid over what is unsent, and one change makes all of them read. */
import type { OutboxRow, OutboxStore } from '../sync/ports.ts';

/** What screens ask of an outbox. */
export type OutboxReads = Pick<OutboxStore, 'all' | 'watch'>;

/**
 * One reading of the outbox between two changes, however many ask for it. What is answered may be a moment
 * older than the outbox, never newer than what is read after it (rule O5). Changes are told from here, after
 * what was held has been forgotten: Dexie tells its newest listener first. The rows belong to everybody:
 * they are not to be changed.
 */
export function sharedReads(outbox: OutboxReads): OutboxReads & { end(): void } {
	let held: Promise<OutboxRow[]> | null = null;
	const watchers = new Set<() => void>();
	const end = outbox.watch(() => {
		held = null;
		for (const changed of [...watchers]) changed();
	});
	return {
		async all() {
			const reading = (held ??= outbox.all());
			try {
				return await reading;
			} catch (error) {
				if (held === reading) held = null;
				throw error;
			}
		},
		watch(changed) {
			// A new function each time, so that the same one may watch twice.
			const mine = () => changed();
			watchers.add(mine);
			return () => void watchers.delete(mine);
		},
		end
	};
}
