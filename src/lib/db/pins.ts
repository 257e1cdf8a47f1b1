/** The pinned messages of a room, with the person's own queued pins laid over them. */
import type { MessageRow } from '../protocol/change.ts';
import type { RoomId } from '../protocol/ids.ts';
import type { OutboxRow, StreamState } from '../sync/ports.ts';
import type { PinItem } from '../sync/views.ts';
import { live, type Live } from './live.ts';
import type { WindowParts } from './timeline-window.ts';

/** Pinned messages, the latest pin first; those that are not on this device by their seq alone. */
export function pinnedItems(
	room: RoomId,
	{ cache, outbox, complain }: Pick<WindowParts, 'cache' | 'outbox' | 'complain'>
): Live<PinItem[]> {
	async function read(): Promise<PinItem[]> {
		const unsent = (await outbox.all()).filter((row) => row.lane === room);
		const seqs = await laidOver(await cache.stream(room), unsent);
		const rows = await Promise.all(
			seqs.map(async (seq) => (await cache.messages(room, seq, seq, 1, 'top'))[0] ?? seq)
		);
		const held = rows.filter((row): row is MessageRow => typeof row !== 'number');
		const cards = new Map(
			(await cache.cards([...new Set(held.map((row) => row.author))])).map((card) => [
				card.id,
				card
			])
		);
		return rows.flatMap((row): PinItem[] => {
			if (typeof row === 'number')
				return [{ seq: row, id: null, author: null, body: '', files: [] }];
			if (row.deleted) return [];
			const { seq, id, body, files = [] } = row;
			return [{ seq, id, author: cards.get(row.author) ?? null, body, files }];
		});
	}

	async function laidOver(state: StreamState | null, unsent: OutboxRow[]): Promise<number[]> {
		let seqs = state?.room?.pins ?? [];
		for (const { act, state: fate } of unsent) {
			if (act.kind !== 'message.pin' || fate === 'refused') continue;
			const row = await cache.message(act.message);
			if (!row) continue;
			const others = seqs.filter((seq) => seq !== row.seq);
			seqs = act.on ? [row.seq, ...others] : others;
		}
		return seqs;
	}

	return live(
		read,
		[(changed) => cache.watch(room, changed), (changed) => outbox.watch(changed)],
		complain
	);
}
