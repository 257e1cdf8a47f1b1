/** What known devices need of a database. */
import type { PersonId } from '../../src/lib/protocol/ids.ts';

/** One device as it is kept. */
interface StoredDevice {
	/** SHA-256 (hex) of the token */
	id: string;
	person: PersonId;
	/** public id of the session that was begun there last: the device is forgotten when that one is ended */
	session: string;
	/** ms since the epoch, like all times here */
	usedAt: number;
	expiresAt: number;
}

/** Knows only hashes of tokens. Ending sessions by hand forgets their devices (see SessionStore). */
export interface DeviceStore {
	/** @param most devices that stay for the person */
	insert(device: StoredDevice, most: number): Promise<void>;
	/** Which of these devices are known for the person. */
	find(ids: string[], person: PersonId, now: number): Promise<string[]>;
	remove(ids: string[]): Promise<void>;
	removeExpired(now: number): Promise<void>;
}
