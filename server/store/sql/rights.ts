/** What somebody may read of a room by the compatible API, where public rooms are open to everybody. */
import { mayRead } from '../../domain/access.ts';
import type { SqlDatabase } from './database.ts';
import type { MembershipRecord, RoomRecord } from './records.ts';
import type { Steps } from './steps.ts';

/** What a person may read of a room. */
interface RoomRights {
	isMember: boolean;
	/** from which seq on; null for nothing */
	readsFrom: number | null;
}

/** Answers what a person (null: a guest) may read of a room, direct conversations included. */
export type RightsIn = (person: string | null, room: string) => Steps<RoomRights>;

/** Prepares the question for rights in rooms. */
export function prepareRights(db: SqlDatabase): RightsIn {
	const room = db.prepare<[string], Pick<RoomRecord, 'password_hash' | 'direct' | 'deleted_at'>>(
		'SELECT password_hash, direct, deleted_at FROM room WHERE id = ?'
	);
	const membership = db.prepare<
		[string, string],
		Pick<MembershipRecord, 'visible_from' | 'to_seq' | 'banned_at'>
	>('SELECT visible_from, to_seq, banned_at FROM membership WHERE room = ? AND person = ?');

	return function* (person, id) {
		const found = yield* room.get(id);
		if (!found) return { isMember: false, readsFrom: null };
		const own = person === null ? undefined : yield* membership.get(id, person);
		const isMember = own?.to_seq === null;
		const facts = {
			passwordHash: found.password_hash,
			direct: found.direct === 1,
			deleted: found.deleted_at !== null
		};
		const stay = own ? { to: own.to_seq, banned: own.banned_at !== null } : null;
		if (!mayRead(facts, stay)) return { isMember, readsFrom: null };
		return { isMember, readsFrom: isMember ? own.visible_from : 1 };
	};
}
