/** Refusals and faults in a person's words: what is wrong and what to do about it. */
import type { LinkFault } from '../sync/ports.ts';
import type { Refusal, RefusalCode } from '../protocol/refusal.ts';
import { StoreError } from '../sync/ports.ts';
import { m } from './messages.ts';

const SENTENCES: Record<RefusalCode, () => string> = {
	malformed: m.refusal_malformed,
	id_conflict: m.refusal_id_conflict,
	not_a_member: m.refusal_not_a_member,
	not_allowed: m.refusal_not_allowed,
	no_such_room: m.refusal_no_such_room,
	no_such_message: m.refusal_no_such_message,
	no_such_person: m.refusal_no_such_person,
	room_deleted: m.refusal_room_deleted,
	room_name_taken: m.refusal_room_name_taken,
	room_name_invalid: m.refusal_room_name_invalid,
	description_too_long: m.refusal_description_too_long,
	room_password_missing: m.refusal_room_password_missing,
	room_password_wrong: m.refusal_room_password_wrong,
	owner_must_stay: m.refusal_owner_must_stay,
	banned: m.refusal_banned,
	muted: m.refusal_muted,
	person_unavailable: m.refusal_person_unavailable,
	not_yourself: m.refusal_not_yourself,
	no_such_request: m.refusal_no_such_request,
	direct_fixed: m.refusal_direct_fixed,
	reaction_invalid: m.refusal_reaction_invalid,
	reactions_full: m.refusal_reactions_full,
	pins_full: m.refusal_pins_full,
	invite_invalid: m.refusal_invite_invalid,
	password_link_invalid: m.refusal_password_link_invalid,
	display_invalid: m.refusal_display_invalid,
	bio_too_long: m.refusal_bio_too_long,
	picture_invalid: m.refusal_picture_invalid,
	current_password_wrong: m.refusal_current_password_wrong,
	file_missing: m.refusal_file_missing,
	file_too_large: m.refusal_file_too_large,
	file_damaged: m.refusal_file_damaged,
	image_too_large: m.refusal_image_too_large,
	quota_exceeded: m.refusal_quota_exceeded,
	message_empty: m.refusal_message_empty,
	message_too_long: m.refusal_message_too_long,
	message_deleted: m.refusal_message_deleted,
	name_invalid: m.refusal_name_invalid,
	name_taken: m.refusal_name_taken,
	email_invalid: m.refusal_email_invalid,
	email_taken: m.refusal_email_taken,
	password_too_short: m.refusal_password_too_short,
	password_too_long: m.refusal_password_too_long,
	password_common: m.refusal_password_common,
	password_invalid: m.refusal_password_invalid,
	sign_in_failed: m.refusal_sign_in_failed,
	account_disabled: m.refusal_account_disabled,
	account_leaving: m.refusal_account_leaving,
	last_admin: m.refusal_last_admin,
	registration_closed: m.refusal_registration_closed,
	invite_needed: m.refusal_invite_needed,
	reason_invalid: m.refusal_reason_invalid,
	server_name_invalid: m.refusal_server_name_invalid,
	no_such_call: m.refusal_no_such_call,
	call_taken: m.refusal_call_taken,
	call_full: m.refusal_call_full,
	calls_off: m.refusal_calls_off,
	session_ended: m.refusal_session_ended,
	origin_refused: m.refusal_origin_refused,
	not_found: m.refusal_not_found,
	too_large: m.refusal_too_large,
	too_many: m.refusal_too_many,
	busy: m.refusal_busy,
	storage_full: m.refusal_storage_full,
	server_fault: m.refusal_server_fault,
	update_required: m.refusal_update_required
};

/** One sentence or two: what the server refused, its action, and how long to wait if that is it. */
export function refusalText(refusal: Refusal): string {
	const text = SENTENCES[refusal.code]();
	if (!refusal.after || refusal.after < 1000) return text;
	return `${text} ${m.try_again_in({ seconds: Math.ceil(refusal.after / 1000) })}`;
}

/** Why the server could not be asked, or what it said. */
export function faultText(fault: LinkFault): string {
	if (fault.kind === 'refused') return refusalText(fault.refusal);
	return fault.kind === 'captive' ? m.fault_captive() : m.fault_unreachable();
}

const STORE_REASONS: Record<StoreError['reason'], () => string> = {
	gone: m.store_gone,
	full: m.store_full,
	closed: m.store_closed,
	blocked: m.store_blocked,
	broken: m.store_broken
};

/** Why the browser's storage did not do what it should, and what helps; half a sentence. */
export const storeReasonText = (reason: StoreError['reason']): string => STORE_REASONS[reason]();

/** Why something could not be kept on this device. Errors of other kinds are not for here: they are thrown on. */
export function storeFailureText(error: unknown): string {
	if (!(error instanceof StoreError)) throw error;
	return m.send_failed({ reason: storeReasonText(error.reason) });
}
