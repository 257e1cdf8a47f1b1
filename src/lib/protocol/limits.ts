/**
 * Every number that both sides must agree on. Lengths of text are Unicode code points
 * (compat-api rule 1.9), sizes are bytes, times are milliseconds.
 */
export const LIMITS = {
	/** Code points of a user name. */
	nameMin: 2,
	nameMax: 20,
	/** Code points of a password at least; bytes (UTF-8) at most. */
	passwordMin: 8,
	passwordMaxBytes: 256,
	emailMax: 254,
	/** Code points of a message's text. */
	messageMax: 4000,
	roomNameMax: 100,
	roomDescriptionMax: 500,
	/** Acts in one request; the outbox sends at most this many at once. */
	actsPerRequest: 100,
	/** Rows in one answer to a pull, over all its streams. */
	pullRows: 1000,
	/** Streams named in one pull. */
	pullStreams: 200,
	/** Messages in the newest page and in a page of history. */
	pageMessages: 50,
	historyMessagesMax: 200,
	/** A device further behind than this many changes in a room gets the newest page and a hole. */
	skipToNewestAfter: 1000,
	/** Bytes of one socket event or one JSON body of the sync endpoints. */
	eventBytes: 512 * 1024,
	/** A device whose answer does not come within this time tries again. */
	requestDeadline: 20_000,
	/** Time between two questions for the heads on a quiet, live connection. */
	headsEvery: 30_000,
	/** Members up to which a room shows who has read what. */
	readMarksMembers: 20,
	/** Files of one message; bytes of an image and of any other file. */
	filesMax: 10,
	imageBytes: 10 * 1024 * 1024,
	fileBytes: 50 * 1024 * 1024,
	/** Bytes of the poster that a device makes of a film: a JPEG of 640 px has about half of it. */
	posterBytes: 96 * 1024,
	/** Pixels up to which a picture is shown as one, and of those whose decoders need more memory (docs/operations.md). */
	imagePixels: 50_000_000,
	avifPixels: 8_500_000,
	gifPixels: 24_000_000,
	/** Code points of a file's name that are kept. */
	fileNameMax: 200,
	displayMax: 40,
	bioMax: 200,
	/** Different emoji under one message; people who may use the same one. */
	reactionKinds: 20,
	reactionPeople: 500,
	pinsMax: 50,
	mentionsMax: 50,
	/** Bytes of a profile picture as a device hands it in, before base64. */
	avatarBytes: 128 * 1024,
	/** UTF-16 units of one preference's value. */
	prefMax: 4000,
	/** Uses of an invite link at most. */
	inviteUsesMax: 10_000,
	/** Code points in which somebody says why a message is reported. */
	reasonMax: 500,
	/** People whose presence a device may ask for at once. */
	friendsMax: 2000,
	/** People in one call that connects each with each. */
	callPeople: 8,
	/** ms for which a call rings. */
	ringFor: 45_000,
	/** Bytes of one signal between two devices in a call (the largest real one has 9.8 KB), and ways named in it. */
	signalBytes: 16 * 1024,
	candidatesPerSignal: 30,
	/** Unread messages are counted exactly up to here and shown as "999+" beyond. */
	unreadMax: 1000
} as const;

/** The number of Unicode code points in a text (not UTF-16 units). */
export function codePoints(text: string): number {
	let count = 0;
	for (const _ of text) count++;
	return count;
}

/** The number of bytes a text takes as UTF-8. */
export function utf8Bytes(text: string): number {
	return new TextEncoder().encode(text).length;
}
