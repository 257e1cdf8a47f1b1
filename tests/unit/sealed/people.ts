/** People, devices and rooms for tests, made with whatever core is tested. */
import { uuid7 } from '../../../src/lib/protocol/ids.ts';
import type { Bytes } from '../../../src/lib/protocol/sealed/bytes.ts';
import type { Place } from '../../../src/lib/protocol/sealed/envelope.ts';
import type { Entry, RoomKeys } from '../../../src/lib/protocol/sealed/entries.ts';
import type { Link } from '../../../src/lib/protocol/sealed/link-body.ts';
import type { Identity } from '../../../src/lib/protocol/sealed/links.ts';
import type { SeedWraps } from '../../../src/lib/protocol/sealed/schemas.ts';
import type { DeviceKeys } from '../../../src/lib/e2ee/device-keys.ts';
import type { Epoch, MadeEntry } from '../../../src/lib/e2ee/room-keys.ts';
import type { Root } from '../../../src/lib/e2ee/recovery-code.ts';
import type { Core } from './core.ts';

let made = 0;
/** A UUIDv7 that no other call gives. */
export function uid(): string {
	return uuid7(1_700_000_000_000 + ++made, crypto.getRandomValues(new Uint8Array(10)));
}

/** A person with one device or more. */
export interface Person {
	id: string;
	code: Bytes;
	root: Root;
	keys: DeviceKeys;
	links: Link[];
	/** as all links say */
	identity: Identity;
	seeds: Map<number, Bytes>;
	/** what a server keeps */
	stored: SeedWraps[];
}

export async function personOf(core: Core, id = uid()): Promise<Person> {
	const code = core.newRecoveryCode();
	const root = await core.rootOf(code);
	const keys = await core.newDeviceKeys(uid());
	const { link, seed, wraps } = await core.begin(id, root, keys);
	const identity = await core.verifyLinks(id, [link], null);
	return {
		id,
		code,
		root,
		keys,
		links: [link],
		identity,
		seeds: new Map([[1, seed]]),
		stored: [wraps]
	};
}

/** Takes a link into a person's chain. */
export async function take(core: Core, person: Person, link: Link): Promise<void> {
	person.identity = await core.verifyLinks(person.id, [link], person.identity);
	person.links.push(link);
}

/** Lets another device in, by the first one. */
export async function secondOf(core: Core, person: Person): Promise<DeviceKeys> {
	const keys = await core.newDeviceKeys(uid());
	const card = await core.cardOf(person.id, keys);
	await take(core, person, await core.addDevice(person.identity, person.keys.signer, card));
	for (const { gen, device, wrap } of await core.seedsFor(person.id, card, person.seeds)) {
		person.stored.find((one) => one.gen === gen)!.to[device] = wrap;
	}
	return keys;
}

/** Takes a device away, by `by` or the first one. */
export async function remove(core: Core, person: Person, device: string, by = person.keys) {
	const seed = person.seeds.get(person.identity.gen)!;
	const renewal = await core.removeDevice(person.identity, by.signer, device, seed);
	await take(core, person, renewal.link);
	person.seeds.set(renewal.wraps.gen, renewal.seed);
	person.stored.push(renewal.wraps);
}

/** A room and its epochs. */
export interface Room {
	id: string;
	people: Person[];
	keys: RoomKeys;
	entries: Entry[];
	made: MadeEntry;
	epoch: Epoch;
}

export const whoOf =
	(people: readonly Person[]) =>
	(id: string): Identity | undefined =>
		people.find((one) => one.id === id)?.identity;

/** A room whose first epoch the first of its people began. */
export async function roomOf(core: Core, people: Person[], id = uid()): Promise<Room> {
	const [author] = people as [Person];
	const made = await core.makeEntry({
		room: id,
		prev: null,
		author: author.id,
		device: author.keys,
		people: people.map(({ identity }) => identity)
	});
	const keys = await core.verifyEntry(id, made.entry, null, whoOf(people), null);
	const epoch = await core.epochOf(keys, made.secret);
	return { id, people, keys, entries: [made.entry], made, epoch };
}

/** Begins the next epoch, for `people`. */
export async function nextOf(
	core: Core,
	room: Room,
	people: Person[],
	past?: Bytes
): Promise<Room> {
	const [author] = people as [Person];
	const made = await core.makeEntry({
		room: room.id,
		prev: room.keys,
		author: author.id,
		device: author.keys,
		people: people.map(({ identity }) => identity),
		...(past && { past })
	});
	const everybody = [...new Set([...room.people, ...people])];
	const keys = await core.verifyEntry(room.id, made.entry, room.keys, whoOf(everybody), null);
	const epoch = await core.epochOf(keys, made.secret);
	return { id: room.id, people, keys, entries: [...room.entries, made.entry], made, epoch };
}

/** What a person's own wrap of the present epoch gives. */
export async function unwrapped(core: Core, room: Room, person: Person): Promise<Bytes> {
	const [, gen] = room.keys.people.get(person.id)!;
	const box = await core.boxFromSeed(person.seeds.get(gen)!);
	const wrapped = room.made.wraps[person.id]!;
	return core.openWrap(room.keys, room.entries.at(-1)!, person.id, gen, box, wrapped);
}

export function placeOf(room: string, author: string, more: Partial<Place> = {}): Place {
	const sent = 1_700_000_000_000;
	return { room, id: uid(), version: 1, author, sent, told: [], files: [], ...more };
}
