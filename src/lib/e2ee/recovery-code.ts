/**
 * The recovery code: 128 random bits from which the root of an identity follows. People write it down, so
 * it is letters that cannot be taken for one another (Crockford's base32), with two that find typing errors.
 */
import { utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { forged } from '../protocol/sealed/forged.ts';
import {
	derive,
	random,
	secretOf,
	sha256,
	type Box,
	type Signer
} from '../protocol/sealed/primitives.ts';
import { signerFromSeed } from './device-keys.ts';
import { boxFromSeed } from './hpke.ts';

/** The two key pairs of a recovery code. */
export interface Root {
	signer: Signer;
	box: Box;
}

const CODE_BYTES = 16;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Letters that carry the code, and letters that check it. */
const LETTERS = 26;
const CHECKS = 2;
/** Letters of a group, as it is shown. */
const GROUP = 4;

export function newRecoveryCode(): Bytes {
	return random(CODE_BYTES);
}

export async function rootOf(code: Bytes): Promise<Root> {
	const secret = await secretOf(code);
	return {
		signer: await signerFromSeed(await derive(secret, utf8('roost.e1.root.sign'), 32)),
		box: await boxFromSeed(await derive(secret, utf8('roost.e1.root.box'), 32))
	};
}

/** The code as people write it: seven groups of four letters, with "-" between them. */
export async function recoveryText(code: Bytes): Promise<string> {
	const bits = [...code].map((byte) => byte.toString(2).padStart(8, '0')).join('');
	const fives = bits.padEnd(LETTERS * 5, '0').match(/.{5}/g)!;
	const letters = fives.map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
	const all = letters + (await checksOf(code));
	return all.match(new RegExp(`.{${GROUP}}`, 'g'))!.join('-');
}

async function checksOf(code: Bytes): Promise<string> {
	const hash = await sha256(code);
	return [...hash.subarray(0, CHECKS)].map((byte) => ALPHABET[byte & 31]).join('');
}

/** What was typed, in the letters of the code: O is 0, I and L are 1; spaces and strokes mean nothing. */
export function readLetters(typed: string): string {
	const plain = typed.normalize('NFKC').toUpperCase();
	return plain
		.replaceAll('O', '0')
		.replace(/[IL]/g, '1')
		.replace(/[\s\p{Dash}]/gu, '');
}

/**
 * Reads a code as it was typed.
 * @throws Forged "mistyped" when it is no code, or a letter is wrong
 */
export async function readRecoveryCode(typed: string): Promise<Bytes> {
	const letters = readLetters(typed);
	const values = [...letters].map((letter) => ALPHABET.indexOf(letter));
	if (values.length !== LETTERS + CHECKS || values.includes(-1)) return forged('mistyped');
	const bits = values.slice(0, LETTERS).map((value) => value.toString(2).padStart(5, '0'));
	const eights = bits
		.join('')
		.slice(0, CODE_BYTES * 8)
		.match(/.{8}/g)!;
	const code = Uint8Array.from(eights, (eight) => Number.parseInt(eight, 2));
	return readLetters(await recoveryText(code)) === letters ? code : forged('mistyped');
}
