/** The pinned messages of a room, with the person's own queued pins laid over them. */
import type { MessageRow } from '../protocol/change.ts';
import type { MessageId, RoomId } from '../protocol/ids.ts';
import type { OutboxRow, StreamState } from '../sync/ports.ts';
import type { PinItem } from '../read-model/views.ts';
import { liveValue, type OnError, type Live } from './live.ts';
import type { Cache } from './cache.ts';
import type { OutboxReads } from './outbox-reads.ts';

/** What is read for the pins, and where an unexpected error goes. */
export interface PinParts {
	cache: Cache;
	outbox: OutboxReads;
	onError: OnError;
}

/** The latest queued edit or recall of each message: it shows as done at once. */
function queuedChanges(unsent: OutboxRow[]): Map<MessageId, { kind: string; body?: string }> {
	const found = new Map<MessageId, { kind: string; body?: string }>();
	for (const { act, state } of unsent) {
		if (state === 'refused') continue;
		if (act.kind === 'message.edit' || act.kind === 'message.recall') found.set(act.message, act);
	}
	return found;
}

/** Pinned messages, the latest pin first; those that are not on this device by their seq alone. */
export function pinnedItems(room: RoomId, { cache, outbox, onError }: PinParts): Live<PinItem[]> {
	async function read(): Promise<PinItem[]> {
		const unsent = (await outbox.all()).filter((row) => row.lane === room);
		const seqs = await laidOver(await cache.stream(room), unsent);
		const rows = await Promise.all(
			seqs.map(async (seq) => (await cache.messages(room, seq, seq, 1, 'top'))[0] ?? seq)
		);
		const changes = queuedChanges(unsent);
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
			const { seq, id, files = [] } = row;
			const change = changes.get(id);
			if (row.deleted || change?.kind === 'message.recall') return [];
			const body = change?.body ?? row.body;
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

	return liveValue(
		read,
		[(changed) => cache.watch(room, changed), (changed) => outbox.watch(changed)],
		onError
	);
}
