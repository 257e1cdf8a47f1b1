/** Whether this browser can do what encrypted rooms need. Asked once per start; where it cannot, it says why. */
import { same, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { isSigned, random, sign } from '../protocol/sealed/primitives.ts';
import { newDeviceKeys, type DeviceKeys } from './device-keys.ts';
import { unwrap, wrap } from './hpke.ts';

/** What is missing: an algorithm, keeping keys, or using them once kept. */
type Lack = 'keys' | 'storage' | 'use';

const DATABASE = 'roost-encryption-test';
const STORE = 'keys';

/**
 * Makes keys, puts them into IndexedDB, takes them out, and uses them.
 * @param id a new UUIDv7
 * @returns null when all of it works
 */
export async function selfTest(
	id: string,
	databases: IDBFactory = indexedDB
): Promise<Lack | null> {
	const made = await attempt(() => newDeviceKeys(id));
	if (!made) return 'keys';
	const kept = await attempt(() => putAndGet(made, databases));
	if (!kept) return 'storage';
	return (await attempt(() => isUsable(kept))) ? null : 'use';
}

/** What the work gives; undefined when it fails. That is what is asked here, so no fault is lost. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
	try {
		return await work();
	} catch {
		return undefined;
	}
}

async function isUsable({ signer, box }: DeviceKeys): Promise<boolean> {
	const text = utf8('self-test');
	const secret: Bytes = random(32);
	const opened = await unwrap(box, text, await wrap(box.pub, text, secret));
	return same(secret, opened) && isSigned(signer.pub, await sign(signer, text), text);
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
	new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});

/** Keeps the keys under their id, so that two tabs do not meet, and reads them again. */
async function putAndGet(keys: DeviceKeys, databases: IDBFactory): Promise<DeviceKeys> {
	const name = `${DATABASE}-${keys.id}`;
	const opening = databases.open(name);
	opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
	const database = await done(opening);
	try {
		await done(database.transaction(STORE, 'readwrite').objectStore(STORE).put(keys, keys.id));
		const reading = database.transaction(STORE).objectStore(STORE).get(keys.id);
		return await done(reading as IDBRequest<DeviceKeys>);
	} finally {
		database.close();
		await done(databases.deleteDatabase(name));
	}
}
