/** Shapes of what is sealed or signed, with bounds; whether it holds is decided by whoever verifies it. */
import * as v from 'valibot';
import { count, uid7 } from '../scalars.ts';
import { BOUNDS } from './bounds.ts';

/** base64url of at most `letters` letters. */
const bytes = (letters: number) => v.pipe(v.string(), v.maxLength(letters), v.regex(/^[\w-]+$/));
/** base64url of exactly so many bytes. */
const exactly = (size: number) =>
	v.pipe(v.string(), v.length(Math.ceil((size * 8) / 6)), v.regex(/^[\w-]+$/));
const key = exactly(32);
const hash = exactly(32);
const signature = exactly(64);
/** A secret that was wrapped for somebody. */
const wrap = bytes(BOUNDS.wrap);
const counted = v.pipe(count, v.minValue(1), v.safeInteger());

/** A `Link`. */
export const LinkSchema = v.object({
	body: v.pipe(v.string(), v.maxLength(BOUNDS.linkBody)),
	sigs: v.pipe(
		v.array(v.tuple([key, signature])),
		v.minLength(1),
		v.maxLength(BOUNDS.linkSignatures)
	)
});

/** An `Entry`. */
export const EntrySchema = v.object({
	body: v.pipe(v.string(), v.maxLength(BOUNDS.entryBody)),
	sig: signature
});

/** An `Envelope`, of whatever version. */
export const EnvelopeSchema = v.object({
	v: v.pipe(counted, v.maxValue(255)),
	n: counted,
	e: counted,
	h: hash,
	d: uid7,
	i: counted,
	k: hash,
	b: bytes(BOUNDS.envelopeBody),
	s: signature
});

/** A wrap for each person, by id. */
export const WrapsSchema = v.record(uid7, wrap);

/** What the server keeps of one generation of a person's secret; it can open none of it. */
export const SeedWrapsSchema = v.object({
	gen: counted,
	/** device, or "root" -> wrapped seed */
	to: v.pipe(
		v.record(v.union([uid7, v.literal('root')]), wrap),
		v.check((to) => Object.keys(to).length <= BOUNDS.devices + 1)
	),
	/** the seed before, locked under this one */
	past: v.nullable(bytes(100))
});
export type SeedWraps = v.InferOutput<typeof SeedWrapsSchema>;

/** The seed of one generation, wrapped for one more device. */
export const MoreWrapSchema = v.object({ gen: counted, device: uid7, wrap });
export type MoreWrap = v.InferOutput<typeof MoreWrapSchema>;

/** What a new device asks of those that its person has. */
export const AskSchema = v.object({
	device: uid7,
	/** public keys */
	sig: key,
	box: key,
	/** its signature over these */
	pop: signature,
	/** made with the code that it shows */
	tag: hash
});
export type Ask = v.InferOutput<typeof AskSchema>;
