/** What was shared into the app, or opened with it: waiting for a place, then in the composer there, until it is said. */
import type { DexieShares } from '../db/dexie-shares.ts';
import { live, type Live } from '../db/live.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import type { Share, SharedFile } from '../sync/share-intake.ts';
import { takeIn } from '../sync/share-intake.ts';

export type { LeftOut, Share, SharedFile } from '../sync/share-intake.ts';

/** Every verb that writes rejects with StoreError. */
export interface Shares {
	/** What waits for a place, the oldest first: this person's, and what came while nobody was signed in. */
	waiting(): Live<Share[]>;
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
	discard(id: string): Promise<void>;
	/** Ends all use. */
	end(): void;
}

interface Parts {
	me: PersonId;
	/** opened at first use: most starts have nothing to do with it */
	open: () => Promise<DexieShares>;
	now: () => number;
	makeId: () => string;
	complain: (fault: unknown) => void;
}

/** Windows side by side must not both write the same words. */
const LOCK = 'roost-share';

/** Makes the verbs of one account. */
export function createShares({ me, open, now, makeId, complain }: Parts): Shares {
	let opening: Promise<DexieShares> | null = null;
	let ended = false;

	/** From here on it is wiped, and warned of, with the account: whoever comes next must not read it. */
	async function openMine(): Promise<DexieShares> {
		const shares = await open();
		// On a device without room for that it stays nobody's: shown to nobody, lost for nobody.
		await shares.adopt(me).catch(complain);
		return shares;
	}

	function store(): Promise<DexieShares> {
		opening ??= openMine();
		// A refusal is not kept: the next use tries again.
		opening.catch(() => (opening = null));
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

	async function takeText(id: string, write: (text: string) => Promise<void>): Promise<void> {
		const shares = await store();
		const text = (await shares.all()).find((share) => share.id === id)?.text ?? '';
		if (text === '') return;
		await write(text);
		await shares.takeText(id);
	}

	const isMine = ({ account }: Share): boolean => account === me;
	return {
		waiting: () => follow((share) => isMine(share) && share.room === null),
		inRoom: (room) => follow((share) => isMine(share) && share.room === room),
		file: async (file) => (await store()).file(file),
		keep: async (files) => (await store()).add(takeIn({ files }), me, now(), makeId),
		place: async (id, room) => (await store()).place(id, room, me),
		takeText: (id, write) =>
			navigator.locks
				? navigator.locks.request(LOCK, () => takeText(id, write))
				: takeText(id, write),
		removeFiles: async (ids) => (await store()).removeFiles(ids),
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
