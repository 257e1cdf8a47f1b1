/** What was shared into the app, or opened with it: waiting for a place, then in the composer there, until it is said. */
import type { DexieShares } from '../db/dexie-shares.ts';
import { cell, live, type Live } from '../db/live.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import type { Share, SharedFile } from '../sync/share-intake.ts';
import { takeIn } from '../sync/share-intake.ts';
import { StoreError } from '../sync/ports.ts';
import type { RoomItem } from './client-types.ts';
import { isWritable } from './writable.ts';

export type { LeftOut, Share, SharedFile } from '../sync/share-intake.ts';

/** Every verb that writes rejects with StoreError. */
export interface Shares {
	/**
	 * What waits for a place, the oldest first: this person's, and what came while nobody was signed in. So
	 * does what was placed where one cannot write any more.
	 */
	waiting(): Live<Share[]>;
	/** Why none of it can be read, or null: it can be, or nobody has tried yet. */
	readonly fault: Live<StoreError | null>;
	/** What is to be said in a room and is not said yet. */
	inRoom(room: RoomId): Live<Share[]>;
	/** A file of a share; null when it is gone. */
	file(file: SharedFile): Promise<File | null>;
	/** Keeps files that the app was opened with; answers the share's id, or null when too many wait already. */
	keep(files: readonly File[]): Promise<string | null>;
	/** It is to be said in this room. */
	place(id: string, room: RoomId): Promise<void>;
	/**
	 * Hands its words over, once, whichever window asks first; they are forgotten when `write` has kept
	 * them elsewhere. What `write` rejects with comes through, and the words stay.
	 */
	takeText(id: string, write: (text: string) => Promise<void>): Promise<void>;
	/** These files of shares were sent, or taken away. */
	removeFiles(ids: readonly string[]): Promise<void>;
	/** These files cannot be sent from where they were placed: they wait for a place again. */
	release(ids: readonly string[]): Promise<void>;
	discard(id: string): Promise<void>;
	/** Ends all use. */
	end(): void;
}

interface Parts {
	me: PersonId;
	/** opened at first use: most starts have nothing to do with it */
	open: () => Promise<DexieShares>;
	rooms: () => Live<readonly Pick<RoomItem, 'id' | 'state' | 'direct'>[]>;
	now: () => number;
	makeId: () => string;
	complain: (fault: unknown) => void;
}

/** Windows side by side must not both write the same words. */
const LOCK = 'roost-share';

/** Makes the verbs of one account. */
export function createShares({ me, open, rooms, now, makeId, complain }: Parts): Shares {
	let opening: Promise<DexieShares> | null = null;
	let ended = false;
	const fault = cell<StoreError | null>(null);
	const isMine = ({ account }: Share): boolean => account === me;

	/** From here on it is wiped, and warned of, with the account: whoever comes next must not read it. */
	async function openMine(): Promise<DexieShares> {
		const shares = await open();
		// On a device without room for that it stays nobody's: shown to nobody, lost for nobody.
		await shares.adopt(me).catch(complain);
		return shares;
	}

	function store(): Promise<DexieShares> {
		if (opening) return opening;
		opening = openMine();
		opening.then(
			() => fault.set(null),
			(refused: unknown) => {
				// A refusal is not kept: the next use tries again.
				opening = null;
				if (refused instanceof StoreError) fault.set(refused);
			}
		);
		return opening;
	}

	/** Follows what is kept; the database is opened by then. */
	function follow(wanted: (share: Share) => boolean): Live<Share[]> {
		return {
			subscribe(run) {
				let unsubscribe: (() => void) | null = null;
				let over = false;
				store().then((shares) => {
					if (over || ended) return;
					const all = live(
						() => shares.all(),
						[(changed) => shares.watch(changed)],
						(fault) => !ended && complain(fault)
					);
					unsubscribe = all.subscribe((found) => run(found.filter(wanted)));
				}, complain);
				return () => {
					over = true;
					unsubscribe?.();
				};
			}
		};
	}

	/** Where one may write is asked only when something was placed: mostly nothing is. */
	function waiting(): Live<Share[]> {
		return {
			subscribe(run) {
				let mine: Share[] = [];
				let writable: ReadonlySet<RoomId> | null = null;
				let isAsked = false;
				let unfollow = (): void => undefined;
				const tell = (): void => {
					if (!isAsked && mine.some(({ room }) => room !== null)) ask();
					run(mine.filter(({ room }) => room === null || (writable && !writable.has(room))));
				};
				const ask = (): void => {
					isAsked = true;
					unfollow = rooms().subscribe((found) => {
						writable = new Set(found.filter(isWritable).map(({ id }) => id));
						tell();
					});
				};
				const end = follow(isMine).subscribe((found) => {
					mine = found;
					tell();
				});
				return () => {
					end();
					unfollow();
				};
			}
		};
	}

	async function takeText(id: string, write: (text: string) => Promise<void>): Promise<void> {
		const shares = await store();
		const text = (await shares.all()).find((share) => share.id === id)?.text ?? '';
		if (text === '') return;
		await write(text);
		await shares.takeText(id);
	}

	return {
		waiting,
		fault,
		inRoom: (room) => follow((share) => isMine(share) && share.room === room),
		file: async (file) => (await store()).file(file),
		keep: async (files) => (await store()).add(takeIn({ files }), me, now(), makeId),
		place: async (id, room) => (await store()).place(id, room, me),
		takeText: (id, write) =>
			navigator.locks
				? navigator.locks.request(LOCK, () => takeText(id, write))
				: takeText(id, write),
		removeFiles: async (ids) => (await store()).removeFiles(ids),
		release: async (ids) => (await store()).release(ids, makeId),
		discard: async (id) => (await store()).remove(id),
		end() {
			ended = true;
			opening?.then(
				(shares) => shares.close(),
				() => undefined
			);
		}
	};
}
