/**
 * Every "no", and what to do about it. The code is for programs, the action tells a device whether
 * to ask again, wait, or hand the matter to the person; the words a person reads are chosen by
 * the device in the person's language.
 */
import * as v from 'valibot';

export const REFUSAL_ACTIONS = {
	/** the person changes something and sends anew */
	fix: 'fix',
	/** the same request, unchanged, after `after` ms */
	wait: 'wait',
	/** sign in again; what is queued stays */
	signIn: 'sign-in',
	/** a newer app is needed */
	update: 'update',
	/** nothing helps; the person can copy or discard */
	none: 'none'
} as const;
export type RefusalAction = (typeof REFUSAL_ACTIONS)[keyof typeof REFUSAL_ACTIONS];

/** Code of a refusal -> its action. */
export const REFUSALS = {
	malformed: 'fix',
	id_conflict: 'none',
	not_a_member: 'none',
	not_allowed: 'none',
	no_such_room: 'none',
	no_such_message: 'none',
	no_such_person: 'none',
	room_deleted: 'none',
	room_name_taken: 'fix',
	room_name_invalid: 'fix',
	description_too_long: 'fix',
	room_password_missing: 'fix',
	room_password_wrong: 'fix',
	owner_must_stay: 'none',
	banned: 'none',
	muted: 'none',
	person_unavailable: 'none',
	not_yourself: 'fix',
	no_such_request: 'none',
	direct_fixed: 'none',
	reaction_invalid: 'fix',
	reactions_full: 'none',
	pins_full: 'fix',
	invite_invalid: 'none',
	display_invalid: 'fix',
	bio_too_long: 'fix',
	picture_invalid: 'fix',
	current_password_wrong: 'fix',
	file_missing: 'none',
	file_too_large: 'fix',
	file_damaged: 'wait',
	image_too_large: 'fix',
	quota_exceeded: 'fix',
	message_empty: 'fix',
	message_too_long: 'fix',
	message_deleted: 'none',
	name_invalid: 'fix',
	name_taken: 'fix',
	email_invalid: 'fix',
	email_taken: 'fix',
	password_too_short: 'fix',
	password_too_long: 'fix',
	password_common: 'fix',
	password_invalid: 'fix',
	password_link_invalid: 'none',
	sign_in_failed: 'fix',
	account_disabled: 'none',
	account_leaving: 'fix',
	last_admin: 'none',
	registration_closed: 'none',
	invite_needed: 'none',
	reason_invalid: 'fix',
	server_name_invalid: 'fix',
	no_such_call: 'none',
	call_taken: 'none',
	call_full: 'none',
	calls_off: 'none',
	session_ended: 'sign-in',
	origin_refused: 'none',
	not_found: 'none',
	too_large: 'fix',
	too_many: 'wait',
	busy: 'wait',
	storage_full: 'wait',
	server_fault: 'wait',
	update_required: 'update'
} as const satisfies Record<string, RefusalAction>;
export type RefusalCode = keyof typeof REFUSALS;

export const Refusal = v.object({
	code: v.picklist(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]),
	action: v.picklist(Object.values(REFUSAL_ACTIONS)),
	/** ms until asking again makes sense; only with the action "wait" */
	after: v.optional(v.number()),
	/** the input that is at fault, where there is one */
	field: v.optional(v.string()),
	/** server time in ms at which the account ends; only with account_leaving */
	at: v.optional(v.number()),
	/** seq of what was accepted before under the same id; only with id_conflict by the same author */
	seq: v.optional(v.number())
});
export type Refusal = v.InferOutput<typeof Refusal>;

/** Makes a refusal with the action that belongs to its code. */
export function refuse(
	code: RefusalCode,
	more: Pick<Refusal, 'after' | 'at' | 'field' | 'seq'> = {}
): Refusal {
	return { code, action: REFUSALS[code], ...more };
}

/** A refusal on its way up through code that answers with results. */
export class RefusalError extends Error {
	readonly refusal: Refusal;
	constructor(refusal: Refusal) {
		super(refusal.code);
		this.name = 'RefusalError';
		this.refusal = refusal;
	}
}
