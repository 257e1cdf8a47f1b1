/** What comes along with an upload (tus: Upload-Metadata), and how uploads are named. */
import * as v from 'valibot';
import { uid7 } from '../../src/lib/protocol/scalars.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';

/** px that a side of a video may have: none is larger. */
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
/** ms; a day: 50 MB of the thinnest speech are not longer. */
const DURATION_MAX = 86_400_000;
const length = v.pipe(
	v.string(),
	v.regex(/^\d{1,8}$/),
	v.transform(Number),
	v.minValue(1),
	v.maxValue(DURATION_MAX)
);

/** What a device says of a file before its bytes come. */
export const UploadMetadata = v.object({
	id: uid7,
	name: v.pipe(v.string(), v.maxLength(1_000)),
	/** what the device takes it for; decides the limit, and nothing else */
	type: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200)))),
	/** SHA-256 of the whole, hex */
	sha256: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)))),
	/** px of a video: a claim that decides about its room on screen, and nothing else */
	width: side,
	height: side,
	/** ms of a film or a sound: a claim that is shown, and nothing else */
	duration: v.fallback(v.optional(length), undefined)
});
export type UploadMetadata = v.InferOutput<typeof UploadMetadata>;

/** Reads the metadata of an upload. @throws RefusalError "malformed" */
export function readMetadata(metadata: unknown): UploadMetadata {
	const parsed = v.safeParse(UploadMetadata, metadata);
	if (!parsed.success) throw new RefusalError(refuse('malformed', { field: 'upload-metadata' }));
	return parsed.output;
}

/** A person's id, and that of a file: nothing else is an upload's name, such as that of its notes on the disk. */
export const UPLOAD_NAME = /^[0-9a-f-]{36}_[0-9a-f-]{36}$/;

/** The name under which a person uploads a file. */
export const uploadName = (person: PersonId, file: string): string => `${person}_${file}`;

/** Whether a name is that of an upload of this person. */
export const isUploadOf = (person: PersonId, name: string): boolean =>
	name.startsWith(uploadName(person, ''));
