/** What was shared into the app, or opened with it: waiting for a place, then in the composer there, until it is said. */
import type { DexieShares } from '../../db/dexie-shares.ts';
import type { Live, OnError } from '../../db/live.ts';
import type { PersonId, RoomId } from '../../protocol/ids.ts';
import { takeIn, type Share, type SharedFile } from '../../db/share-intake.ts';
import type { StoreError } from '../../sync/ports.ts';
import type { RoomItem } from '../../read-model/views.ts';
import { canPost } from './can-post.ts';
import { OpenedShares } from './opened-shares.ts';

export type { LeftOut, Share, SharedFile } from '../../db/share-intake.ts';

/** Every verb that writes rejects with StoreError. */
export interface Shares {
	/**
	 * What waits for a place, the oldest first: this person's, what came while nobody was signed in included. So
	 * does what was placed where one cannot write any more.
	 */
	waiting(): Live<Share[]>;
	/** Why none of it can be read, or null: it can be, or nobody has tried yet. */
	readonly error: Live<StoreError | null>;
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
	onError: OnError;
}

/** Windows side by side must not both write the same words. */
const LOCK = 'roost-share';

/**
 * What waits for a place. Where one may write is asked only when something was placed: mostly nothing is.
 * @param mine all shares of this person
 */
function waitingOf(mine: Live<Share[]>, rooms: Parts['rooms']): Live<Share[]> {
	return {
		subscribe(run) {
			let shares: Share[] = [];
			let postable: ReadonlySet<RoomId> | null = null;
			let unfollowRooms: (() => void) | null = null;
			const tell = (): void => {
				if (!unfollowRooms && shares.some(({ room }) => room !== null)) followRooms();
				run(shares.filter(({ room }) => room === null || (postable && !postable.has(room))));
			};
			const followRooms = (): void => {
				unfollowRooms = () => undefined;
				unfollowRooms = rooms().subscribe((found) => {
					postable = new Set(found.filter(canPost).map(({ id }) => id));
					tell();
				});
			};
			const unfollow = mine.subscribe((found) => {
				shares = found;
				tell();
			});
			return () => {
				unfollow();
				unfollowRooms?.();
			};
		}
	};
}

/** Hands the words of a share over and forgets them, if there are any. */
async function takeText(
	shares: DexieShares,
	id: string,
	write: (text: string) => Promise<void>
): Promise<void> {
	const text = (await shares.all()).find((share) => share.id === id)?.text ?? '';
	if (text === '') return;
	await write(text);
	await shares.takeText(id);
}

/** Makes the verbs of one account. */
export function createShares({ me, open, rooms, now, makeId, onError }: Parts): Shares {
	const opened = new OpenedShares({ me, open, onError });
	const isMine = ({ account }: Share): boolean => account === me;
	const inTurn = async (run: () => Promise<void>): Promise<void> =>
		navigator.locks ? navigator.locks.request(LOCK, run) : run();

	return {
		waiting: () => waitingOf(opened.follow(isMine), rooms),
		error: opened.error,
		inRoom: (room) => opened.follow((share) => isMine(share) && share.room === room),
		file: async (file) => (await opened.get()).file(file),
		keep: async (files) => (await opened.get()).add(takeIn({ files }), me, now(), makeId),
		place: async (id, room) => (await opened.get()).place(id, room, me),
		takeText: (id, write) => inTurn(async () => takeText(await opened.get(), id, write)),
		removeFiles: async (ids) => (await opened.get()).removeFiles(ids),
		release: async (ids) => (await opened.get()).release(ids, makeId),
		discard: async (id) => (await opened.get()).remove(id),
		end: () => opened.end()
	};
}
