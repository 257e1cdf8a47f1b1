/** What goes wrong becomes a status and a short English text (compat-api, rules 1.3 and 1.4). */
import { refuse, type Refusal, type RefusalCode } from '../../src/lib/protocol/refusal.ts';
import { refusalIn } from '../domain/storage-refusal.ts';
import type { FieldError } from '../http/error-body.ts';

/** A "no" of this API, with its status. */
export class ApiError extends Error {
	readonly status: number;
	readonly fields: FieldError[];
	/** seconds until asking again makes sense */
	readonly retryAfter: number | null;
	constructor(
		status: number,
		message: string,
		{ fields = [], retryAfter = null }: { fields?: FieldError[]; retryAfter?: number | null } = {}
	) {
		super(message);
		this.name = 'ApiError';
		this.status = status;
		this.fields = fields;
		this.retryAfter = retryAfter;
	}
}

/** Refusal -> status and text. 401 stands for nothing but a failed sign-in and a dead token. */
const SAID: Record<RefusalCode, readonly [status: number, text: string]> = {
	malformed: [422, 'The request is malformed.'],
	id_conflict: [409, 'This has happened already.'],
	not_a_member: [403, 'You are not a member of this room.'],
	not_allowed: [403, 'You are not allowed to do this.'],
	no_such_room: [404, 'There is no such room.'],
	no_such_message: [404, 'There is no such message.'],
	no_such_person: [404, 'There is no such user.'],
	room_deleted: [404, 'This room has been deleted.'],
	room_name_taken: [409, 'A room of this name exists already.'],
	room_name_invalid: [400, 'A room name has 1 to 100 characters on one line.'],
	description_too_long: [400, 'The description is too long: at most 500 characters.'],
	room_password_missing: [400, 'This room is private: give its password.'],
	room_password_wrong: [400, 'The room password is wrong.'],
	owner_must_stay: [400, 'The owner of a room cannot leave it.'],
	banned: [403, 'You have been banned from this room.'],
	muted: [403, 'You have been muted in this room.'],
	person_unavailable: [403, 'This user cannot be reached.'],
	not_yourself: [400, 'This cannot be done with yourself.'],
	no_such_request: [404, 'There is no such friend request.'],
	direct_fixed: [400, 'This cannot be done in a direct conversation.'],
	reaction_invalid: [400, 'This is not an emoji.'],
	reactions_full: [400, 'There are too many reactions already.'],
	pins_full: [400, 'There are too many pinned messages already.'],
	password_link_invalid: [400, 'This link is not valid any more.'],
	invite_invalid: [400, 'This invite link is not valid any more.'],
	display_invalid: [400, 'The display name is not valid.'],
	bio_too_long: [400, 'The bio is too long: at most 200 characters.'],
	picture_invalid: [400, 'This is not a picture that can be used.'],
	current_password_wrong: [400, 'The current password is wrong.'],
	message_empty: [400, 'A message needs some text.'],
	message_too_long: [400, 'The message is too long.'],
	message_deleted: [404, 'This message has been deleted.'],
	name_invalid: [
		400,
		'A user name has 2 to 20 letters, digits, underscores or Chinese characters.'
	],
	name_taken: [409, 'This user name is taken.'],
	email_invalid: [400, 'This is not a valid e-mail address.'],
	email_taken: [409, 'This e-mail address is taken.'],
	password_too_short: [400, 'The password is too short.'],
	password_too_long: [400, 'The password is too long.'],
	password_common: [400, 'This password is too easy to guess.'],
	password_invalid: [
		400,
		'The password has characters that cannot be typed, such as tabs or line breaks.'
	],
	sign_in_failed: [401, 'The user name or the password is wrong.'],
	account_disabled: [403, 'This account has been disabled by an administrator.'],
	account_leaving: [403, 'This account is about to be deleted. Sign in to the app to keep it.'],
	last_admin: [409, 'The last administrator has to name another one first.'],
	registration_closed: [403, 'New accounts are not taken on this server.'],
	invite_needed: [403, 'New accounts need an invite link on this server.'],
	reason_invalid: [400, 'Give a reason of 1 to 500 characters.'],
	server_name_invalid: [400, 'The name of a server has at most 40 characters on one line.'],
	no_such_call: [404, 'There is no such call.'],
	call_taken: [409, 'This call was answered on another device.'],
	call_full: [409, 'This call is full.'],
	calls_off: [403, 'Calls are switched off on this server.'],
	session_ended: [401, 'The token is missing, invalid or expired.'],
	origin_refused: [403, 'This origin is not allowed.'],
	not_found: [404, 'Not found.'],
	file_missing: [400, 'There is no such file: upload it first.'],
	file_too_large: [413, 'The file is too large: pictures have at most 10 MB, others 50 MB.'],
	file_damaged: [400, 'The file has not arrived as it was sent.'],
	image_too_large: [413, 'The picture is too large: at most 10 MB.'],
	quota_exceeded: [400, 'You have used up your space.'],
	too_large: [413, 'The request is too large.'],
	too_many: [429, 'Too many requests: try again later.'],
	busy: [503, 'The server is busy: try again in a moment.'],
	storage_full: [503, 'The server cannot store anything at the moment.'],
	server_fault: [500, 'The server failed. The fault has been written down.'],
	update_required: [400, 'This version is not supported.']
};

/** Names of inputs in this API that differ from the domain's. */
const FIELDS: Record<string, string> = {
	name: 'username',
	body: 'content',
	current: 'current_password'
};

/**
 * @param naming how the domain's inputs are called in the request at hand, where that is not the
 *   usual; for example a room's name is "name"
 */
export function fromRefusal(refusal: Refusal, naming: Record<string, string> = {}): ApiError {
	const [status, text] = SAID[refusal.code];
	const field = refusal.field;
	const fields =
		field === undefined ? [] : [{ field: naming[field] ?? FIELDS[field] ?? field, message: text }];
	const retryAfter = refusal.after === undefined ? null : Math.ceil(refusal.after / 1_000);
	return new ApiError(status, text, { fields, retryAfter });
}

/** Turns anything thrown into a "no"; null for an unexpected error, which has to be logged. */
export function asApiError(error: unknown): ApiError | null {
	if (error instanceof ApiError) return error;
	const refusal = refusalIn(error);
	return refusal && fromRefusal(refusal);
}

export const serverError = (): ApiError => fromRefusal(refuse('server_fault', { after: 2_000 }));
export const unauthorized = (): ApiError => fromRefusal(refuse('session_ended'));
export const notFound = (): ApiError => fromRefusal(refuse('not_found'));
