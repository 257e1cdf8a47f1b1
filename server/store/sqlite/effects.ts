/** Carries out what was decided: one change in each stream that an effect touches, and the rows. */
import type Database from 'better-sqlite3';
import type { Effect } from '../../domain/store-port.ts';
import type { Doing } from './doing.ts';
import { createMessageEffects } from './effects-message.ts';
import { createPersonEffects } from './effects-person.ts';
import { createRoomEffects } from './effects-room.ts';

/**
 * Prepares the statements once; the answer carries out one effect.
 * @param chance random bytes for ids that the server makes
 */
export function createEffects(db: Database.Database, chance: (count: number) => Uint8Array) {
	const messages = createMessageEffects(db, chance);
	const rooms = createRoomEffects(db);
	const people = createPersonEffects(db, rooms, chance);

	return (doing: Doing, effect: Effect): void => {
		switch (effect.do) {
			case 'message.insert':
				return messages.post(doing, effect);
			case 'message.edit':
				return messages.edit(doing, effect);
			case 'message.empty':
				return messages.empty(doing, effect);
			case 'message.react':
				return messages.react(doing, effect);
			case 'message.pin':
				return messages.pin(doing, effect);
			case 'note':
				return messages.note(doing, effect);
			case 'room.insert':
				return rooms.make(doing, effect);
			case 'room.update':
				return rooms.change(doing, effect);
			case 'room.delete':
				return rooms.remove(doing, effect);
			case 'span.open':
				return rooms.enter(doing, effect);
			case 'span.role':
				return rooms.changeRole(doing, effect.room, effect.person, effect.role);
			case 'span.close':
				return rooms.exit(doing, effect);
			case 'span.ban':
				return rooms.ban(doing, effect);
			case 'span.mute':
				return rooms.mute(doing, effect);
			case 'read':
				return messages.read(doing, effect);
			case 'seen':
				return messages.seen(doing, effect);
			case 'draft':
				return messages.draft(doing, effect);
			case 'contact':
				return people.contact(doing, effect);
			case 'pref':
				return people.pref(doing, effect);
			case 'invite.insert':
				return people.invite(doing, effect);
			case 'invite.use':
				return people.useInvite(doing, effect);
			case 'invite.revoke':
				return people.revokeInvites(doing, effect);
			case 'person.edit':
				return people.edit(doing, effect);
			case 'person.delete':
				return people.erase(doing, effect);
		}
	};
}
