/**
 * Letting a new device in: it shows 24 digits, which are typed or scanned on one that its person has. With
 * them each side makes sure that the server passed on what the other one said.
 */
import { b64, same, utf8, type Bytes } from '../protocol/sealed/bytes.ts';
import { canon } from '../protocol/sealed/canon.ts';
import { isPossessed, type Identity } from '../protocol/sealed/links.ts';
import { derive, mac, random, secretOf } from '../protocol/sealed/primitives.ts';
import type { Ask } from '../protocol/sealed/schemas.ts';
import { cardOf, type DeviceKeys } from './device-keys.ts';

/** Digits of a code: 79 bits. */
const APPROVAL_DIGITS = 24;

export function newApprovalCode(): string {
	let digits = '';
	while (digits.length < APPROVAL_DIGITS) {
		// Above 249 the first six digits would come more often than the others.
		for (const byte of random(32)) if (byte < 250) digits += String(byte % 10);
	}
	return digits.slice(0, APPROVAL_DIGITS);
}

/** The digits of what was typed or scanned; null when they are no code. */
export function readApprovalCode(typed: string): string | null {
	const digits = typed.normalize('NFKC').replace(/[\s\p{Dash}]/gu, '');
	return /^\d+$/.test(digits) && digits.length === APPROVAL_DIGITS ? digits : null;
}

async function keyOf(code: string, use: 'ask' | 'answer'): Promise<Bytes> {
	return derive(await secretOf(utf8(code)), utf8(`roost.e1.approve.${use}`), 32);
}

async function askTag(
	person: string,
	asked: Omit<Ask, 'pop' | 'tag'>,
	code: string
): Promise<string> {
	const said = canon('roost.e1.ask', person, asked.device, asked.sig, asked.box);
	return b64(await mac(await keyOf(code, 'ask'), utf8(said)));
}

/** On the new device: what it asks, made with the code that it shows. */
export async function ask(person: string, keys: DeviceKeys, code: string): Promise<Ask> {
	const card = await cardOf(person, keys);
	return { ...card, tag: await askTag(person, card, code) };
}

/** On the old one: whether what the server passed on is what the device that shows this code said. */
export async function isAsked(person: string, asked: Ask, code: string): Promise<boolean> {
	const isSame = same(utf8(asked.tag), utf8(await askTag(person, asked, code)));
	return isSame && isPossessed(person, asked);
}

/** On the old one: tells the new device that this chain is really its person's (base64url). */
export async function vouch(identity: Identity, code: string): Promise<string> {
	const { person, root, n, head } = identity;
	const said = canon('roost.e1.answer', person, root, n, head);
	return b64(await mac(await keyOf(code, 'answer'), utf8(said)));
}

/** On the new one: whether the device on which the code was typed vouched for this chain. */
export async function isVouched(identity: Identity, proof: string, code: string): Promise<boolean> {
	return same(utf8(proof), utf8(await vouch(identity, code)));
}
