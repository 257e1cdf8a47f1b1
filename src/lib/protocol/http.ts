/** Bodies of the app's own HTTP endpoints. Refusals have the form `{ refused: Refusal }`. */
import * as v from 'valibot';
import { Card } from './change.ts';
import { millis, uid } from './scalars.ts';

const short = v.pipe(v.string(), v.maxLength(1024));

/** POST /api/account/register and the answer's cookie signs in. */
export const RegisterBody = v.object({
	name: short,
	email: short,
	password: short,
	/** the link that led here: where only those who were invited may come in, its room is entered with it */
	invite: v.optional(v.object({ room: uid, token: v.pipe(v.string(), v.maxLength(64)) }))
});
export type RegisterBody = v.InferOutput<typeof RegisterBody>;

/** POST /api/account/sign-in; `name` is the user name or the e-mail. */
export const SignInBody = v.object({
	name: short,
	password: short,
	remember: v.boolean(),
	/** the account, which was to end, stays */
	keep: v.optional(v.literal(true))
});
export type SignInBody = v.InferOutput<typeof SignInBody>;

/** POST /api/account/password-link: what stands in the link, and the new password; the answer's cookie signs in. */
export const PasswordLinkBody = v.object({ token: short, password: short });
export type PasswordLinkBody = v.InferOutput<typeof PasswordLinkBody>;

/** POST /api/account/password-mail: sends a link for a new password to the account's address, if there is one. */
export const PasswordMailBody = v.object({
	/** user name or e-mail */
	name: short,
	/** in which the letter is written, as the app names its languages */
	language: v.pipe(v.string(), v.maxLength(35))
});
export type PasswordMailBody = v.InferOutput<typeof PasswordMailBody>;

/** Who is signed in: the answer to register, sign-in and GET /api/account. */
export const Account = v.object({ person: Card, email: v.string(), admin: v.boolean() });
export type Account = v.InferOutput<typeof Account>;

/** The answer to GET /api/account of a browser that has no session and never had one. */
export const Nobody = v.object({ account: v.null() });
export type Nobody = v.InferOutput<typeof Nobody>;

/**
 * Headers that every `POST /api/sync/<name>` carries, because it has no handshake: the protocol
 * version (a whole number) and the device's uid.
 */
export const VERSION_HEADER = 'x-roost-version';
export const DEVICE_HEADER = 'x-roost-device';
/** May come with them: whom the device takes itself to be (promise 14). */
export const PERSON_HEADER = 'x-roost-person';

/** One signed-in browser or program, as its owner sees it. */
export const SessionView = v.object({
	/** the session's public id; reveals nothing about its token */
	id: v.string(),
	kind: v.picklist(['app', 'api']),
	/** what the browser called itself when it signed in */
	agent: v.string(),
	created: millis,
	used: millis,
	/** whether it is the one that asks */
	current: v.boolean()
});
export type SessionView = v.InferOutput<typeof SessionView>;
/** POST /api/account/password */
export const PasswordBody = v.object({
	current: short,
	password: short,
	/** also end all other sessions */
	endOthers: v.boolean()
});
export type PasswordBody = v.InferOutput<typeof PasswordBody>;

const words = v.picklist(['keep', 'empty']);
/** POST /api/account/delete: the password, once more, and how the account ends. */
export const DeleteAccountBody = v.object({
	password: short,
	/** what becomes of what the person said: it stays as of somebody who has left, or is emptied */
	words: v.optional(words, 'keep'),
	/** in a week it can be undone by signing in until then */
	when: v.optional(v.picklist(['now', 'week']), 'now')
});
export type DeleteAccountBody = v.InferInput<typeof DeleteAccountBody>;
export type AccountEndChoice = Pick<v.InferOutput<typeof DeleteAccountBody>, 'words' | 'when'>;

/** When the end of an account was asked for, when it comes, and what becomes of the words. */
export const Receipt = v.object({ asked: millis, due: millis, words });
export type Receipt = v.InferOutput<typeof Receipt>;
/** The answer to it. */
export const AccountEnding = v.object({ ok: v.literal(true), receipt: Receipt });
export type AccountEnding = v.InferOutput<typeof AccountEnding>;

/** The answer to GET /api/account/sessions. */
export const Sessions = v.object({ sessions: v.array(SessionView) });
export type Sessions = v.InferOutput<typeof Sessions>;

/** A token with which a bot uses the compatible API, as its owner sees it. The token itself is shown once. */
export const BotToken = v.object({
	/** public id; reveals nothing about the token */
	id: v.string(),
	name: v.string(),
	created: millis,
	/** last use, to the minute; null: never */
	used: v.nullable(millis)
});
export type BotToken = v.InferOutput<typeof BotToken>;

/** The answer to GET /api/account/tokens. */
export const BotTokens = v.object({ tokens: v.array(BotToken) });
export type BotTokens = v.InferOutput<typeof BotTokens>;

/** POST /api/account/tokens */
export const BotTokenBody = v.object({
	name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100))
});
export type BotTokenBody = v.InferOutput<typeof BotTokenBody>;

/** Its answer: the only moment at which the token can be read. DELETE /api/account/tokens/<id> ends it. */
export const NewBotToken = v.object({ ...BotToken.entries, token: v.string() });
export type NewBotToken = v.InferOutput<typeof NewBotToken>;
