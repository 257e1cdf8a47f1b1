/** Reading the outbox for screens: many things are laid over what is unsent, and one change makes all of them read. */
import type { OutboxRow, OutboxStore } from '../sync/ports.ts';

/** What screens ask of an outbox. */
export type OutboxReads = Pick<OutboxStore, 'all' | 'watch'>;

/**
 * One reading of the outbox between two changes, however many ask for it. What is answered may be a moment
 * older than the outbox, never newer than what is read after it (rule O5), and a change is told after it
 * has been forgotten. The rows belong to everybody: they are not to be changed.
 */
export function sharedReads(outbox: OutboxReads): OutboxReads & { end(): void } {
	let held: Promise<OutboxRow[]> | null = null;
	const forget = (): void => {
		held = null;
	};
	const end = outbox.watch(forget);
	return {
		async all() {
			const reading = (held ??= outbox.all());
			try {
				return await reading;
			} catch (error) {
				if (held === reading) forget();
				throw error;
			}
		},
		watch: (changed) => outbox.watch(changed),
		end
	};
}
