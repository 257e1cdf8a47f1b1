/**
 * Ids. People, rooms, messages and acts are named by UUIDv7 (RFC 9562, section 5.7): made by
 * whoever creates the thing, unique without asking anybody, and in rough order of time, which
 * keeps database indexes compact. Order on screen never comes from them.
 */

/** A room, a direct conversation, one person's own feed, or the directory. */
export type StreamId = string;
/** A person's uid; also the id of that person's feed stream. */
export type PersonId = string;
/** A room's uid; also the id of the room's stream. */
export type RoomId = string;
/** A message's uid, made by the device that wrote it; also the id of the act that posts it. */
export type MessageId = string;
/** The id of anything a person does. The same id has at most one effect, for ever (promise 2). */
export type ActId = string;

/** The one stream that lists the rooms a person can find. */
export const DIRECTORY: StreamId = 'directory';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Canonical form of a UUID of version 7, lower case. */
export const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** The same, or of version 8: the id of a direct conversation, see `directId`. */
export const UUID7_OR_8 =
	/^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Two ids mixed digit by digit into one of the given version: mixed with either, it gives the other back. */
function mix(a: string, b: string, version: '7' | '8'): string {
	let mixed = '';
	for (let i = 0; i < a.length; i++) {
		const digit = Number.parseInt(a[i]!, 16) ^ Number.parseInt(b[i]!, 16);
		if (a[i] === '-') mixed += '-';
		else if (i === 14) mixed += version;
		else if (i === 19) mixed += ((digit & 3) | 8).toString(16);
		else mixed += digit.toString(16);
	}
	return mixed;
}

/**
 * The id of the direct conversation of two people: the same whoever asks, so that both can begin it
 * offline and find themselves in one. Version 8 (RFC 9562, section 5.8) keeps it apart from every id
 * that a device may choose for a room. People's ids are made by the server, so nobody can aim at one.
 */
export function directId(a: PersonId, b: PersonId): RoomId {
	return mix(a, b, '8');
}

/** The other one of a direct conversation, told from its id alone. */
export function otherOf(direct: RoomId, me: PersonId): PersonId {
	return mix(direct, me, '7');
}

/** Whether a room's id is that of a direct conversation. */
export function isDirectId(room: RoomId): boolean {
	return room[14] === '8';
}

/**
 * Makes a UUIDv7.
 * @param now milliseconds since the epoch
 * @param chance ten random bytes
 */
export function uuid7(now: number, chance: Uint8Array): string {
	const bytes = new Uint8Array(16);
	let rest = Math.max(0, Math.floor(now));
	for (let i = 5; i >= 0; i--) {
		bytes[i] = rest % 256;
		rest = Math.floor(rest / 256);
	}
	bytes.set(chance.subarray(0, 10), 6);
	bytes[6] = (bytes[6]! & 0x0f) | 0x70;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	let text = '';
	for (let i = 0; i < 16; i++) {
		if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
		text += HEX[bytes[i]!];
	}
	return text;
}
