/** Writes what the person does into the outbox, and changes what waits there. */
import type { ActId, MessageId, PersonId, RoomId, StreamId } from '../../protocol/ids.ts';
import { laneOf, type Act } from '../../protocol/up.ts';
import type { Clock, OutboxRow, OutboxStore, Random } from '../ports.ts';
import { createAct, superseded, type ActDraft } from './create-act.ts';
import { UnsavedActs } from './unsaved-acts.ts';

interface ActQueueParts {
	me: PersonId;
	outbox: OutboxStore;
	clock: Clock;
	random: Random;
}

/** Words of one's own. Files and what is passed on are shown once this device has them with their act. */
function isShownUnsaved(act: Act): boolean {
	return act.kind === 'message.post' && act.forward === undefined && (act.files ?? []).length === 0;
}

/** An act as the outbox will have it; it comes after all that is there. */
function unsavedRow(act: Act, lane: StreamId): OutboxRow {
	const { id, at } = act;
	return { order: Infinity, id, lane, act, state: 'queued', refusal: null, at, tries: 0 };
}

/** The queue of one account's acts, as any tab writes it. Every method rejects with StoreError. */
export class ActQueue {
	/** what is being written, for screens to show at once */
	readonly unsaved = new UnsavedActs();
	private readonly parts: ActQueueParts;

	constructor(parts: ActQueueParts) {
		this.parts = parts;
	}

	/**
	 * Resolves once the act is durable on this device; when it rejects, nothing was done.
	 * @param picked draft files that go with it
	 */
	async add(draft: ActDraft, picked: readonly string[] = []): Promise<ActId> {
		const { me, outbox, clock, random } = this.parts;
		const act = createAct(draft, clock, random);
		const lane = laneOf(act, me);
		const write = async (): Promise<unknown> =>
			outbox.add(act, lane, act.at, superseded(act, await this.olderThan(act)), picked);
		await (isShownUnsaved(act) ? this.unsaved.during(unsavedRow(act, lane), write) : write());
		return act.id;
	}

	/** Another text for a message that is still queued; false when it is gone from the queue. */
	async rewrite(id: MessageId, body: string): Promise<boolean> {
		const row = await this.find(id);
		if (row?.act.kind !== 'message.post') return false;
		return this.parts.outbox.rewrite(id, { ...row.act, body });
	}

	/** Takes a message back: out of the queue if it never left, else by an act that follows it. */
	async recall(room: RoomId, id: MessageId): Promise<void> {
		if (await this.parts.outbox.discard(id, true)) return;
		await this.add({ kind: 'message.recall', room, message: id });
	}

	/** Puts a refused act at the end of its lane under a new id; false when it is gone. */
	async retry(id: ActId): Promise<boolean> {
		const { outbox, clock, random } = this.parts;
		const row = await this.find(id);
		if (!row) return false;
		const { id: _old, at: _at, ...draft } = row.act;
		const act = createAct(draft as ActDraft, clock, random);
		return outbox.renew(id, act, act.at);
	}

	/** Gives an act up. */
	async discard(id: ActId): Promise<void> {
		await this.parts.outbox.discard(id);
	}

	private async find(id: ActId): Promise<OutboxRow | undefined> {
		return (await this.parts.outbox.all()).find((row) => row.id === id);
	}

	/** Only some acts overtake others, and only for those the queue has to be looked at. */
	private async olderThan({ kind }: Act): Promise<OutboxRow[]> {
		return kind === 'message.post' ? [] : this.parts.outbox.all();
	}
}
