/**
 * What this browser knows before any account is opened: who is signed in, and what is still owed to
 * a sign-out. A database of its own, because the service worker needs it too. Written on IndexedDB
 * itself: the door must open before the store's library is loaded.
 */
import type { Account } from '../protocol/http.ts';
import type { PersonId } from '../protocol/ids.ts';
import { StoreError } from '../sync/ports.ts';
import { toStoreError } from './store-error.ts';

/** Whoever is signed in on this browser. */
export interface SignedIn {
	account: Account;
	/** this device's uid, new with every signing in */
	device: string;
	/** the server ended the session: nothing is sent until the same person signs in again */
	sealed: boolean;
}

/** All of it. */
export interface DeviceNote {
	signedIn: SignedIn | null;
	/** the server has not heard yet of a sign-out done offline: its cookie must not sign anybody in */
	signOutOwed: boolean;
	/** accounts whose data are to be deleted, in case a tab died in the middle of it */
	wipe: PersonId[];
}

export const EMPTY_NOTE: DeviceNote = { signedIn: null, signOutOwed: false, wipe: [] };

/** Keeps a note. Both verbs reject with StoreError when the browser refuses. */
export interface NoteStore<T> {
	read(): Promise<T>;
	/** Changes the note in one transaction; answers what it has become. */
	change(make: (note: T) => T): Promise<T>;
}

/** Keeps who is signed in. */
export type DeviceStore = NoteStore<DeviceNote>;

const DATABASE = 'roost-device';
const TABLE = 'notes';
const KEY = 'device';
/** ms the browser has to open it; it is tiny, so longer means that it will not. */
const OPEN_WITHIN = 3_000;

/** Makes the store; the database is opened on first use. */
export const deviceStore = (factory?: IDBFactory): DeviceStore =>
	noteStore(KEY, EMPTY_NOTE, factory);

/**
 * Makes the store of one note; the database is opened on first use.
 * @param empty the note while there is none
 */
export function noteStore<T>(
	key: string,
	empty: T,
	factory: IDBFactory | undefined = globalThis.indexedDB
): NoteStore<T> {
	let opening: Promise<IDBDatabase> | null = null;

	function opened(): Promise<IDBDatabase> {
		opening ??= open(factory, () => {
			opening = null;
		});
		// A refusal is not kept: the next use tries again.
		opening.catch(() => {
			opening = null;
		});
		return opening;
	}

	/** Runs one transaction; resolves when what it wrote is on the disk. */
	async function transact(mode: IDBTransactionMode, make: (note: T) => T): Promise<T> {
		const db = await opened();
		return new Promise((resolve, reject) => {
			const transaction = db.transaction(TABLE, mode, { durability: 'strict' });
			const table = transaction.objectStore(TABLE);
			const held: IDBRequest<T | undefined> = table.get(key);
			let note = empty;
			held.onsuccess = () => {
				note = make(held.result ?? empty);
				if (mode === 'readwrite') table.put(note, key);
			};
			transaction.oncomplete = () => resolve(note);
			transaction.onabort = () => reject(toStoreError(transaction.error));
		});
	}

	return {
		read: () => guardedBy(() => transact('readonly', (note) => note)),
		change: (make) => guardedBy(() => transact('readwrite', make))
	};
}

async function guardedBy<T>(run: () => Promise<T>): Promise<T> {
	try {
		return await run();
	} catch (error) {
		throw toStoreError(error);
	}
}

function open(factory: IDBFactory | undefined, lost: () => void): Promise<IDBDatabase> {
	if (!factory) return Promise.reject(new StoreError('broken'));
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new StoreError('blocked')), OPEN_WITHIN);
		const request = factory.open(DATABASE, 1);
		request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
		request.onerror = () => {
			clearTimeout(timer);
			reject(toStoreError(request.error));
		};
		request.onsuccess = () => {
			clearTimeout(timer);
			const db = request.result;
			db.onversionchange = () => {
				db.close();
				lost();
			};
			db.onclose = lost;
			resolve(db);
		};
	});
}
