/**
 * What this browser knows before any account is opened: who is signed in, and what is still owed to
 * a sign-out. A database of its own, because the service worker needs it too. Written on IndexedDB
 * itself: the door must open before the store's library is loaded.
 */
import type { Account } from '../protocol/http.ts';
import type { PersonId } from '../protocol/ids.ts';
import { StoreError } from '../sync/ports.ts';
import { readDeviceNote } from './checked-notes.ts';
import { guarded, toStoreError } from './store-error.ts';
import { awaitStorage, track } from './transactions.ts';

/** Whoever is signed in on this browser. */
export interface SignedIn {
	account: Account;
	/** this device's uid, new with every signing in */
	device: string;
	/** the server ended the session: nothing is sent until the same person signs in again */
	sessionEnded: boolean;
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
/** ms to read or change it, waiting for another tab that is just doing so included. */
const TRANSACTION_WITHIN = 4_000;

/** Makes the store; the database is opened on first use. */
export const deviceStore = (factory?: IDBFactory): DeviceStore =>
	checkedNotes(noteStore(KEY, EMPTY_NOTE, factory), (note) => readDeviceNote(note, EMPTY_NOTE));

/** A store whose note may be damaged. @param read what it is read as */
export function checkedNotes<T>(store: NoteStore<T>, read: (note: unknown) => T): NoteStore<T> {
	return {
		read: async () => read(await store.read()),
		change: (make) => store.change((note) => make(read(note)))
	};
}

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
			track(transaction, TRANSACTION_WITHIN);
			const table = transaction.objectStore(TABLE);
			const held: IDBRequest<T | undefined> = table.get(key);
			let note = empty;
			held.onsuccess = () => {
				note = make(held.result ?? empty);
				if (mode === 'readwrite') table.put(note, key);
			};
			transaction.oncomplete = () => resolve(note);
			transaction.onabort = () => reject(transaction.error ?? new DOMException('', 'AbortError'));
		});
	}

	return {
		read: () => guarded(() => transact('readonly', (note) => note)),
		change: (make) => guarded(() => transact('readwrite', make))
	};
}

function open(factory: IDBFactory | undefined, lost: () => void): Promise<IDBDatabase> {
	if (!factory) return Promise.reject(new StoreError('broken'));
	return new Promise((resolve, reject) => {
		const answered = awaitStorage();
		const timer = setTimeout(() => {
			answered();
			reject(new StoreError('blocked'));
		}, OPEN_WITHIN);
		const settle = (): void => {
			clearTimeout(timer);
			answered();
		};
		const request = factory.open(DATABASE, 1);
		request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
		request.onerror = () => {
			settle();
			reject(toStoreError(request.error));
		};
		request.onsuccess = () => {
			settle();
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
