/** The part of the facts that is about a room, beside the room itself: its people, and whether names and ids are free. */
import { LIMITS } from '../../../../src/lib/protocol/limits.ts';
import { nameKeys } from '../../../../src/lib/protocol/name-key.ts';
import type { AnyAct, Facts, Membership } from '../../../domain/store-port.ts';
import type { Steps } from '../steps.ts';
import type { FactContext } from './fact-context.ts';
import { isPersonNameTaken } from './person-facts.ts';

/** Whether everybody in the room is needed: to be let go, or because an owner's heir is among them. */
function needsMembers(act: AnyAct, membership: Membership | null): boolean {
	return (
		act.kind === 'room.delete' ||
		act.kind === 'admin.room-delete' ||
		(act.kind === 'room.edit' && act.expel === true) ||
		(act.kind === 'room.leave' && membership?.role === 'owner')
	);
}

/** Who else is in the room, as far as the act depends on it. */
export function* peopleInRoom(
	{ statements, rooms }: FactContext,
	act: AnyAct,
	membership: Membership | null
): Steps<Pick<Facts, 'other' | 'isEmpty' | 'isSmall' | 'members'>> {
	if (!('room' in act)) return { other: null, isEmpty: false, isSmall: false, members: [] };
	const { room } = act;
	const count = function* (limit: number): Steps<number> {
		return (yield* statements.rooms.countPeople.get(room, limit)) ?? 0;
	};
	const isAbout = 'person' in act && act.kind !== 'direct.open';
	const few = LIMITS.readMarksMembers;
	return {
		other: isAbout ? yield* rooms.membership(room, act.person) : null,
		isEmpty: act.kind === 'room.join' && (yield* count(1)) === 0,
		isSmall: act.kind === 'read.mark' && (yield* count(few + 1)) <= few,
		members: needsMembers(act, membership) ? yield* rooms.members(room) : []
	};
}

/** Whether another room has this name, or one that looks like it. */
export function* isRoomNameTaken(
	{ statements }: FactContext,
	name: string | undefined,
	room: string
): Steps<boolean> {
	if (name === undefined) return false;
	for (const key of nameKeys(name)) {
		const holder = yield* statements.rooms.named.get(key);
		if (holder !== undefined && holder !== room) return true;
	}
	return false;
}

function* isNameTaken(context: FactContext, act: AnyAct, actor: string): Steps<boolean> {
	switch (act.kind) {
		case 'profile.edit':
			return act.name !== undefined && (yield* isPersonNameTaken(context, act.name, actor));
		case 'room.create':
		case 'room.edit':
			return yield* isRoomNameTaken(context, act.name, act.room);
		default:
			return false;
	}
}

/** Whether the id or the name that an act wants belongs to another. */
export function* takenFor(
	context: FactContext,
	act: AnyAct,
	actor: string
): Steps<Pick<Facts, 'streamTaken' | 'nameTaken' | 'displayTaken'>> {
	const isNew = act.kind === 'room.create' || act.kind === 'direct.open';
	return {
		streamTaken: isNew && (yield* context.statements.rooms.hasStream.get(act.room)) !== undefined,
		nameTaken: yield* isNameTaken(context, act, actor),
		displayTaken:
			act.kind === 'profile.edit' &&
			!!act.display &&
			(yield* isPersonNameTaken(context, act.display, actor))
	};
}
