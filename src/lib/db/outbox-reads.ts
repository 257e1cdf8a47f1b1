/** Reading the outbox for screens: many things are laid over what is unsent, and one change makes all of them read. */
import { listeners } from '../sync/listeners.ts';
import type { OutboxRow, OutboxStore } from '../sync/ports.ts';

/** What screens ask of an outbox. */
export type OutboxReads = Pick<OutboxStore, 'all' | 'watch' | 'draft'>;

/**
 * One reading of the outbox between two changes, however many ask for it. What is answered may be a moment
 * older than the outbox, never newer than what is read after it (rule O5). Changes are told from here, after
 * what was held has been forgotten: Dexie tells its newest listener first. The rows belong to everybody:
 * they are not to be changed.
 */
export function sharedReads(outbox: OutboxReads): OutboxReads & { end(): void } {
	let held: Promise<OutboxRow[]> | null = null;
	const changes = listeners<[]>();
	const end = outbox.watch(() => {
		held = null;
		changes.tell();
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
		draft: (room) => outbox.draft(room),
		watch: changes.add,
		end
	};
}
