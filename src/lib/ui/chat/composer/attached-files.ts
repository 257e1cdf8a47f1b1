/**
 * The files that go with what is written, as they stand in the strip: kept with the draft before they count as
 * safe, and the same in every tab of the conversation.
 */
import { m } from '../../../i18n/messages.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import type { Chosen, ClientDraftFiles, DraftFile } from '../../../state/client/client-types.ts';
import type { Attached, Facts } from './attached.ts';

/** The files of one conversation's draft, on this device; see ClientDraftFiles. */
export interface FilesOfDraft extends Pick<ClientDraftFiles, 'isDurable' | 'remove' | 'watch'> {
	add(chosen: Omit<Chosen, 'kept'>): Promise<DraftFile | null>;
	list(): Promise<DraftFile[]>;
}

/** The browser's part, and the screen's. */
interface AttachedPorts {
	/** Why a file cannot go, in words, or null. */
	reasonAgainst(file: File, others: readonly Attached[]): Promise<string | null>;
	/** What a file is shown by. */
	factsOf(file: File): Promise<Facts>;
	face(file: File, facts: Facts): Pick<Attached, 'url' | 'asFile'>;
	revoke(url: string): void;
	/** What stands in the strip from now on. */
	show(items: readonly Attached[]): void;
	/** What could not be added or kept, and what has been added, in words. */
	tell(faults: readonly string[], news: readonly string[]): void;
	/** Something could not be read or removed. */
	failed(error: unknown): void;
}

let count = 0;
const faultText = (file: File, reason: string): string => m.file_fault({ name: file.name, reason });

export class AttachedFiles {
	readonly #files: FilesOfDraft;
	readonly #ports: AttachedPorts;
	#items: readonly Attached[] = [];
	/** ids that this tab is sending or has taken away: they do not come back while that is under way */
	readonly #away = new Set<string>();
	/** keys of those that were taken away while they were being kept */
	readonly #unwanted = new Set<number>();
	/** one after the other: what is added, and what other tabs have changed */
	#turn: Promise<unknown> = Promise.resolve();
	/** what is being taken away */
	#removals: Promise<unknown> = Promise.resolve();
	/** how many that were to be taken away are still there */
	#failedRemovals = 0;
	#isOver = false;

	constructor(files: FilesOfDraft, ports: AttachedPorts) {
		this.#files = files;
		this.#ports = ports;
	}

	/** Shows what is kept, and follows other tabs; the answer ends it: what is being kept then is kept all the same. */
	follow(): () => void {
		const refresh = (): void => {
			this.#inTurn(() => this.#refresh()).catch((error: unknown) => this.#ports.failed(error));
		};
		const unwatch = this.#files.watch(refresh);
		refresh();
		return () => {
			this.#isOver = true;
			unwatch();
			this.#revoke(this.#items);
		};
	}

	/** Adds files after those that are there; resolves with those that cannot be sent, once the others are kept. */
	add(files: readonly File[]): Promise<readonly File[]> {
		return this.#inTurn(() => this.#add(files, true));
	}

	/** Adds files that are kept elsewhere until they are sent. */
	addShared(files: readonly File[]): Promise<readonly File[]> {
		return this.#inTurn(() => this.#add(files, false));
	}

	/**
	 * Resolves once everything that was added has been looked at and kept, and what was taken away is gone; with
	 * false when something could not be taken away meanwhile, which was told.
	 */
	async settled(): Promise<boolean> {
		const failedBefore = this.#failedRemovals;
		let turn: unknown;
		let removals: unknown;
		do {
			turn = this.#turn;
			removals = this.#removals;
			await Promise.all([turn, removals]);
		} while (turn !== this.#turn || removals !== this.#removals);
		return this.#failedRemovals === failedBefore;
	}

	/**
	 * Takes a file away. It goes from the strip when the device has forgotten it: what is seen gone stays gone,
	 * also when the window is closed at once.
	 * @param forgotten what else keeps it lets go of it; rejects when it cannot, which was told already
	 */
	remove(key: number, forgotten: Promise<void> = Promise.resolve()): void {
		const gone = this.#items.find((one) => one.key === key);
		if (!gone) return;
		if (gone.isBusy) {
			this.#unwanted.add(key);
			this.#drop([key]);
			return;
		}
		const removal = this.#removed(gone, forgotten);
		this.#removals = Promise.all([this.#removals, removal]);
	}

	/** Empties the strip; what was in it goes on its way, or comes back by `restore`. */
	take(): readonly Attached[] {
		const taken = this.#items;
		for (const { id } of taken) if (id !== null) this.#away.add(id);
		this.#show([]);
		return taken;
	}

	/** They could not be sent: back they go, before whatever was added since. */
	restore(taken: readonly Attached[]): void {
		for (const { id } of taken) if (id !== null) this.#away.delete(id);
		this.#show([...taken, ...this.#items]);
		this.#inTurn(() => this.#refresh()).catch((error: unknown) => this.#ports.failed(error));
	}

	/** They were sent: the message has taken those that were kept, the others are let go of. */
	release(taken: readonly Attached[]): void {
		this.#revoke(taken);
		this.#forget(taken.flatMap(({ id, kept }) => (kept === null && id !== null ? id : [])));
	}

	#inTurn<T>(run: () => Promise<T>): Promise<T> {
		const turn = this.#turn.then(run);
		// Told to whoever waits for `turn`.
		this.#turn = turn.catch(() => undefined);
		return turn;
	}

