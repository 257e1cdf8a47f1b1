/** Epochs of a room: beginning the next one, and opening what one's own wrap or a later epoch gives. */
import { b64, same, unb64, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import {
	entryHash,
	parseEntry,
	SECRET_BYTES,
	setHash,
	writeEntryBody,
	type Entry,
	type Recipient,
	type RoomKeys
} from '../protocol/sealed/entries.ts';
import { forged } from '../protocol/sealed/forged.ts';
import type { Identity } from '../protocol/sealed/links.ts';
import {
	derive,
	lock,
	random,
	secretOf,
	sign,
	unlock,
	type Box
} from '../protocol/sealed/primitives.ts';
import type { DeviceKeys } from './device-keys.ts';
import { unwrap, wrap } from './hpke.ts';

/** An epoch whose secret is known. */
export interface Epoch {
	n: number;
	hash: string;
	/** for deriving; `secretOf` the epoch's secret */
	secret: CryptoKey;
}

/** What the next entry is to say. */
interface EntryPlan {
	room: string;
	/** what is known of the room's keys; null: this is the first */
	prev: RoomKeys | null;
	author: string;
	device: DeviceKeys;
	/** everybody the secret is for, the author included, as their chains stand */
	people: readonly Identity[];
	/** the secret before; only where whoever comes in may read what was said before */
	past?: Bytes;
}

export interface MadeEntry {
	entry: Entry;
	hash: string;
	secret: Bytes;
	/** person -> wrap */
	wraps: Record<string, string>;
}

const wrapInfo = (room: string, n: number, hash: string, person: string, gen: number) =>
	utf8(canon('roost.e1.wrap', room, n, hash, person, gen));
const backInfo = (room: string, n: number) => utf8(canon('roost.e1.back', room, n));
const commitOf = async (secret: Bytes) =>
	b64(await derive(await secretOf(secret), utf8('roost.e1.commit'), 32));

/** Who came in or has other keys than before, and who is gone. */
function differences(before: ReadonlyMap<string, Recipient>, people: readonly Identity[]) {
	const next: Recipient[] = people.map(({ person, gen, n, head }) => [person, gen, n, head]);
	const changed = next.filter(([person, gen, n, head]) => {
		const last = before.get(person);
		return last?.[1] !== gen || last[2] !== n || last[3] !== head;
	});
	const kept = new Set(next.map(([person]) => person));
	return {
		next,
		changed,
		removed: [...before.keys()].filter((person) => !kept.has(person)).sort()
	};
}

/** Makes the next entry and everybody's wrap. */
export async function makeEntry(plan: EntryPlan): Promise<MadeEntry> {
	const { room, prev, author, device, people, past } = plan;
	const secret = random(SECRET_BYTES);
	const n = (prev?.n ?? 0) + 1;
	const { next, changed, removed } = differences(prev?.people ?? new Map(), people);
	const body = writeEntryBody({
		room,
		n,
		prev: prev?.hash ?? '',
		commit: await commitOf(secret),
		author,
		device: device.id,
		changed,
		removed,
		set: await setHash(next),
		back: past ? await lockBack(room, n, secret, past) : null
	});
	const entry = { body, sig: await sign(device.signer, utf8(body)) };
	const hash = await entryHash(entry);
	return { entry, hash, secret, wraps: await wrapForAll(room, n, hash, secret, people) };
}

async function wrapForAll(
	room: string,
	n: number,
	hash: string,
	secret: Bytes,
	people: readonly Identity[]
): Promise<Record<string, string>> {
	const each = people.map(async ({ person, gen, gens }) => {
		const info = wrapInfo(room, n, hash, person, gen);
		return [person, await wrap(gens.get(gen)!.pub, info, secret)] as const;
	});
	return Object.fromEntries(await Promise.all(each));
}

async function lockBack(room: string, n: number, secret: Bytes, past: Bytes): Promise<string> {
	const info = backInfo(room, n);
	return b64(await lock(await derive(await secretOf(secret), info, 44), info, past));
}

/**
 * Opens the wrap of an epoch's secret.
 * @param keys what is known after `entry`
 * @param gen generation of the person that it is wrapped for
 * @param box keys of that generation: `boxFromSeed` of its seed
 * @throws Forged also when it is not the secret that the entry commits to
 */
export async function openWrap(
	keys: Pick<RoomKeys, 'room' | 'n' | 'hash'>,
	entry: Entry,
	person: string,
	gen: number,
	box: Box,
	wrapped: string
): Promise<Bytes> {
	const secret = await unwrap(box, wrapInfo(keys.room, keys.n, keys.hash, person, gen), wrapped);
	return checked(entry, secret);
}

async function checked(entry: Entry, secret: Bytes): Promise<Bytes> {
	const { commit } = parseEntry(entry);
	const isSame = same(unb64(commit), unb64(await commitOf(secret)));
	return isSame ? secret : forged('a secret that the entry does not commit to');
}

/**
 * The secret of the epoch before, for whoever may read on from here.
 * @param entry the later one, which locks it
 * @param secret of the later one
 * @param before entry of the epoch that is opened
 * @returns null where the room does not share its history
 * @throws Forged also when it is not the secret that the earlier entry commits to
 */
export async function openBack(entry: Entry, secret: Bytes, before: Entry): Promise<Bytes | null> {
	const { room, n, prev, back } = parseEntry(entry);
	if (back === null) return null;
	if (prev !== (await entryHash(before))) return forged('another entry before');
	const info = backInfo(room, n);
	const opened = await unlock(await derive(await secretOf(secret), info, 44), info, unb64(back));
	return checked(before, opened);
}

/** What `seal` and `open` need of an epoch. */
export async function epochOf(keys: Pick<RoomKeys, 'n' | 'hash'>, secret: Bytes): Promise<Epoch> {
	return { n: keys.n, hash: keys.hash, secret: await secretOf(secret) };
}
