/** Links that a person's own devices make: beginning an identity, letting devices in, taking them away, renewing. */
import { utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import {
	writeLinkBody,
	type DeviceCard,
	type Link,
	type LinkChange
} from '../protocol/sealed/link-body.ts';
import type { Identity } from '../protocol/sealed/links.ts';
import { random, sign, type Signer } from '../protocol/sealed/primitives.ts';
import type { SeedWraps } from '../protocol/sealed/schemas.ts';
import type { DeviceKeys } from './device-keys.ts';
import { boxFromSeed } from './hpke.ts';
import type { Root } from './recovery-code.ts';
import { recipientsOf, ROOT, wrapSeed } from './seeds.ts';

const SEED_BYTES = 32;

/** A link that begins a generation, its seed, and the seed's wraps. */
interface Renewal {
	link: Link;
	seed: Bytes;
	wraps: SeedWraps;
}

async function linkOf(
	at: { person: string; n: number; head: string },
	change: LinkChange,
	signers: readonly Signer[]
): Promise<Link> {
	const body = writeLinkBody({ person: at.person, n: at.n + 1, prev: at.head, change });
	const each = signers.map(async (signer) => {
		return [signer.pub, await sign(signer, utf8(body))] as [string, string];
	});
	return { body, sigs: await Promise.all(each) };
}

/** Begins an identity: root, first device, first generation. */
export async function begin(person: string, root: Root, device: DeviceKeys): Promise<Renewal> {
	const seed = random(SEED_BYTES);
	const change: LinkChange = {
		kind: 'root',
		root: root.signer.pub,
		rbox: root.box.pub,
		device: device.id,
		sig: device.signer.pub,
		box: device.box.pub,
		gen: 1,
		pub: (await boxFromSeed(seed)).pub
	};
	const link = await linkOf({ person, n: 0, head: '' }, change, [root.signer, device.signer]);
	const to = new Map([
		[device.id, device.box.pub],
		[ROOT, root.box.pub]
	]);
	return { link, seed, wraps: await wrapSeed(person, 1, seed, to, null) };
}

/**
 * Lets a device in.
 * @param by the root, or a device that speaks
 */
export function addDevice(identity: Identity, by: Signer, added: DeviceCard): Promise<Link> {
	const { device, sig, box, pop } = added;
	return linkOf(identity, { kind: 'add', device, sig, box, pop }, [by]);
}

/**
 * Takes a device away. This always renews: what is wrapped from now on the device cannot open.
 * @param by the root, or another device that speaks
 * @param seed of the present generation
 */
export async function removeDevice(
	identity: Identity,
	by: Signer,
	device: string,
	seed: Bytes
): Promise<Renewal> {
	const to = recipientsOf(identity);
	to.delete(device);
	return renewalOf(identity, by, seed, to, (gen, pub) => ({ kind: 'remove', device, gen, pub }));
}

/**
 * Begins another generation for the same devices.
 * @param by the root, or a device that speaks
 * @param seed of the present generation
 */
export async function renew(identity: Identity, by: Signer, seed: Bytes): Promise<Renewal> {
	const to = recipientsOf(identity);
	return renewalOf(identity, by, seed, to, (gen, pub) => ({ kind: 'renew', gen, pub }));
}

async function renewalOf(
	identity: Identity,
	by: Signer,
	past: Bytes,
	to: ReadonlyMap<string, string>,
	changeOf: (gen: number, pub: string) => LinkChange
): Promise<Renewal> {
	const seed = random(SEED_BYTES);
	const gen = identity.gen + 1;
	const link = await linkOf(identity, changeOf(gen, (await boxFromSeed(seed)).pub), [by]);
	return { link, seed, wraps: await wrapSeed(identity.person, gen, seed, to, past) };
}

/**
 * Puts another root (a new recovery code) in the place of the present one.
 * @param by the present root: whoever compared numbers need not do so again; or a device that speaks
 */
export function reroot(identity: Identity, by: Signer, root: Root): Promise<Link> {
	const change: LinkChange = { kind: 'reroot', root: root.signer.pub, rbox: root.box.pub };
	return linkOf(identity, change, [by, root.signer]);
}
