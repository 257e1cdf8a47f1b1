/** What stands in a sealed message, and its form within the envelope. */
import * as v from 'valibot';
import { FileCard, Mention, Origin } from '../change.ts';
import { codePoints, LIMITS } from '../limits.ts';
import { uid } from '../scalars.ts';
import { fromUtf8, utf8, type Bytes } from './bytes.ts';
import { forged } from './forged.ts';
import { pad, unpad } from './padding.ts';

/** A file as the message that carries it knows it; only the id lies open. */
const SealedFile = v.object({
	...FileCard.entries,
	/** what its bytes are sealed with: 32 bytes, base64url */
	key: v.pipe(v.string(), v.length(43))
});

const Said = v.object({
	text: v.string(),
	reply: v.optional(uid),
	mentions: v.optional(v.pipe(v.array(Mention), v.maxLength(LIMITS.mentionsMax))),
	forward: v.optional(Origin),
	files: v.optional(v.pipe(v.array(SealedFile), v.maxLength(LIMITS.filesMax)))
});
/** A message's words, and what belongs to them. */
export type Said = v.InferOutput<typeof Said>;

/** Without what no database keeps: half of a surrogate pair becomes U+FFFD, NUL is left out; as in open rooms. */
const clean = (_key: string, value: unknown) =>
	typeof value === 'string' ? fromUtf8(utf8(value)).replaceAll('\0', '') : value;

/** The same message gives the same bytes, whoever writes them. */
export function writeSaid({ text, reply, mentions, forward, files }: Said): Bytes {
	const parts = { t: text, r: reply, m: mentions, f: forward, x: files };
	return pad(utf8(JSON.stringify(parts, clean)));
}

/** @throws Forged when it is not what `writeSaid` writes, or longer than a message may be */
export function readSaid(plain: Bytes): Said {
	const { t, r, m, f, x } = parsed(fromUtf8(unpad(plain)));
	const given = { text: t, reply: r, mentions: m, forward: f, files: x };
	const present = Object.entries(given).filter(([, value]) => value !== undefined);
	const read = v.safeParse(Said, Object.fromEntries(present));
	if (!read.success || codePoints(read.output.text) > LIMITS.messageMax) return forged('no words');
	return read.output;
}

function parsed(json: string): Partial<Record<'t' | 'r' | 'm' | 'f' | 'x', unknown>> {
	try {
		const value: unknown = JSON.parse(json, clean);
		return typeof value === 'object' && value !== null ? value : forged('no words');
	} catch (fault) {
		if (fault instanceof SyntaxError) return forged('no words');
		throw fault;
	}
}
