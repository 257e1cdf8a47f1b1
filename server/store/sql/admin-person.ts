/** Somebody as far as acts of administrators need, for whoever reads and for whoever decides. */
import type { AdminPerson } from '../../domain/admin-act.ts';
import type { PersonRecord } from './records.ts';

export type AdminPersonRecord = Pick<
	PersonRecord,
	'id' | 'name' | 'admin' | 'disabled_at' | 'deleted_at'
>;

/** Takes the person. */
export const ADMIN_PERSON =
	'SELECT id, name, admin, disabled_at, deleted_at FROM person WHERE id = ?';

/** @returns null where there is no such account */
export function adminPerson(record: AdminPersonRecord | undefined): AdminPerson | null {
	if (!record) return null;
	const { id, name, admin, disabled_at: disabledAt, deleted_at: deletedAt } = record;
	const standing = { disabled: disabledAt !== null, deleted: deletedAt !== null };
	return { id, name, admin: admin === 1, ...standing };
}
