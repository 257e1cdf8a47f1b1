/** The HTTP status that goes with a refusal. */
import { REFUSALS, type RefusalCode } from '../../src/lib/protocol/refusal.ts';

const STATUS: Partial<Record<RefusalCode, number>> = {
	id_conflict: 409,
	room_name_taken: 409,
	name_taken: 409,
	email_taken: 409,
	owner_must_stay: 409,
	last_admin: 409,
	account_disabled: 403,
	account_leaving: 403,
	registration_closed: 403,
	invite_needed: 403,
	not_a_member: 403,
	not_allowed: 403,
	origin_refused: 403,
	no_such_room: 404,
	no_such_message: 404,
	no_such_person: 404,
	room_deleted: 404,
	message_deleted: 404,
	not_found: 404,
	no_such_call: 404,
	call_taken: 409,
	call_full: 409,
	calls_off: 403,
	sign_in_failed: 401,
	too_large: 413,
	file_too_large: 413,
	image_too_large: 413,
	file_damaged: 422,
	file_missing: 404,
	quota_exceeded: 413,
	storage_full: 507,
	too_many: 429
};
const BY_CURE = { fix: 400, wait: 503, 'sign-in': 401, update: 426, none: 400 } as const;

export function statusOf(code: RefusalCode): number {
	return STATUS[code] ?? BY_CURE[REFUSALS[code]];
}
