/** What a sealed message looks like on the wire, and what of it lies open and is bound. */
import { utf8, type Bytes } from './bytes.ts';
import { canon } from './canon.ts';

/** What lies open of a message, and is bound: the server needs it to deliver. */
export interface Place {
	room: string;
	/** of the message */
	id: string;
	/** of the text: 1 as posted, one more with each edit */
	version: number;
	author: string;
	/** what the author's clock said, ms */
	sent: number;
	/** who is meant by name or answered */
	told: readonly string[];
	/** ids of files that it carries */
	files: readonly string[];
}

/** A sealed text. Bytes are base64url. */
export interface Envelope {
	/** of this form */
	v: number;
	/** version of the text */
	n: number;
	/** epoch, and hash of the entry that began it */
	e: number;
	h: string;
	/** device, and how long its person's chain was */
	d: string;
	i: number;
	/** commitment to what is said */
	k: string;
	/** what is said, locked */
	b: string;
	/** the device's signature */
	s: string;
}

/** The form that is written here, and the newest that is understood. */
export const ENVELOPE_VERSION = 1;

/**
 * Everything of an envelope that lies open, in the form that is bound.
 * @param envelope without what is locked; a whole envelope will do
 */
export function headerOf(
	place: Place,
	{ e, h, d, i, k }: Pick<Envelope, 'e' | 'h' | 'd' | 'i' | 'k'>
): Bytes {
	const { room, id, version, author, sent, told, files } = place;
	const said = canon(
		'roost.e1.message',
		room,
		id,
		version,
		author,
		sent,
		told,
		files,
		e,
		h,
		d,
		i,
		k
	);
	return utf8(said);
}

/**
 * An act without the signatures within it ("s"), for its digest: WebKit signs the same bytes differently each
 * time, and what two tabs sealed is one and the same act.
 */
export function withoutSignatures<T>(act: T): T {
	if (Array.isArray(act)) return act.map(withoutSignatures) as T;
	if (typeof act !== 'object' || act === null) return act;
	const kept = Object.entries(act).filter(([key]) => key !== 's');
	return Object.fromEntries(kept.map(([key, value]) => [key, withoutSignatures(value)])) as T;
}
