/**
 * The secret of a person, one for each generation: wrapped for each of their devices and for the recovery
 * code; the one before is locked under it, so that the newest opens all.
 */
import { b64, unb64, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import { forged } from '../protocol/sealed/forged.ts';
import type { Identity } from '../protocol/sealed/links.ts';
import { derive, lock, secretOf, unlock, type Box } from '../protocol/sealed/primitives.ts';
import type { MoreWrap, SeedWraps } from '../protocol/sealed/schemas.ts';
import { boxFromSeed, unwrap, wrap } from './hpke.ts';

/** Whom the newest seed is wrapped for besides devices. */
export const ROOT = 'root';

const infoOf = (person: string, gen: number, to: string) =>
	utf8(canon('roost.e1.seed', person, gen, to));
const pastInfoOf = (person: string, gen: number) => utf8(canon('roost.e1.past', person, gen));

/**
 * Wraps the seed of a generation.
 * @param to device or `ROOT` -> public key
 * @param past the seed before; null of the first
 */
export async function wrapSeed(
	person: string,
	gen: number,
	seed: Bytes,
	to: ReadonlyMap<string, string>,
	past: Bytes | null
): Promise<SeedWraps> {
	const each = [...to].map(async ([name, pub]) => {
		return [name, await wrap(pub, infoOf(person, gen, name), seed)] as const;
	});
	const wraps = Object.fromEntries(await Promise.all(each));
	return { gen, to: wraps, past: past && (await lockPast(person, gen, seed, past)) };
}

async function lockPast(person: string, gen: number, seed: Bytes, past: Bytes): Promise<string> {
	const info = pastInfoOf(person, gen);
	return b64(await lock(await derive(await secretOf(seed), info, 44), info, past));
}

/** Whom a new seed is wrapped for: the root and every device that speaks. */
export function recipientsOf({ rbox, devices }: Identity): Map<string, string> {
	const speaking = [...devices].filter(([, { to }]) => to === null);
	return new Map([[ROOT, rbox], ...speaking.map(([id, { box }]) => [id, box] as const)]);
}

/** All seeds, wrapped for one more device. */
export function seedsFor(
	person: string,
	device: { device: string; box: string },
	seeds: ReadonlyMap<number, Bytes>
): Promise<MoreWrap[]> {
	const each = [...seeds].map(async ([gen, seed]) => ({
		gen,
		device: device.device,
		wrap: await wrap(device.box, infoOf(person, gen, device.device), seed)
	}));
	return Promise.all(each);
}

/**
 * Opens the wrap of a seed.
 * @param name this device, or `ROOT`
 * @throws Forged also when it is not the seed whose public key the chain names
 */
export async function openSeed(
	identity: Identity,
	gen: number,
	name: string,
	box: Box,
	wrapped: string
): Promise<Bytes> {
	return checked(identity, gen, await unwrap(box, infoOf(identity.person, gen, name), wrapped));
}

/**
 * The seed of the generation before.
 * @param gen of `seed`
 * @param past what the server keeps beside it
 * @throws Forged also when it is not the seed whose public key the chain names
 */
export async function openPast(
	identity: Identity,
	gen: number,
	seed: Bytes,
	past: string
): Promise<Bytes> {
	const info = pastInfoOf(identity.person, gen);
	const opened = await unlock(await derive(await secretOf(seed), info, 44), info, unb64(past));
	return checked(identity, gen - 1, opened);
}

async function checked(identity: Identity, gen: number, seed: Bytes): Promise<Bytes> {
	const { pub } = await boxFromSeed(seed);
	return pub === identity.gens.get(gen)?.pub ? seed : forged('a seed that the chain does not name');
}

/**
 * All seeds that can be opened: from wraps for this name, and each from the one behind it.
 * @param stored what the server keeps of each generation
 * @param known seeds that are known already, by generation
 * @throws Forged
 */
export async function openSeeds(
	identity: Identity,
	stored: readonly SeedWraps[],
	name: string,
	box: Box,
	known: ReadonlyMap<number, Bytes> = new Map()
): Promise<Map<number, Bytes>> {
	const seeds = new Map(known);
	for (const { gen, to, past } of [...stored].sort((a, b) => b.gen - a.gen)) {
		if (!seeds.has(gen) && to[name] !== undefined) {
			seeds.set(gen, await openSeed(identity, gen, name, box, to[name]));
		}
		const seed = seeds.get(gen);
		if (seed && past !== null && !seeds.has(gen - 1)) {
			seeds.set(gen - 1, await openPast(identity, gen, seed, past));
		}
	}
	return seeds;
}
