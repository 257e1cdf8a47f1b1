/** Whose a sealed message is, and what it says: the signature of the device, and the commitment to the words. */
import { b64, same, unb64, utf8, type Bytes } from './bytes.ts';
import { canon } from './canon.ts';
import { headerOf, type Envelope, type Place } from './envelope.ts';
import { Forged } from './forged.ts';
import { isSigned, mac, sha256 } from './primitives.ts';
import { readSaid, type Said } from './said.ts';

/** What a device signs of an envelope. */
export async function signedOf(header: Bytes, locked: Bytes): Promise<Bytes> {
	return utf8(canon('roost.e1.signed', b64(await sha256(header)), b64(await sha256(locked))));
}

/**
 * Whether a device said this.
 * @param device its public key, base64url
 */
export async function isSaidBy(device: string, envelope: Envelope, place: Place): Promise<boolean> {
	const said = await signedOf(headerOf(place, envelope), unb64(envelope.b));
	return isSigned(device, envelope.s, said);
}

/** The commitment to what is said (32 bytes). */
export function commitmentTo(plain: Bytes, frank: Bytes): Promise<Bytes> {
	return mac(frank, plain);
}

/** What is shown to whoever moderates: words, and the key of their commitment; it opens nothing else. */
export interface Report {
	/** padded, base64url */
	plain: string;
	frank: string;
}

/**
 * What a device said, as one's own copy of the envelope proves; needs no secret of the room.
 * @param device its public key in the author's chain, base64url
 * @returns null when nothing is proved
 */
export async function provenSaid(
	{ plain, frank }: Report,
	envelope: Envelope,
	place: Place,
	device: string
): Promise<Said | null> {
	try {
		if (envelope.n !== place.version || !(await isSaidBy(device, envelope, place))) return null;
		const commitment = await commitmentTo(unb64(plain), unb64(frank, 32));
		return same(unb64(envelope.k), commitment) ? readSaid(unb64(plain)) : null;
	} catch (fault) {
		if (fault instanceof Forged) return null;
		throw fault;
	}
}
