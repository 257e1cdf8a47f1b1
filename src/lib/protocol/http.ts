/** Bodies of the app's own HTTP endpoints. Refusals have the form `{ refused: Refusal }`. */
import * as v from 'valibot';
import { Card, millis } from './change.ts';

const short = v.pipe(v.string(), v.maxLength(1024));

/** POST /api/account/register and the answer's cookie signs in. */
export const RegisterBody = v.object({ name: short, email: short, password: short });
export type RegisterBody = v.InferOutput<typeof RegisterBody>;

/** POST /api/account/sign-in; `name` is the user name or the e-mail. */
export const SignInBody = v.object({ name: short, password: short, remember: v.boolean() });
export type SignInBody = v.InferOutput<typeof SignInBody>;

/** Who is signed in: the answer to register, sign-in and GET /api/account. */
export const Account = v.object({ person: Card, email: v.string(), admin: v.boolean() });
export type Account = v.InferOutput<typeof Account>;

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

/** POST /api/account/delete: the password, once more. */
export const DeleteAccountBody = v.object({ password: short });
export type DeleteAccountBody = v.InferOutput<typeof DeleteAccountBody>;

/** The answer to GET /api/account/sessions. */
export const Sessions = v.object({ sessions: v.array(SessionView) });
export type Sessions = v.InferOutput<typeof Sessions>;
