/**
 * A room's keys: a chain of signed entries in the room's own stream. Each begins an epoch: a random secret,
 * wrapped once for each person (not device). Epochs do not build on one another, so any one opens alone.
 */
import { UUID7, UUID7_OR_8 } from '../ids.ts';
import { BOUNDS } from './bounds.ts';
import { b64, isB64, utf8 } from './bytes.ts';
import { canon, readCanon, type Field } from './canon.ts';
import { forged } from './forged.ts';
import { activeAt, type Identity } from './links.ts';
import { isSigned, sha256 } from './primitives.ts';

/** Whom a secret is wrapped for: person, generation, link n of their chain, hash of that link. */
export type Recipient = [person: string, gen: number, n: number, head: string];

/** One entry, as it travels and is kept. */
export interface Entry {
	/** canonical form of a `ParsedEntry` */
	body: string;
	/** the device's signature over the body, base64url */
	sig: string;
}

/** The body of an entry, read. */
export interface ParsedEntry {
	room: string;
	/** counts from 1 */
	n: number;
	/** hash of the entry before; '' of the first */
	prev: string;
	/** what the secret is held against */
	commit: string;
	author: string;
	device: string;
	/** people who came in, or whose keys are others than before */
	changed: Recipient[];
	removed: string[];
	/** hash of all people that the secret is for */
	set: string;
	/** the secret before, locked under this one; only where the room shares its history */
	back: string | null;
}

/** What is known of a room's keys after an entry. Never changed in place. */
export interface RoomKeys {
	room: string;
	n: number;
	hash: string;
	/** whom the present secret is wrapped for */
	people: Map<string, Recipient>;
	/** who was put out and not let in again by a member */
	out: Set<string>;
}

const LABEL = 'roost.e1.epoch';
/** Bytes of a secret, and of one that is locked. */
export const SECRET_BYTES = 32;
const LOCKED_SECRET_BYTES = SECRET_BYTES + 16;

const isUid = (field: Field): field is string => typeof field === 'string' && UUID7.test(field);
const isHash = (field: Field): field is string => typeof field === 'string' && isB64(field, 32);
const isCount = (field: Field): field is number => typeof field === 'number' && field >= 1;

function isRecipient(field: Field): boolean {
	if (!Array.isArray(field) || field.length !== 4) return false;
	const [person, gen, n, head] = field as [Field, Field, Field, Field];
	return isUid(person) && isCount(gen) && isCount(n) && isHash(head);
}

const isText = (field: Field): field is string => typeof field === 'string';
const isEach = (field: Field, is: (one: Field) => boolean) =>
	Array.isArray(field) && field.every(is);

/** What each field behind the label has to be, in their order. */
const SHAPES: [name: keyof ParsedEntry, is: (field: Field) => boolean][] = [
	['room', (field) => isText(field) && UUID7_OR_8.test(field)],
	['n', isCount],
	['prev', (field) => field === '' || isHash(field)],
	['commit', isHash],
	['author', isUid],
	['device', isUid],
	['changed', (field) => isEach(field, isRecipient)],
	['removed', (field) => isEach(field, isUid)],
	['set', isHash],
	['back', (field) => field === null || (isText(field) && isB64(field, LOCKED_SECRET_BYTES))]
];

/** The body of an entry, from its parts. */
export function writeEntryBody(entry: ParsedEntry): string {
	const { room, n, prev, commit, author, device, changed, removed, set, back } = entry;
	return canon(LABEL, room, n, prev, commit, author, device, changed, removed, set, back);
}

/**
 * Reads an entry: form, shapes and bounds, not yet whether it follows anything.
 * @throws Forged
 */
export function parseEntry(entry: Entry): ParsedEntry {
	const fields = entry.body.length <= BOUNDS.entryBody ? readCanon(entry.body) : null;
	if (fields?.length !== SHAPES.length + 1 || fields[0] !== LABEL) return forged('no entry');
	for (const [i, [name, is]] of SHAPES.entries()) {
		if (!is(fields[i + 1]!)) forged(`not what an entry has as ${name}`);
	}
	const pairs = SHAPES.map(([name], i) => [name, fields[i + 1]]);
	const parsed = Object.fromEntries(pairs) as ParsedEntry;
	const named = [...parsed.changed.map(([person]) => person), ...parsed.removed];
	if (new Set(named).size !== named.length) forged('somebody twice');
	if (named.length > 2 * BOUNDS.people) forged('too many people');
	return parsed;
}

