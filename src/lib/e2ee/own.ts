/** What a person keeps for their own devices: drafts, the recovery code until it is written down, checkpoints. */
import { b64, fromUtf8, join, unb64, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import { forged } from '../protocol/sealed/forged.ts';
import { derive, lock, random, secretOf, unlock } from '../protocol/sealed/primitives.ts';

const NONCE_BYTES = 12;

const infoOf = (kind: string, id: string) => utf8(canon('roost.e1.own', kind, id));

/**
 * Seals a text for one's own devices.
 * @param kind and `id`: what it is; it opens as the same only
 * @param gen generation of `seed`
 * @returns the generation, ".", base64url
 */
export async function sealOwn(
	kind: string,
	id: string,
	text: string,
	gen: number,
	seed: Bytes
): Promise<string> {
	const info = infoOf(kind, id);
	const nonce = random(NONCE_BYTES);
	const key = await derive(await secretOf(seed), info, 32);
	const locked = await lock(join(key, nonce), info, utf8(text));
	return `${gen}.${b64(join(nonce, locked))}`;
}

/**
 * @param seeds by generation
 * @throws Forged also when the seed is not among them
 */
export async function openOwn(
	kind: string,
	id: string,
	sealed: string,
	seeds: ReadonlyMap<number, Bytes>
): Promise<string> {
	const [, gen, letters] = /^(\d{1,15})\.([\w-]+)$/.exec(sealed) ?? forged('nothing of one’s own');
	const seed = seeds.get(Number(gen)) ?? forged('sealed under a seed that is not here');
	const bytes = unb64(letters!);
	const info = infoOf(kind, id);
	const key = await derive(await secretOf(seed), info, 32);
	const nonce = bytes.slice(0, NONCE_BYTES);
	if (nonce.length < NONCE_BYTES) forged('nothing of one’s own');
	return fromUtf8(await unlock(join(key, nonce), info, bytes.slice(NONCE_BYTES)));
}
