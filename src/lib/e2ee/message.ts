/**
 * Sealing and opening a message. Its key depends on what it says (as in SIV, RFC 5297): the same words under the same id
 * seal to the same bytes in every tab, and other words never meet the same key and nonce.
 */
import { BOUNDS } from '../protocol/sealed/bounds.ts';
import { b64, same, unb64, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import {
	ENVELOPE_VERSION,
	headerOf,
	type Envelope,
	type Place
} from '../protocol/sealed/envelope.ts';
import { forged } from '../protocol/sealed/forged.ts';
import { activeAt, type Identity } from '../protocol/sealed/links.ts';
import { derive, lock, sign, unlock } from '../protocol/sealed/primitives.ts';
import { commitmentTo, isSaidBy, signedOf } from '../protocol/sealed/proof.ts';
import { readSaid, writeSaid, type Said } from '../protocol/sealed/said.ts';
import type { DeviceKeys } from './device-keys.ts';
import type { Epoch } from './room-keys.ts';

/** What a key of one text is derived for. */
const useOf = (use: 'key' | 'frank', { room, id, version, author }: Place, device: string) =>
	utf8(canon(`roost.e1.${use}`, room, id, version, author, device));

/** The key of the commitment to one text: shown in a report, and of no use for anything else. */
export function frankKey(epoch: Epoch, place: Place, device: string): Promise<Bytes> {
	return derive(epoch.secret, useOf('frank', place, device), 32);
}

/** Key and nonce of one text. */
function lockKey(epoch: Epoch, place: Place, device: string, commitment: Bytes): Promise<Bytes> {
	return derive(epoch.secret, useOf('key', place, device), 44, commitment);
}

/**
 * Seals what is said.
 * @param n how long the author's chain is
 * @throws RangeError when it is longer than an envelope may be
 */
export async function seal(
	said: Said,
	place: Place,
	epoch: Epoch,
	device: DeviceKeys,
	n: number
): Promise<Envelope> {
	const plain = writeSaid(said);
	const commitment = await commitmentTo(plain, await frankKey(epoch, place, device.id));
	const open = { e: epoch.n, h: epoch.hash, d: device.id, i: n, k: b64(commitment) };
	const header = headerOf(place, open);
	const locked = await lock(await lockKey(epoch, place, device.id, commitment), header, plain);
	const b = b64(locked);
	if (b.length > BOUNDS.envelopeBody) throw new RangeError('longer than an envelope may be');
	const s = await sign(device.signer, await signedOf(header, locked));
	return { v: ENVELOPE_VERSION, n: place.version, ...open, b, s };
}

/**
 * Opens an envelope and makes sure whose it is.
 * @param listed link of the author's chain that the epoch's entry names; null: the epoch is not for the author
 * @throws Forged
 */
export async function open(
	envelope: Envelope,
	place: Place,
	epoch: Epoch,
	author: Identity,
	listed: number | null
): Promise<Said> {
	const { v, n, e, h, d } = envelope;
	if (v !== ENVELOPE_VERSION) forged('a form that is not known here');
	if (n !== place.version || e !== epoch.n || h !== epoch.hash) forged('another epoch or version');
	if (!(await isSaidBy(speakerOf(envelope, place, author, listed), envelope, place))) {
		forged('a wrong signature');
	}
	const commitment = unb64(envelope.k, 32);
	const key = await lockKey(epoch, place, d, commitment);
	const plain = await unlock(key, headerOf(place, envelope), unb64(envelope.b));
	if (!same(commitment, await commitmentTo(plain, await frankKey(epoch, place, d)))) {
		forged('says something else to others');
	}
	return withFilesOf(place, readSaid(plain));
}

/** The public key of the device that said it, if that may speak for the author there. */
function speakerOf(
	{ d, i }: Envelope,
	place: Place,
	author: Identity,
	listed: number | null
): string {
	if (listed === null) return forged('somebody for whom the epoch is not');
	if (author.person !== place.author) return forged('another author');
	// A chain that is shorter here than the author says could hide that the device was taken away.
	if (i > author.n || !activeAt(author, d, Math.max(i, listed))) {
		return forged('a device that does not speak for its person');
	}
	return author.devices.get(d)!.sig;
}

function withFilesOf({ files }: Place, said: Said): Said {
	const carried = said.files ?? [];
	const isSame = carried.length === files.length && carried.every(({ id }, i) => id === files[i]);
	return isSame ? said : forged('other files than it says openly');
}
