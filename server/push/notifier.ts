/** Notifies people who have no page open of what was said, by push. */
import { isSaid, type MessageRow, type Row } from '../../src/lib/protocol/change.ts';
import type { Frame } from '../../src/lib/protocol/down.ts';
import type { RoomId } from '../../src/lib/protocol/ids.ts';
import { isMeant, wants } from '../../src/lib/notify/rules.ts';
import type { Domain } from '../domain/ports.ts';
import { deliverChange, deliverPush, deliverTest, type DeliveryContext } from './deliver-push.ts';
import { PushQueue, type PendingChange, type PendingPush } from './push-queue.ts';
import type { Reader, Told } from './push-store.ts';

/** Readers looked at in one go: a room of thousands must keep nobody waiting. */
const READERS_AT_ONCE = 250;
/** ms after an edit: a row whose edit is older came for another reason, such as a reaction. */
const JUST_NOW = 60_000;

interface NotifierOptions extends DeliveryContext {
	domain: Pick<Domain, 'subscribe'>;
}

const isNews =
	(frame: Frame) =>
	(row: Frame['rows'][number]): row is MessageRow =>
		row.kind === 'message' && row.seq > frame.from && isSaid(row);

/** Whether a message that was there before has other words now. @param now ms */
const isChanged = (frame: Frame, row: Row, now: number): row is MessageRow =>
	row.kind === 'message' &&
	row.seq <= frame.from &&
	// A row is told anew for a reaction, too.
	(row.deleted === true || now - (row.edited ?? 0) < JUST_NOW);

export class Notifier {
	readonly #options: NotifierOptions;
	readonly #queue: PushQueue;
	/** frames that were committed and are still to be looked through, reader by reader */
	readonly #frames: AsyncGenerator<void>[] = [];
	readonly #unsubscribe: () => void;
	#reading = false;
	#closed = false;

	constructor(options: NotifierOptions) {
		const { domain, log } = options;
		this.#options = options;
		this.#queue = new PushQueue(options.clock, (push) => {
			this.#deliver(push).catch((error: unknown) => log.error({ err: error }, 'a push failed'));
		});
		this.#unsubscribe = domain.subscribe(({ frames }) => this.#onFrames(frames));
	}

	/** Sends a notification on trial to all subscriptions of a session; answers how many took it. */
	async test(session: string): Promise<number> {
		const subscriptions = await this.#options.store.ofSession(session);
		const results = await Promise.all(
			subscriptions.map((subscription) => deliverTest(this.#options, subscription))
		);
		return results.filter(Boolean).length;
	}

	close(): void {
		this.#closed = true;
		this.#unsubscribe();
		this.#queue.close();
		this.#options.sender.close();
	}

	async #deliver(push: PendingPush | PendingChange): Promise<void> {
		if ('message' in push) return deliverPush(this.#options, push);
		const again = await deliverChange(this.#options, push);
		if (again && !this.#closed) this.#queue.addChange(again);
	}

	#onFrames(frames: readonly Frame[]): void {
		for (const frame of frames) this.#frames.push(this.#notify(frame));
		if (this.#reading || this.#closed || frames.length === 0) return;
		this.#reading = true;
		// Later: what was committed is acknowledged first.
		this.#readLater();
	}

	#readLater(): void {
		this.#options.clock.after(0, () => void this.#read());
	}

	/** Goes on with the oldest frame, for some readers at a time. */
	async #read(): Promise<void> {
		for (let readers = 0; readers < READERS_AT_ONCE && this.#hasFrames(); readers++) {
			// What goes wrong with one frame must not cost the others.
			try {
				if ((await this.#frames[0]!.next()).done) this.#frames.shift();
			} catch (error) {
				this.#frames.shift();
				if (!this.#closed) this.#options.log.error({ err: error }, 'notifying failed');
			}
		}
		this.#reading = this.#hasFrames();
		if (this.#reading) this.#readLater();
	}

	#hasFrames(): boolean {
		return this.#frames.length > 0 && !this.#closed;
	}

	async *#notify(frame: Frame): AsyncGenerator<void> {
		yield* this.#notifyNews(frame);
		yield* this.#notifyChanges(frame);
	}

	/** Has devices look anew that show what was changed or taken back, or what their person may not see any more. */
	async *#notifyChanges(frame: Frame): AsyncGenerator<void> {
		const { store, clock } = this.#options;
		for (const row of frame.rows) {
			const now = clock.now();
			if (isChanged(frame, row, now)) {
				const isUrgent = row.deleted === true;
				this.#addChanges(row.room, await store.toldOf(row.id, now), { isUrgent, isOut: false });
			} else if (row.kind === 'roomMembership' && row.state === 'out') {
				const told = await store.toldIn(row.id, frame.stream, now);
				this.#addChanges(row.id, told, { isUrgent: true, isOut: true });
			}
			yield;
		}
	}

	#addChanges(
		room: RoomId,
		told: readonly Told[],
		why: Pick<PendingChange, 'isUrgent' | 'isOut'>
	): void {
		for (const { seq, ...subscription } of told) {
			this.#queue.addChange({ subscription, room, seq, tries: 0, ...why });
		}
	}

	/** Queues a push for everybody who wants to be notified; yields after each reader. */
	async *#notifyNews(frame: Frame): AsyncGenerator<void> {
		const { store, clock } = this.#options;
		for (const message of frame.rows.filter(isNews(frame))) {
			const room = await store.room(message.room);
			if (!room) continue;
			const answered = message.reply === undefined ? null : await store.authorOf(message.reply);
			const now = clock.now();
			for (const reader of await store.readers(message.room, message.author, now)) {
				if (wants(reader, room, message, answered, now)) {
					this.#add(reader, frame, message, isMeant(reader, message, answered));
				}
				yield;
			}
		}
	}

	#add(reader: Reader, frame: Frame, message: MessageRow, meant: boolean): void {
		const now = this.#options.clock.now();
		for (const subscription of reader.subscriptions) {
			if (subscription.pausedUntil <= now) {
				this.#queue.add({ subscription, frame, message, meant });
			}
		}
	}
}
