/**
 * Files that were picked for the next message of a conversation: kept on this device until they are sent or
 * taken away. What the browser has no room for stays in this window, and whoever asks is told.
 */
import { MONTH } from '../../db/keep-policies.ts';
import type { Live, OnError } from '../../db/live.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { DraftFiles, LocalFile } from '../../sync/ports-files.ts';
import { StoreError } from '../../sync/ports.ts';
import type { RoomItem } from '../../read-model/views.ts';
import type { Writing } from './act.ts';
import { localFileOf, type Chosen } from './files.ts';

/** A file of a draft, as it was picked. */
export interface DraftFile extends Chosen {
	id: string;
}

export interface ClientDraftFiles {
	/** Whether what is kept outlives this window. */
	readonly isDurable: boolean;
	/**
	 * Keeps a file with the draft of a conversation. Its `kept` is null when the browser could not keep it:
	 * then this window holds it. Resolves with null when the conversation has as many as a message carries.
	 */
	add(room: RoomId, chosen: Omit<Chosen, 'kept'>): Promise<DraftFile | null>;
	/** Those of a conversation, in the order in which they were picked. Rejects with StoreError. */
	of(room: RoomId): Promise<DraftFile[]>;
	/** They were taken away, or sent from this window. Rejects with StoreError. */
	remove(ids: readonly string[]): Promise<void>;
	/**
	 * Removes those of conversations that are not among these, if they were picked before a moment (ms, of this
	 * device). Rejects with StoreError.
	 */
	removeAllBut(rooms: ReadonlySet<RoomId>, before: number): Promise<void>;
	/** Calls back after any change, made by whichever tab; the answer ends it. */
	watch(changed: () => void): () => void;
}

interface Parts {
	/** null: the browser keeps nothing */
	store: DraftFiles | null;
	writing: Writing;
	onError: OnError;
}

/** The file as it was picked; null when the browser has lost its bytes. */
async function fromKept(store: DraftFiles, local: LocalFile): Promise<DraftFile | null> {
	const { id, name, type, width, height, duration = null, poster = null } = local;
	const bytes = await store.bytes(id);
	const file = bytes && new File([bytes], name, { type });
	return file && { id, kept: id, file, width, height, duration, poster };
}

/** Reads those that are kept; one without bytes is nothing any more. */
async function readKept(store: DraftFiles, room: RoomId, onError: OnError): Promise<DraftFile[]> {
	const files: DraftFile[] = [];
	const lost: string[] = [];
	for (const local of await store.of(room)) {
		const file = await fromKept(store, local);
		if (file) files.push(file);
		else lost.push(local.id);
	}
	// Sent by another tab since the list was read, or lost by the browser: removing tells the two apart.
	if (lost.length > 0) await store.remove(lost).catch(onError);
	return files;
}

export function createDraftFiles({ store, writing, onError }: Parts): ClientDraftFiles {
	/** what could not be kept, in the order in which it was picked */
	const held = new Map<string, DraftFile & { room: RoomId }>();

	return {
		isDurable: store !== null,
		async add(room, chosen) {
			const local = await localFileOf(room, chosen);
			const { id } = local;
			try {
				if (!store) throw new StoreError('closed');
				const isKept = await writing(() => store.add(local, chosen.file));
				return isKept ? { ...chosen, id, kept: id } : null;
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				const file = { ...chosen, id, kept: null, room };
				held.set(id, file);
				return file;
			}
		},
		async of(room) {
			const kept = store ? await readKept(store, room, onError) : [];
			return [...kept, ...[...held.values()].filter((one) => one.room === room)];
		},
		async remove(ids) {
			const kept = ids.filter((id) => !held.delete(id));
			if (store && kept.length > 0) await store.remove(kept);
		},
		async removeAllBut(rooms, before) {
			if (!store) return;
			for (const room of await store.rooms()) {
				if (rooms.has(room)) continue;
				const old = (await store.of(room)).filter(({ at }) => at < before);
				await store.remove(old.map(({ id }) => id));
			}
		},
		watch: (changed) => store?.watch(changed) ?? (() => undefined)
	};
}

interface GoneRoomsParts {
	files: Pick<ClientDraftFiles, 'removeAllBut'>;
	rooms: Live<readonly Pick<RoomItem, 'id'>[]>;
	/** whether this device is up to date with the server now: only then a room that is not there is gone */
	isUpToDate: () => boolean;
	/** calls back when that may have changed; the answer ends it */
	watchUpToDate: (changed: () => void) => () => void;
	/** ms, of this device */
	now: () => number;
	onError: OnError;
}

/** Looks once the device is up to date for files of rooms that the person is no longer in; the answer ends it. */
export function forgetFilesOfGoneRooms(parts: GoneRoomsParts): () => void {
	let isOver = false;
	const ends: (() => void)[] = [];
	function end(): void {
		isOver = true;
		for (const one of ends.splice(0)) one();
	}
	function forget(rooms: readonly Pick<RoomItem, 'id'>[]): void {
		if (isOver) return;
		end();
		// A device that has lost its cache, or is just reading it, knows fewer rooms than there are.
		const before = parts.now() - MONTH;
		parts.files.removeAllBut(new Set(rooms.map(({ id }) => id)), before).catch(parts.onError);
	}
	function look(): void {
		if (isOver || ends.length > 1 || !parts.isUpToDate()) return;
		const unfollow = parts.rooms.subscribe(forget);
		if (isOver) unfollow();
		else ends.push(unfollow);
	}
	ends.push(parts.watchUpToDate(look));
	look();
	return end;
}
