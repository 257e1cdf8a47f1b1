/** The database of shares: opened at first use, because most starts have nothing to do with it. */
import type { DexieShares } from '../../db/dexie-shares.ts';
import { liveValue, writable, type Live, type OnError } from '../../db/live.ts';
import type { Share } from '../../db/share-intake.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { StoreError } from '../../sync/ports.ts';

interface OpenedSharesParts {
	me: PersonId;
	open: () => Promise<DexieShares>;
	onError: OnError;
}

/** One account's way to the database. */
export class OpenedShares {
	/** Why it cannot be opened, or null: it can be, or nobody has tried yet. */
	readonly error = writable<StoreError | null>(null);
	readonly #parts: OpenedSharesParts;
	#opening: Promise<DexieShares> | null = null;
	#hasEnded = false;

	constructor(parts: OpenedSharesParts) {
		this.#parts = parts;
	}

	/** The database; rejects with StoreError when it cannot be opened. */
	get(): Promise<DexieShares> {
		if (this.#opening) return this.#opening;
		this.#opening = this.#open();
		this.#opening.then(
			() => this.error.set(null),
			(refused: unknown) => {
				// A refusal is not kept: the next use tries again.
				this.#opening = null;
				if (refused instanceof StoreError) this.error.set(refused);
			}
		);
		return this.#opening;
	}

	/** Follows the shares that are wanted, the oldest first. */
	follow(wanted: (share: Share) => boolean): Live<Share[]> {
		return {
			subscribe: (run) => {
				let unsubscribe: (() => void) | null = null;
				let isOver = false;
				this.get().then((shares) => {
					if (isOver || this.#hasEnded) return;
					unsubscribe = this.#all(shares).subscribe((found) => run(found.filter(wanted)));
				}, this.#parts.onError);
				return () => {
					isOver = true;
					unsubscribe?.();
				};
			}
		};
	}

	/** Ends all use. */
	end(): void {
		this.#hasEnded = true;
		this.#opening?.then(
			(shares) => shares.close(),
			() => undefined
		);
	}

	/** From here on it is wiped, and warned of, with the account: whoever comes next must not read it. */
	async #open(): Promise<DexieShares> {
		const { me, open, onError } = this.#parts;
		const shares = await open();
		// On a device without room for that it stays nobody's: shown to nobody, lost for nobody.
		await shares.adopt(me).catch(onError);
		return shares;
	}

	#all(shares: DexieShares): Live<Share[]> {
		return liveValue(
			() => shares.all(),
			[(changed) => shares.watch(changed)],
			(error) => !this.#hasEnded && this.#parts.onError(error)
		);
	}
}
