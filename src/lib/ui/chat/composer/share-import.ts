/**
 * What was shared into the app for the room that is open: its words join what is being written, its files
 * the strip. Both stay kept until they are sent or taken away, so that a window which is closed half-way
 * loses nothing.
 */
import type { Live, Share, Shares } from '../../../state/client/client-types.ts';
import type { Attached } from './attached.ts';

/** What of the store is used here. */
export type SharedSource = Pick<Shares, 'file' | 'takeText' | 'removeFiles' | 'release'> & {
	shares: Live<Share[]>;
};

/** The composer's part. */
export interface SharedPorts {
	/** Adds words to what is written; resolves once the draft is kept, rejects when it cannot be. */
	write(text: string): Promise<void>;
	/** Adds files to the strip; resolves once they were looked at, with those that cannot be sent now. */
	attach(files: File[]): Promise<readonly File[]>;
	/** What is in the strip now. */
	attached(): readonly Attached[];
	/** Takes a file out of the strip. */
	remove(key: number): void;
	failed(error: unknown): void;
}

/**
 * What was written with words added. A window that was closed between keeping the draft and letting go of
 * the share has them already. Pure.
 */
export function joined(before: string, words: string): string {
	if (before === '') return words;
	return before === words || before.endsWith(`\n${words}`) ? before : `${before}\n${words}`;
}

export class ShareImport {
	readonly #source: SharedSource;
	readonly #ports: SharedPorts;
	/** files of shares that stand in the strip, or are being sent -> their id */
	readonly #ids = new Map<File, string>();
	readonly #texts = new Set<string>();
	#turn: Promise<void> = Promise.resolve();

	constructor(source: SharedSource, ports: SharedPorts) {
		this.#source = source;
		this.#ports = ports;
	}

	/** Takes over what is there and what comes; the answer ends it. */
	follow(): () => void {
		let over = false;
		const unsubscribe = this.#source.shares.subscribe((shares) => {
			this.#turn = this.#turn
				.then(() => (over ? undefined : this.#take(shares)))
				.catch((error: unknown) => this.#ports.failed(error));
		});
		return () => {
			over = true;
			unsubscribe();
		};
	}

	/** These files of the strip were sent or taken away: they are kept no longer. Rejects with StoreError. */
	async settled(files: readonly Attached[]): Promise<void> {
		const ids = files.flatMap(({ file }) => this.#ids.get(file) ?? []);
		if (ids.length === 0) return;
		await this.#source.removeFiles(ids);
		// Not before: a change of the shares that is told meanwhile would bring them back.
		for (const { file } of files) this.#ids.delete(file);
	}

	async #take(shares: Share[]): Promise<void> {
		await this.#takeFiles(shares);
		for (const { id, text } of shares) {
			if (text === '' || this.#texts.has(id)) continue;
			this.#texts.add(id);
			await this.#source.takeText(id, (words) => this.#ports.write(words));
		}
	}

	async #takeFiles(shares: Share[]): Promise<void> {
		const wanted = shares.flatMap(({ files }) => files);
		const kept = new Set(wanted.map(({ id }) => id));
		// Sent or taken away in another window.
		for (const { key, file } of this.#ports.attached()) {
			const id = this.#ids.get(file);
			if (id !== undefined && !kept.has(id)) this.#ports.remove(key);
		}
		const here = new Set(this.#ids.values());
		const files: File[] = [];
		for (const one of wanted.filter(({ id }) => !here.has(id))) {
			const file = await this.#source.file(one);
			if (!file) {
				// The browser has dropped its bytes: nothing can become of it.
				await this.#source.removeFiles([one.id]);
				continue;
			}
			this.#ids.set(file, one.id);
			files.push(file);
		}
		if (files.length > 0) await this.#giveBack(await this.#ports.attach(files));
	}

	/** What cannot go from here is seen and thrown away, or sent later, where shares wait for a place. */
	async #giveBack(files: readonly File[]): Promise<void> {
		if (files.length === 0) return;
		await this.#source.release(files.flatMap((file) => this.#ids.get(file) ?? []));
		for (const file of files) this.#ids.delete(file);
	}
}
