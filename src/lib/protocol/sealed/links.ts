/**
 * Who a person is, to others: a chain of signed links that says which devices speak for them and for which
 * public key secrets for them are wrapped. Its root is in nobody's hands but the person's: the recovery code.
 *
 * `checkLink` does what needs WebCrypto and knows nothing of the chain; `followLink` decides, and waits for nothing.
 */
import { BOUNDS } from './bounds.ts';
import { b64, utf8 } from './bytes.ts';
import { forged } from './forged.ts';
import {
	parseLinkBody,
	possessionOf,
	type DeviceCard,
	type Link,
	type ParsedLink
} from './link-body.ts';
import { isSigned, sha256 } from './primitives.ts';

/** A device that a chain names: public keys, and from which link to which (not included) it speaks. */
interface ChainDevice {
	sig: string;
	box: string;
	from: number;
	/** null: still */
	to: number | null;
}

/** A root that a chain had or has. */
interface ChainRoot {
	pub: string;
	/** the link that made it */
	from: number;
	/** signed by the root before: whoever compared that one need not compare again */
	vouched: boolean;
}

/** What a chain says, as far as it is known. Never changed in place. */
export interface Identity {
	person: string;
	/** the number of links */
	n: number;
	/** hash of the last one */
	head: string;
	/** the present root's public keys: for signatures, for wraps */
	root: string;
	rbox: string;
	/** all that it had, the first first */
	roots: ChainRoot[];
	devices: Map<string, ChainDevice>;
	/** the present generation of the key that secrets are wrapped for */
	gen: number;
	/** generation -> public key, and the link that made it */
	gens: Map<number, { pub: string; from: number }>;
	/** hash of each link, the first first */
	hashes: string[];
}

/** A link whose own statements hold: what remains is whether it follows. */
export interface CheckedLink {
	link: Link;
	hash: string;
	/** public keys whose signature over the body is right */
	by: Set<string>;
	parts: ParsedLink;
	/** whether the device that it adds signed for its own keys; true of a link that adds none */
	pop: boolean;
}

/**
 * Everything about a link that needs no chain: form, hash, signatures.
 * @throws Forged
 */
export async function checkLink(person: string, link: Link): Promise<CheckedLink> {
	const parts = parseLinkBody(link.body);
	if (parts.person !== person) forged('a link of somebody else');
	if (link.sigs.length > BOUNDS.linkSignatures) forged('too many signatures');
	const body = utf8(link.body);
	const by = new Set<string>();
	for (const [pub, sig] of link.sigs) if (await isSigned(pub, sig, body)) by.add(pub);
	const pop = parts.change.kind !== 'add' || (await isPossessed(person, parts.change));
	return { link, hash: b64(await sha256(body)), by, parts, pop };
}

/** Whether a device signed for its own keys. */
export function isPossessed(person: string, card: DeviceCard): Promise<boolean> {
	return isSigned(card.sig, card.pop, utf8(possessionOf(person, card)));
}

/**
 * Goes one link on. A link that is known already changes nothing.
 * @param known what is known; null: nothing yet
 * @throws Forged when the link does not follow, or nobody signed it who may
 */
export function followLink(known: Identity | null, checked: CheckedLink): Identity {
	const { hash, by, parts, pop } = checked;
	if (known && parts.n <= known.n) {
		if (known.person !== parts.person) forged('a link of somebody else');
		return known.hashes[parts.n - 1] === hash ? known : forged('another past of this identity');
	}
	if (!pop || !maySign(known, by, parts)) forged('a link that nobody of theirs signed');
	return applyLink(known, parts, hash, known !== null && by.has(known.root));
}

/** Whether those who signed may do what the link does: the root, or a device that speaks (never the one removed). */
function maySign(known: Identity | null, by: Set<string>, { change }: ParsedLink): boolean {
	if (change.kind === 'root') return by.has(change.root) && by.has(change.sig);
	if (!known) return false;
	if (change.kind === 'reroot' && !by.has(change.root)) return false;
	if (by.has(known.root)) return true;
	const gone = change.kind === 'remove' ? change.device : null;
	return [...known.devices].some(([id, { sig, to }]) => to === null && id !== gone && by.has(sig));
}