	#show(items: readonly Attached[]): void {
		this.#items = items;
		if (!this.#isOver) this.#ports.show(items);
	}

	#revoke(items: readonly Attached[]): void {
		for (const { url } of items) if (url !== null) this.#ports.revoke(url);
	}

	async #removed({ key, id }: Attached, forgotten: Promise<void>): Promise<void> {
		try {
			if (id !== null) await this.#removeKept(id);
			await forgotten;
		} catch {
			// Told by whoever failed.
			this.#failedRemovals++;
			return;
		}
		this.#drop([key]);
	}

	/** Rejects when it could not be, and tells so. */
	async #removeKept(id: string): Promise<void> {
		this.#away.add(id);
		try {
			await this.#files.remove([id]);
		} catch (error) {
			this.#away.delete(id);
			this.#ports.failed(error);
			throw error;
		}
	}

	#forget(ids: readonly string[]): void {
		if (ids.length === 0) return;
		for (const id of ids) this.#away.add(id);
		this.#files.remove(ids).catch((error: unknown) => this.#ports.failed(error));
	}

	async #add(files: readonly File[], isToKeep: boolean): Promise<readonly File[]> {
		const left: File[] = [];
		const faults: string[] = [];
		const news: string[] = [];
		for (const file of files) {
			const added = await this.#addOne(file, isToKeep, faults);
			if (!added) {
				left.push(file);
				continue;
			}
			news.push(m.attachment_added({ name: file.name }));
			if (added.asFile) news.push(m.attachment_as_file());
		}
		if (!this.#isOver) this.#ports.tell([...new Set(faults)], news);
		return left;
	}

	/** @param faults takes what is to be told */
	async #addOne(file: File, isToKeep: boolean, faults: string[]): Promise<Attached | null> {
		if (this.#items.length >= LIMITS.filesMax) {
			faults.push(m.files_too_many({ count: LIMITS.filesMax }));
			return null;
		}
		const reason = await this.#ports.reasonAgainst(file, this.#items);
		if (reason !== null) {
			faults.push(faultText(file, reason));
			return null;
		}
		const item = this.#itemOf({ file, ...(await this.#ports.factsOf(file)), kept: null }, null);
		this.#show([...this.#items, { ...item, isBusy: isToKeep, isSafe: !isToKeep }]);
		if (!isToKeep) return item;
		const fault = await this.#keep(item);
		if (fault !== null) faults.push(fault);
		// It may have been taken away meanwhile.
		return this.#items.some(({ key }) => key === item.key) ? item : null;
	}

	/** @returns what is to be told, or null: it is kept */
	async #keep(item: Attached): Promise<string | null> {
		const { key, file, width, height, duration, poster } = item;
		let kept: DraftFile | null;
		try {
			kept = await this.#files.add({ file, width, height, duration, poster });
		} catch (error) {
			// What a browser says of a file that was changed, moved or deleted since it was picked.
			if (!(error instanceof DOMException)) throw error;
			this.#drop([key]);
			return faultText(file, m.file_changed());
		}
		if (!kept) {
			this.#drop([key]);
			return m.files_too_many({ count: LIMITS.filesMax });
		}
		if (this.#unwanted.delete(key)) {
			this.#forget([kept.id]);
			return null;
		}
		const now = this.#safety(kept);
		this.#show(this.#items.map((one) => (one.key === key ? { ...one, ...now } : one)));
		// Where nothing is kept at all that is told elsewhere.
		if (now.isSafe || !this.#files.isDurable) return null;
		return faultText(file, m.attachment_in_memory());
	}

	#safety({ id, kept }: DraftFile): Pick<Attached, 'id' | 'kept' | 'isBusy' | 'isSafe'> {
		return { id, kept, isBusy: false, isSafe: kept !== null };
	}

	#itemOf({ file, kept, ...facts }: Chosen, id: string | null): Attached {
		const { width, height, duration, poster } = facts;
		const face = this.#isOver
			? { url: null, asFile: false }
			: this.#ports.face(file, { width, height, duration, poster });
		const known = { file, kept, width, height, duration, poster };
		return { ...known, ...face, key: ++count, id, isBusy: false, isSafe: kept !== null };
	}

	#drop(keys: readonly number[]): void {
		const gone = this.#items.filter(({ key }) => keys.includes(key));
		this.#revoke(gone);
		this.#show(this.#items.filter((one) => !gone.includes(one)));
	}

	/** Takes over what other tabs have added, sent or taken away. */
	async #refresh(): Promise<void> {
		if (this.#isOver) return;
		// What is sent or removed here meanwhile is no longer among the items; what is added here waits.
		const before = this.#items;
		const there = await this.#files.list();
		if (this.#isOver) return;
		const ids = new Set(there.map(({ id }) => id));
		const gone = before.filter(({ id }) => id !== null && !ids.has(id));
		this.#drop(gone.map(({ key }) => key));
		const here = new Set(this.#items.map(({ id }) => id));
		const news = there.filter(({ id }) => !here.has(id) && !this.#away.has(id));
		if (news.length > 0)
			this.#show([...this.#items, ...news.map((one) => this.#itemOf(one, one.id))]);
	}
}
