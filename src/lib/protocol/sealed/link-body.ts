/** What the body of one link of an identity's chain says, and its form. */
import { UUID7 } from '../ids.ts';
import { BOUNDS } from './bounds.ts';
import { isB64, unb64 } from './bytes.ts';
import { canon, readCanon, type Field } from './canon.ts';
import { isBoxKey, isSigningKey } from './curve-points.ts';
import { forged } from './forged.ts';

/** One link, as it travels and is kept. */
export interface Link {
	/** canonical form: label, person, n, hash of the link before, kind, payload */
	body: string;
	/** public key -> signature over the body (both base64url) */
	sigs: [pub: string, sig: string][];
}

/** A device's public keys, and the device's own signature over them: whoever adds it cannot make that up. */
export interface DeviceCard {
	device: string;
	sig: string;
	box: string;
	pop: string;
}

/** What a link changes. Keys are public and base64url; `gen` counts the keys that secrets are wrapped for. */
export type LinkChange =
	| ({ kind: 'root'; root: string; rbox: string; gen: number; pub: string } & Omit<
			DeviceCard,
			'pop'
	  >)
	| ({ kind: 'add' } & DeviceCard)
	| { kind: 'remove'; device: string; gen: number; pub: string }
	| { kind: 'renew'; gen: number; pub: string }
	| { kind: 'reroot'; root: string; rbox: string };

/** The body of a link, read. */
export interface ParsedLink {
	person: string;
	/** counts from 1 */
	n: number;
	/** hash of the link before; '' of the first */
	prev: string;
	change: LinkChange;
}

const LABEL = 'roost.e1.link';

const PAYLOADS: Record<LinkChange['kind'], readonly string[]> = {
	root: ['root', 'rbox', 'device', 'sig', 'box', 'gen', 'pub'],
	add: ['device', 'sig', 'box', 'pop'],
	remove: ['device', 'gen', 'pub'],
	renew: ['gen', 'pub'],
	reroot: ['root', 'rbox']
};

const isText = (field: Field): field is string => typeof field === 'string';
const isBox = (field: Field) => isText(field) && isB64(field, 32) && isBoxKey(unb64(field));
const isSigning = (field: Field) => isText(field) && isB64(field, 32) && isSigningKey(unb64(field));

/** What each part of a payload has to be. */
const SHAPES: Record<string, (field: Field) => boolean> = {
	root: isSigning,
	rbox: isBox,
	device: (field) => isText(field) && UUID7.test(field),
	sig: isSigning,
	box: isBox,
	pop: (field) => isText(field) && isB64(field, 64),
	gen: (field) => typeof field === 'number' && field >= 1,
	pub: isBox
};

function changeOf(kind: Field, payload: Field): LinkChange {
	if (!isText(kind) || !Object.hasOwn(PAYLOADS, kind)) return forged('an unknown kind of link');
	const names = PAYLOADS[kind as LinkChange['kind']];
	if (!Array.isArray(payload) || payload.length !== names.length) forged('another payload');
	const fields = payload as Field[];
	for (const [i, name] of names.entries()) {
		if (!SHAPES[name]!(fields[i]!)) forged(`not what a link has as ${name}`);
	}
	const parts = Object.fromEntries(names.map((name, i) => [name, fields[i]]));
	return { kind, ...parts } as LinkChange;
}

/** The body of a link, from its parts. */
export function writeLinkBody({ person, n, prev, change }: ParsedLink): string {
	const { kind, ...parts } = change;
	const payload = PAYLOADS[kind].map((name) => (parts as Record<string, Field>)[name]!);
	return canon(LABEL, person, n, prev, kind, payload);
}

/**
 * Reads the body of a link: form and shapes, not yet whether it follows anything.
 * @throws Forged
 */
export function parseLinkBody(body: string): ParsedLink {
	const fields = body.length <= BOUNDS.linkBody ? readCanon(body) : null;
	if (fields?.length !== 6 || fields[0] !== LABEL) return forged('no link');
	const [, person, n, prev, kind, payload] = fields as [string, Field, Field, Field, Field, Field];
	if (!isText(person) || !isText(prev)) return forged('no link');
	if (typeof n !== 'number' || n < 1 || n > BOUNDS.links) return forged('no place for a link');
	return { person, n, prev, change: changeOf(kind, payload) };
}

/** What a device signs to say that it holds its keys and is to speak for this person. */
export function possessionOf(
	person: string,
	{ device, sig, box }: Omit<DeviceCard, 'pop'>
): string {
	return canon('roost.e1.pop', person, device, sig, box);
}