/**
 * What is known after a link, whoever signed it. Pure.
 * @param vouched whether the root before signed it; told of new roots
 * @throws Forged when it does not follow
 */
function applyLink(
	known: Identity | null,
	{ person, n, prev, change }: ParsedLink,
	hash: string,
	vouched: boolean
): Identity {
	if (n !== (known?.n ?? 0) + 1 || prev !== (known?.head ?? '')) forged('a link is missing');
	if (known && known.person !== person) forged('a link of somebody else');
	const before = known ?? blank(person);
	const hashes = [...before.hashes, hash];
	const next: Identity = { ...before, n, head: hash, hashes };
	if ((change.kind === 'root') !== (known === null))
		forged('a root is the first link and no other');
	if ('root' in change) addRoot(next, change, vouched);
	if ('sig' in change) addDevice(next, change);
	if (change.kind === 'remove') endDevice(next, change.device);
	if ('gen' in change) addGeneration(next, change);
	return next;
}

const blank = (person: string): Identity => ({
	person,
	n: 0,
	head: '',
	root: '',
	rbox: '',
	roots: [],
	devices: new Map(),
	gen: 0,
	gens: new Map(),
	hashes: []
});

/* The following set fields of an identity that nobody else has yet. */

function addRoot(next: Identity, { root, rbox }: { root: string; rbox: string }, vouched: boolean) {
	if (next.roots.some(({ pub }) => pub === root)) forged('a root that was there before');
	next.roots = [...next.roots, { pub: root, from: next.n, vouched }];
	next.root = root;
	next.rbox = rbox;
}

function addDevice(next: Identity, { device, sig, box }: Omit<DeviceCard, 'pop'>) {
	const speaking = [...next.devices.values()].filter(({ to }) => to === null);
	const isTaken = [...next.devices.values()].some((one) => one.sig === sig || one.box === box);
	if (next.devices.has(device) || isTaken) forged('a device that was there before');
	if (speaking.length >= BOUNDS.devices) forged('too many devices');
	next.devices = new Map(next.devices).set(device, { sig, box, from: next.n, to: null });
}

function endDevice(next: Identity, device: string) {
	const gone = next.devices.get(device);
	if (gone?.to !== null) return forged('a device that is not there');
	next.devices = new Map(next.devices).set(device, { ...gone, to: next.n });
}

function addGeneration(next: Identity, { gen, pub }: { gen: number; pub: string }) {
	if (gen !== next.gen + 1) forged('a generation is missing');
	next.gens = new Map(next.gens).set(gen, { pub, from: next.n });
	next.gen = gen;
}

/**
 * Checks links and goes on from what is known. Fewer links than are known are no news.
 * @throws Forged when one is not what it claims, or nothing is known at the end
 */
export async function verifyLinks(
	person: string,
	links: readonly Link[],
	known: Identity | null
): Promise<Identity> {
	let at = known;
	for (const link of links) at = followLink(at, await checkLink(person, link));
	return at ?? forged('no links');
}

/**
 * An identity from links that were checked when they were taken in; signatures are not looked at.
 * `vouched` of its roots is never set.
 * @throws Forged when the bodies are no chain
 */
export function replayLinks(
	person: string,
	links: readonly { body: string; hash: string }[]
): Identity {
	let at: Identity | null = null;
	for (const { body, hash } of links) at = applyLink(at, parseLinkBody(body), hash, false);
	return at?.person === person ? at : forged('no links of this person');
}

/** Whether a device speaks for its person at link `n` of the chain. */
export function activeAt(identity: Identity, device: string, n: number): boolean {
	const found = identity.devices.get(device);
	return found !== undefined && found.from <= n && (found.to === null || n < found.to);
}

/** Whether the present root is one that was compared, or follows from it, each signed by the one before. */
export function isStillRoot(identity: Identity, compared: string): boolean {
	const at = identity.roots.findIndex(({ pub }) => pub === compared);
	return at >= 0 && identity.roots.slice(at + 1).every(({ vouched }) => vouched);
}