/** Names an entry (base64url). */
export async function entryHash(entry: Entry): Promise<string> {
	return b64(await sha256(utf8(entry.body)));
}

/** Names a set of people with their keys, in whatever order they come. */
export async function setHash(people: Iterable<Recipient>): Promise<string> {
	const sorted = [...people].sort(([a], [b]) => (a < b ? -1 : 1));
	return b64(await sha256(utf8(canon('roost.e1.set', sorted))));
}

/**
 * Whom the secret of an entry is for. Pure.
 * @param before whom the one before was for
 * @throws Forged when the entry removes somebody who is not there, or there are too many people
 */
export function peopleAfter(
	before: ReadonlyMap<string, Recipient>,
	{ changed, removed }: Pick<ParsedEntry, 'changed' | 'removed'>
): Map<string, Recipient> {
	const people = new Map(before);
	for (const person of removed) if (!people.delete(person)) forged('put out without being in');
	for (const one of changed) people.set(one[0], one);
	if (people.size > BOUNDS.people) forged('too many people');
	return people;
}

/**
 * Verifies the entry that follows what is known.
 * @param known what is known of this room; null: nothing
 * @param who chains of the people named, at least as long as the entry says
 * @param pair in a direct conversation: the only two people there can ever be
 * @throws Forged
 */
export async function verifyEntry(
	room: string,
	entry: Entry,
	known: RoomKeys | null,
	who: (person: string) => Identity | undefined,
	pair: readonly [string, string] | null
): Promise<RoomKeys> {
	const parts = parseEntry(entry);
	if (parts.room !== room) forged('an entry of another room');
	if (parts.n !== (known?.n ?? 0) + 1 || parts.prev !== (known?.hash ?? '')) {
		forged('an entry that does not follow');
	}
	const people = peopleAfter(known?.people ?? new Map(), parts);
	for (const one of parts.changed) checkRecipient(one, known?.people.get(one[0]), who(one[0]));
	if (pair && [...people.keys()].some((person) => !pair.includes(person))) {
		forged('a third person in a conversation of two');
	}
	if ((await setHash(people.values())) !== parts.set) forged('another set of people');
	await checkAuthor(entry, parts, known, people, who(parts.author));
	return { room, n: parts.n, hash: await entryHash(entry), people, out: outAfter(known, parts) };
}

/** Holds what an entry says of somebody's keys against their own chain. */
function checkRecipient(
	[, gen, n, head]: Recipient,
	last: Recipient | undefined,
	identity: Identity | undefined
): void {
	if (!identity) return forged('an unknown person');
	if (identity.hashes[n - 1] !== head) forged('another list of devices');
	if (last && (last[1] > gen || last[2] > n)) forged('an older list of devices');
	if ((identity.gens.get(gen)?.from ?? Infinity) > n) forged('a key that the list does not name');
}

/**
 * Whoever begins an epoch was inside before it and is inside after it (of the first: is inside), and says so
 * with a device that speaks for them.
 */
async function checkAuthor(
	entry: Entry,
	{ author, device }: ParsedEntry,
	known: RoomKeys | null,
	people: Map<string, Recipient>,
	identity: Identity | undefined
): Promise<void> {
	const listed = people.get(author);
	if (!listed || (known && !known.people.has(author))) return forged('begun by somebody outside');
	if (!identity) return forged('an unknown author');
	if (!activeAt(identity, device, listed[2])) forged('a device that does not speak for its person');
	const { sig } = identity.devices.get(device)!;
	if (!(await isSigned(sig, entry.sig, utf8(entry.body)))) forged('a wrong signature');
}

/** Who is out after an entry: put out here or before, and not let in again. */
function outAfter(known: RoomKeys | null, { changed, removed }: ParsedEntry): Set<string> {
	const out = new Set(known?.out);
	for (const [person] of changed) out.delete(person);
	for (const person of removed) out.add(person);
	return out;
}
