/**
 * Sends what waits in the outbox: each lane in order, one request at a time, until answered. Only a
 * refusal ends an act, never a fault of the network. Rule numbers (O1 …) are those of docs/protocol.md.
 */
import { isUserVisible } from './create-act.ts';
import { isRefused } from '../../protocol/events.ts';
import { uuid7, type ActId, type RoomId } from '../../protocol/ids.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { LinkError } from '../ports.ts';
import type { Result } from '../../protocol/down.ts';
import type { Act } from '../../protocol/up.ts';
import type {
	Clock,
	Link,
	OutboxRow,
	OutboxStore,
	Random,
	Settlement,
	StreamChange
} from '../ports.ts';
import { applyAccepted } from '../reconcile/unconfirmed-rows.ts';
import type { Replica } from '../engine/replica.ts';

/** ms to wait when the server says "later" without saying when. */
const LATER = 2_000;
/** Bytes of acts in one request, roughly; well under what the server takes in one event. */
const REQUEST_BYTES = LIMITS.eventBytes / 4;

interface ActSenderParts {
	outbox: OutboxStore;
	replica: Replica;
	clock: Clock;
	random: Random;
	/** called with what was written of accepted acts */
	note: (changes: StreamChange[]) => void;
	/** called with the acts that the server has taken, before they leave the outbox; perhaps twice with one of them */
	accepted: (ids: ActId[]) => void;
	/** acts that have to wait for something else, with all that comes after them in their lane */
	held?: (rows: OutboxRow[]) => Promise<ReadonlySet<string>>;
	/** called with the acts that are with the network, on every change */
	sending: (ids: ActId[]) => void;
}

/** The size of an act in a request in bytes, roughly. */
function sizeOf({ act }: OutboxRow): number {
	return 200 + ('body' in act ? act.body.length * 3 : 0);
}

/** The sender. Its memory of lanes that must wait is of no consequence if lost. */
export class ActSender {
	private readonly parts: ActSenderParts;
	/** lane -> elapsed() before which it must not go on */
	private readonly waits = new Map<RoomId, number>();

	constructor(parts: ActSenderParts) {
		this.parts = parts;
	}

	/**
	 * Sends until nothing is left that could be sent now. Rejects with LinkError or StoreError; then
	 * everything unanswered is still queued. Answers ms until a lane that must wait may go on, or null.
	 */
	async flush(link: Link): Promise<number | null> {
		for (;;) {
			const rows = await this.parts.outbox.all();
			const held = (await this.parts.held?.(rows)) ?? new Set();
			const chosen = this.choose(rows, held);
			if (chosen.length === 0) return this.untilNext(rows, held);
			await this.send(link, chosen);
		}
	}

	/** O3: oldest first over all lanes; nothing of a lane that must wait. */
	private choose(rows: OutboxRow[], held: ReadonlySet<string>): OutboxRow[] {
		const now = this.parts.clock.elapsed();
		const chosen: OutboxRow[] = [];
		const heldLanes = new Set<string>();
		let bytes = 0;
		for (const row of rows) {
			if (row.state !== 'queued' || (this.waits.get(row.lane) ?? 0) > now) continue;
			if (held.has(row.id)) heldLanes.add(row.lane);
			if (heldLanes.has(row.lane)) continue;
			bytes += sizeOf(row);
			if (chosen.length > 0 && bytes > REQUEST_BYTES) break;
			chosen.push(row);
			if (chosen.length === LIMITS.actsPerRequest) break;
		}
		return chosen;
	}

	/** ms until the first lane that must wait may go on; null when none waits. */
	private untilNext(rows: OutboxRow[], held: ReadonlySet<string>): number | null {
		const now = this.parts.clock.elapsed();
		// What waits for a file is looked at again when that has come.
		const heldLanes = new Set(rows.filter((row) => held.has(row.id)).map((row) => row.lane));
		const times = rows
			.filter((row) => row.state === 'queued' && !heldLanes.has(row.lane))
			.map((row) => Math.max(0, (this.waits.get(row.lane) ?? 0) - now));
		return times.length === 0 ? null : Math.max(1, Math.min(...times));
	}

	private async send(link: Link, chosen: OutboxRow[]): Promise<void> {
		// O4: read again while counting the attempt: what was discarded or rewritten meanwhile counts.
		const rows = await this.parts.outbox.tried(chosen.map((row) => row.id));
		if (rows.length === 0) return;
		this.parts.sending(rows.map((row) => row.id));
		try {
			const answer = await link.ask('acts', { acts: rows.map((row) => row.act) });
			if (!isRefused(answer)) return await this.settle(rows, answer.results);
			if (answer.refused.action !== 'wait') {
				throw new LinkError({ kind: 'refused', refusal: answer.refused });
			}
			for (const row of rows) this.wait(row.lane, answer.refused.after);
		} finally {
			this.parts.sending([]);
		}
	}

	/** O5: what was accepted is in the cache before it leaves the outbox, so it is never on neither side. */
	private async settle(rows: OutboxRow[], results: Result[]): Promise<void> {
		const { replica, outbox, note, accepted: tell } = this.parts;
		const byId = new Map(results.map((result) => [result.id, result]));
		const accepted = results.flatMap((result) =>
			result.status === 'later' ? [] : (result.rows ?? [])
		);
		note(await replica.update((states) => applyAccepted(states, accepted)));
		const settlements: Settlement[] = [];
		for (const row of rows) {
			const result = byId.get(row.id);
			const made = result ? this.settlement(row, result) : null;
			if (made) settlements.push(made);
			if (!result) this.wait(row.lane, undefined);
		}
		const taken = results.filter(({ status }) => status === 'accepted').map(({ id }) => id);
		if (taken.length > 0) tell(taken);
		await outbox.settle(settlements);
	}

	/** What becomes of an act by its result; null: it stays as it is, and its lane waits. */
	private settlement(row: OutboxRow, result: Result): Settlement | null {
		if (result.status === 'later') {
			this.wait(row.lane, result.refusal.after);
			return null;
		}
		if (result.status === 'accepted') {
			return { id: row.id, to: 'gone', sent: row.act, edit: this.newId() };
		}
		const { refusal } = result;
		if (refusal.code === 'id_conflict' && refusal.seq !== undefined) {
			const edit = this.editInstead(row);
			if (edit) return edit;
		}
		if (!isUserVisible(row)) return { id: row.id, to: 'gone' };
		return { id: row.id, to: 'refused', refusal };
	}

	/** O6: the id is taken by an older text of the same message: what is different becomes an edit. */
	private editInstead(row: OutboxRow): Settlement | null {
		if (row.act.kind !== 'message.post') return null;
		const { room, body, at } = row.act;
		const act: Act = { kind: 'message.edit', id: this.newId(), at, room, message: row.id, body };
		return { id: row.id, to: 'replaced', act };
	}

	private wait(lane: RoomId, after: number | undefined): void {
		const { clock, random } = this.parts;
		const ms = after ?? LATER;
		this.waits.set(lane, clock.elapsed() + ms + Math.floor(random.next() * (ms / 4)));
	}

	private newId(): ActId {
		return uuid7(this.parts.clock.now(), this.parts.random.bytes(10));
	}
}
