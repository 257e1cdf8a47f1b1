/** What comes along with an upload (tus: Upload-Metadata). */
import * as v from 'valibot';
import { uid7 } from '../../src/lib/protocol/change.ts';

/** px that a side of a film may have: none is larger, and nothing on screen follows it further. */
const SIDE_MAX = 16_384;
const pixels = v.pipe(
	v.string(),
	v.regex(/^\d{1,5}$/),
	v.transform(Number),
	v.minValue(1),
	v.maxValue(SIDE_MAX)
);
/** No file is turned away for what only its room on screen depends on. */
const side = v.fallback(v.optional(pixels), undefined);

/** What a device says of a file before its bytes come. */
export const Metadata = v.object({
	id: uid7,
	name: v.pipe(v.string(), v.maxLength(1_000)),
	/** what the device takes it for; decides the limit, and nothing else */
	type: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200)))),
	/** SHA-256 of the whole, hex */
	sha256: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)))),
	/** px of a film: a claim that decides about its room on screen, and nothing else */
	width: side,
	height: side
});
export type Metadata = v.InferOutput<typeof Metadata>;
