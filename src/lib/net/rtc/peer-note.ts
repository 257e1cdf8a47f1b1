/** What two devices in a call tell each other directly, by the data channel of their link: it works without the server. */
import * as v from 'valibot';

/** Bytes of one note at most; more is no note. */
const NOTE_MAX = 1_024;

export const PeerNote = v.object({
	/** nothing is to be heard from there: silenced, or no microphone */
	muted: v.boolean(),
	/** a picture comes from the camera, from the screen */
	camera: v.boolean(),
	screen: v.boolean(),
	/** pictures are left out to save data */
	saving: v.optional(v.boolean()),
	/** how the other one is heard there */
	hears: v.picklist(['good', 'fair', 'poor', 'none']),
	/** pictures of the other one that are wanted there */
	want: v.object({ camera: v.boolean(), screen: v.boolean() }),
	/** the last one: the other one hangs up */
	bye: v.optional(v.literal(true))
});
export type PeerNote = v.InferOutput<typeof PeerNote>;

/** Understands what came; null for anything that is no note. */
export function readNote(raw: unknown): PeerNote | null {
	if (typeof raw !== 'string' || raw.length > NOTE_MAX) return null;
	try {
		const read = v.safeParse(PeerNote, JSON.parse(raw));
		return read.success ? read.output : null;
	} catch {
		// Whatever somebody else's device says may be anything.
		return null;
	}
}
