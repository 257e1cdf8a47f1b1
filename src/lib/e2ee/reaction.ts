/** Reactions to sealed messages: the server groups them by a token and does not know the emoji. */
import { b64, fromUtf8, join, unb64, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import { forged } from '../protocol/sealed/forged.ts';
import type { Identity } from '../protocol/sealed/links.ts';
import { derive, isSigned, lock, mac, sign, unlock } from '../protocol/sealed/primitives.ts';
import type { DeviceKeys } from './device-keys.ts';
import type { Epoch } from './room-keys.ts';

/** An emoji that somebody put under a message. */
export interface SealedReaction {
	/** the same for everybody who uses this emoji on this message */
	token: string;
	/** the emoji, locked; the same for all of them, too */
	box: string;
	d: string;
	s: string;
}

/** What is reacted to. */
interface Reacted {
	room: string;
	message: string;
	/** of the message's first version, whatever the present one is */
	epoch: Epoch;
}

/** Bytes of the longest emoji, and of a token, which is the nonce as well. */
const EMOJI_BYTES = 48;
const TOKEN_BYTES = 12;
const OPEN = utf8('roost.e1.emoji');

/** One key for the token, one for the box. */
async function keysOf({ room, message, epoch }: Reacted): Promise<[token: Bytes, box: Bytes]> {
	const info = utf8(canon('roost.e1.react', room, message));
	const both = await derive(epoch.secret, info, 64);
	return [both.slice(0, 32), both.slice(32)];
}

const signedOf = (to: Reacted, person: string, d: string, token: string, on: boolean) =>
	utf8(canon('roost.e1.reacted', to.room, to.message, person, d, token, on ? 1 : 0));

/**
 * Puts an emoji there, or takes it away.
 * @throws RangeError when it is longer than any emoji
 */
export async function react(
	emoji: string,
	on: boolean,
	to: Reacted,
	person: string,
	device: DeviceKeys
): Promise<SealedReaction> {
	const said = utf8(emoji);
	const plain = new Uint8Array(EMOJI_BYTES);
	plain.set(said);
	const [tokenKey, boxKey] = await keysOf(to);
	const token = (await mac(tokenKey, said)).slice(0, TOKEN_BYTES);
	const box = b64(await lock(join(boxKey, token), OPEN, plain));
	const named = b64(token);
	const s = await sign(device.signer, signedOf(to, person, device.id, named, on));
	return { token: named, box, d: device.id, s };
}

/**
 * The emoji that somebody put there.
 * @throws Forged when they did not
 */
export async function readReaction(
	{ token, box, d, s }: SealedReaction,
	to: Reacted,
	by: Identity
): Promise<string> {
	const device = by.devices.get(d) ?? forged('a device that is not theirs');
	if (!(await isSigned(device.sig, s, signedOf(to, by.person, d, token, true)))) {
		forged('nobody put this there');
	}
	const [tokenKey, boxKey] = await keysOf(to);
	const named = unb64(token, TOKEN_BYTES);
	const plain = await unlock(join(boxKey, named), OPEN, unb64(box));
	const end = plain.indexOf(0);
	const said = plain.slice(0, end < 0 ? plain.length : end);
	const own = (await mac(tokenKey, said)).slice(0, TOKEN_BYTES);
	return b64(own) === token ? fromUtf8(said) : forged('grouped with another emoji');
}
