/** Search over what the browser keeps, in the page: where no worker can be started. */
import type { OnError } from '../../db/live.ts';
import type { DeviceIndex } from '../../db/search/device-index.ts';
import { browserClock } from '../../net/browser.ts';
import type { PersonId } from '../../protocol/ids.ts';

/** ms between two steps of building in the page, each of some 5 ms. */
const STEP_EVERY = 50;

async function load(account: PersonId, onError: OnError): Promise<DeviceIndex> {
	const { DeviceIndex: Index } = await import('../../db/search/device-index.ts');
	const pause = () => new Promise<void>((resolve) => void browserClock.after(STEP_EVERY, resolve));
	return new Index({ account, clock: browserClock, pause, onError });
}

export class PageSearch {
	readonly #load: () => Promise<DeviceIndex>;
	/** null: it was not needed, or could not be loaded */
	#index: Promise<DeviceIndex> | null = null;
	#isBuilding = false;
	#isClosed = false;

	/** Nothing of it is loaded before it is wanted. @param onError called when building stops */
	constructor(account: PersonId, onError: OnError) {
		this.#load = () => load(account, onError);
	}

	/** Rejects when its code cannot be fetched; the next call tries again. */
	open(): Promise<DeviceIndex> {
		this.#index ??= this.#load().catch((error: unknown) => {
			this.#index = null;
			throw error;
		});
		return this.#index;
	}

	/**
	 * Keeps the index up to date, or no longer. When the code cannot be fetched, because the server was away before
	 * this device had the app, whoever searches is told; building goes on when it is called again.
	 */
	build(on: boolean): void {
		this.#isBuilding = on;
		if (on || this.#index) this.#settle();
	}

	/** Ends it for good. */
	close(): void {
		this.#isClosed = true;
		if (this.#index) this.#settle();
	}

	#settle(): void {
		this.open().then(
			(index) => (this.#isClosed ? index.close() : index.build(this.#isBuilding)),
			() => undefined
		);
	}
}
