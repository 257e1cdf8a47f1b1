/**
 * Sends what waits in the outbox: each lane in order, one request at a time, until answered. Only a
 * refusal ends an act, never a fault of the network. Rule numbers (O1 …) are those of docs/protocol.md.
 */
import { isPersons } from './compose.ts';
import { isRefused } from '../protocol/events.ts';
import { uuid7, type ActId, type RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import { LinkError } from './ports.ts';
import type { Result } from '../protocol/down.ts';
import type { Act } from '../protocol/up.ts';
import type {
	Clock,
	Link,
	OutboxRow,
	OutboxStore,
	Random,
	Settlement,
	StreamChange
} from './ports.ts';
import { applyAccepted } from './own-answers.ts';
import type { Replica } from './replica.ts';

/** ms to wait when the server says "later" without saying when. */
const LATER = 2_000;
/** Bytes of acts in one request, roughly; well under what the server takes in one event. */
const REQUEST_BYTES = LIMITS.eventBytes / 4;

export interface OutboxParts {
	outbox: OutboxStore;
	replica: Replica;
	clock: Clock;
	random: Random;
	/** told what was written of accepted acts */
	note: (changes: StreamChange[]) => void;
	/** acts that have to wait for something else, with all that comes after them in their lane */
	held?: (rows: OutboxRow[]) => Promise<ReadonlySet<string>>;
	/** told which acts are with the network, on every change */
	sending: (ids: ActId[]) => void;
}

export interface Sender {
	/**
	 * Sends until nothing is left that could be sent now. Rejects with LinkError or StoreError; then
	 * everything unanswered is still queued. Answers ms until a lane that must wait may go on, or null.
	 */
	flush(link: Link): Promise<number | null>;
}

/** Makes the sender. Its memory of lanes that must wait is of no consequence if lost. */
export function createSender(parts: OutboxParts): Sender {
	const { outbox, replica, clock, random } = parts;
	/** lane -> elapsed() before which it must not go on */
	const waits = new Map<RoomId, number>();

	/** O3: oldest first over all lanes; nothing of a lane that must wait. */
	function choose(rows: OutboxRow[], held: ReadonlySet<string>): OutboxRow[] {
		const now = clock.elapsed();
		const chosen: OutboxRow[] = [];
		const lanes = new Set<string>();
		let bytes = 0;
		for (const row of rows) {
			if (row.state !== 'queued' || (waits.get(row.lane) ?? 0) > now) continue;
			if (held.has(row.id)) lanes.add(row.lane);
			if (lanes.has(row.lane)) continue;
			bytes += 200 + ('body' in row.act ? row.act.body.length * 3 : 0);
			if (chosen.length > 0 && bytes > REQUEST_BYTES) break;
			chosen.push(row);
			if (chosen.length === LIMITS.actsPerRequest) break;
		}
		return chosen;
	}

	function wait(lane: RoomId, after: number | undefined): void {
		const ms = after ?? LATER;
		waits.set(lane, clock.elapsed() + ms + Math.floor(random.next() * (ms / 4)));
	}

	const freshId = () => uuid7(clock.now(), random.bytes(10));

	/** O6: the id is taken by an older text of the same message: what is different becomes an edit. */
	function conflict(row: OutboxRow): Settlement | null {
		if (row.act.kind !== 'message.post') return null;
		const { room, body, at } = row.act;
		const act: Act = { kind: 'message.edit', id: freshId(), at, room, message: row.id, body };
		return { id: row.id, to: 'replaced', act };
	}

	function settlement(row: OutboxRow, result: Result): Settlement | null {
		if (result.status === 'later') {
			wait(row.lane, result.refusal.after);
			return null;
		}
		if (result.status === 'accepted') {
			return { id: row.id, to: 'gone', sent: row.act, edit: freshId() };
		}
		const { refusal } = result;
		if (refusal.code === 'id_conflict' && refusal.seq !== undefined) {
			const edit = conflict(row);
			if (edit) return edit;
		}
		if (!isPersons(row)) return { id: row.id, to: 'gone' };
		return { id: row.id, to: 'refused', refusal };
	}

	/** O5: what was accepted is in the cache before it leaves the outbox, so it is never on neither side. */
	async function settle(rows: OutboxRow[], results: Result[]): Promise<void> {
		const byId = new Map(results.map((result) => [result.id, result]));
		const accepted = results.flatMap((result) =>
			result.status === 'later' ? [] : (result.rows ?? [])
		);
		parts.note(await replica.update((states) => applyAccepted(states, accepted)));
		const settlements: Settlement[] = [];
		for (const row of rows) {
			const result = byId.get(row.id);
			const made = result ? settlement(row, result) : null;
			if (made) settlements.push(made);
			if (!result) wait(row.lane, undefined);
		}
		await outbox.settle(settlements);
	}

	async function send(link: Link, chosen: OutboxRow[]): Promise<void> {
		// O4: read again while counting the attempt: what was discarded or rewritten meanwhile counts.
		const rows = await outbox.tried(chosen.map((row) => row.id));
		if (rows.length === 0) return;
		parts.sending(rows.map((row) => row.id));
		try {
			const answer = await link.ask('acts', { acts: rows.map((row) => row.act) });
			if (!isRefused(answer)) return await settle(rows, answer.results);
			if (answer.refused.cure !== 'wait') {
				throw new LinkError({ kind: 'refused', refusal: answer.refused });
			}
			for (const row of rows) wait(row.lane, answer.refused.after);
		} finally {
			parts.sending([]);
		}
	}

	function nextTurn(rows: OutboxRow[], held: ReadonlySet<string>): number | null {
		const now = clock.elapsed();
		// What waits for a file is looked at again when that has come.
		const lanes = new Set(rows.filter((row) => held.has(row.id)).map((row) => row.lane));
		const times = rows
			.filter((row) => row.state === 'queued' && !lanes.has(row.lane))
			.map((row) => Math.max(0, (waits.get(row.lane) ?? 0) - now));
		return times.length === 0 ? null : Math.max(1, Math.min(...times));
	}

	return {
		async flush(link) {
			for (;;) {
				const rows = await outbox.all();
				const held = (await parts.held?.(rows)) ?? new Set();
				const chosen = choose(rows, held);
				if (chosen.length === 0) return nextTurn(rows, held);
				await send(link, chosen);
			}
		}
	};
}
