/** What the notes of this device, and what was shared into the app, are read as when part of them is damaged. Pure. */
import * as v from 'valibot';
import { Card } from '../protocol/change.ts';
import { count, uid } from '../protocol/scalars.ts';
import type { Share } from './share-intake.ts';

const isText = v.string();
const orNull = <S extends v.GenericSchema>(schema: S) => v.fallback(v.nullable(schema), null);
const orFalse = v.fallback(v.boolean(), false);
const orTrue = v.fallback(v.boolean(), true);

/** The items of a list that are of this form; of what is no list, none. */
const each = <S extends v.GenericSchema>(schema: S) =>
	v.pipe(
		v.fallback(v.array(v.unknown()), []),
		v.transform((items) => items.filter((item): item is v.InferOutput<S> => v.is(schema, item)))
	);

/** The server says the rest anew; only whose account it is cannot be guessed. */
const Person = v.object({
	...Card.entries,
	number: v.fallback(count, 0),
	name: v.fallback(isText, ''),
	display: v.fallback(Card.entries.display, undefined),
	bio: v.fallback(Card.entries.bio, undefined),
	avatar: v.fallback(Card.entries.avatar, undefined),
	deleted: v.fallback(Card.entries.deleted, undefined),
	v: v.fallback(count, 0)
});
const SignedIn = v.object({
	account: v.object({ person: Person, email: v.fallback(isText, ''), admin: orFalse }),
	device: isText,
	sessionEnded: orFalse
});

/** An older release called it `sealed`. */
function withSessionEnded(signedIn: unknown): unknown {
	if (typeof signedIn !== 'object' || signedIn === null || 'sessionEnded' in signedIn)
		return signedIn;
	return { ...signedIn, sessionEnded: (signedIn as { sealed?: unknown }).sealed === true };
}

/** Who is signed in; nobody, where that can no longer be told. */
const DeviceNote = v.object({
	signedIn: orNull(v.pipe(v.unknown(), v.transform(withSessionEnded), SignedIn)),
	signOutOwed: orFalse,
	wipe: each(isText)
});

/** What was chosen for notifications, each choice by itself. */
const NotificationNote = v.object({
	account: orNull(uid),
	wanted: orFalse,
	sound: orTrue,
	preview: orTrue,
	locale: orNull(isText),
	endpoint: orNull(isText),
	told: v.pipe(
		v.fallback(v.record(isText, v.unknown()), {}),
		v.transform((told) =>
			Object.fromEntries(
				Object.entries(told).filter((one): one is [string, number] => v.is(count, one[1]))
			)
		)
	)
});

const Shared = v.object({
	id: isText,
	at: v.fallback(v.number(), 0),
	// Whose it is cannot be guessed: it would be shown to somebody else.
	account: v.nullable(isText),
	room: orNull(isText),
	text: v.fallback(isText, ''),
	files: each(v.object({ id: isText, name: isText, type: isText, size: count })),
	left: each(v.object({ name: isText, reason: v.picklist(['too-large', 'empty', 'too-many']) }))
});

const reader =
	<S extends v.GenericSchema>(schema: S) =>
	(note: unknown, otherwise: v.InferOutput<S>): v.InferOutput<S> => {
		const read = v.safeParse(schema, note);
		return read.success ? read.output : otherwise;
	};

/** The parts of a note that are sound, and those of `otherwise` (all of it, where it is no note) for the others. */
export const readDeviceNote = reader(DeviceNote);
export const readNotificationNote = reader(NotificationNote);

/** The sound part of a share; null where it cannot be told whose it is. */
export function readShare(share: unknown): Share | null {
	const read = v.safeParse(Shared, share);
	return read.success ? read.output : null;
}
