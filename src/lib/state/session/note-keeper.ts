/** The note of who is signed in, as this tab knows it. A browser that cannot keep it keeps it until the tab closes. */
import { EMPTY_NOTE, type DeviceNote, type DeviceStore } from '../../db/device.ts';
import type { OnError } from '../../db/live.ts';
import { StoreError, type Clock } from '../../sync/ports.ts';

/** ms between two readings at the start, when the storage does not answer. */
const READ_AGAIN = 1_000;

interface NoteKeeperParts {
	device: DeviceStore;
	clock: Clock;
	/** called after this tab has changed the note */
	changed: () => void;
	/** called when the storage does not answer at the start */
	blocked: () => void;
	onError: OnError;
}

/** Keeps the note; it is empty until it was read. */
export class NoteKeeper {
	readonly #parts: NoteKeeperParts;
	#note: DeviceNote = EMPTY_NOTE;
	#giveUp = (): void => undefined;

	constructor(parts: NoteKeeperParts) {
		this.#parts = parts;
	}

	get note(): DeviceNote {
		return this.#note;
	}

	/** Changes the note in one transaction; where that fails, here only. */
	async change(make: (note: DeviceNote) => DeviceNote): Promise<void> {
		const { device, changed, onError } = this.#parts;
		try {
			this.#note = await device.change(make);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#note = make(this.#note);
			onError(error);
		}
		changed();
	}

	/** Another tab has changed the note. */
	async read(): Promise<void> {
		try {
			this.#note = await this.#parts.device.read();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#parts.onError(error);
		}
	}

	/**
	 * Whoever is signed in must not be shown the door because the storage does not answer: it is asked again,
	 * until the person wants to go on without it.
	 */
	async readAtStart(): Promise<void> {
		const over = new AbortController();
		const withoutIt = new Promise<void>((resolve) => (this.#giveUp = resolve)).then(() =>
			over.abort()
		);
		await Promise.race([this.#readUntil(over.signal), withoutIt]);
		over.abort();
	}

	/** Ends `readAtStart`: what the storage would have said does not count. */
	giveUp(): void {
		this.#giveUp();
	}

	async #readUntil(over: AbortSignal): Promise<void> {
		const { device, clock, blocked, onError } = this.#parts;
		while (!over.aborted) {
			try {
				const found = await device.read();
				if (!over.aborted) this.#note = found;
				return;
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				onError(error);
				if (error.reason !== 'blocked' || over.aborted) return;
			}
			blocked();
			await new Promise<void>((resolve) => clock.after(READ_AGAIN, resolve));
		}
	}
}
