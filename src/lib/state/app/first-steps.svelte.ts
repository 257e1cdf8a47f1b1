/** The first things to do for somebody who is new here, until they are done or put away; per person, on this device. */
import { keep, readKept } from '../../db/account-storage.ts';
import type { Card } from '../../protocol/change.ts';
import type { PersonId, RoomId } from '../../protocol/ids.ts';
import type { Contacts, RoomItem } from '../client/client-types.ts';

export type StepName = 'profile' | 'invite' | 'room' | 'friend' | 'install';

export interface FirstStep {
	name: StepName;
	done: boolean;
	/** where it is done; null: here, by a button */
	href: string | null;
}

/** What decides which steps there are, and which of them are done. */
export interface StepFacts {
	self: Card;
	rooms: readonly Pick<RoomItem, 'id' | 'number' | 'role'>[];
	/** the server's first room, if the person owns it: they set the server up */
	founded: { id: RoomId; members: number } | null;
	contacts: Contacts | undefined;
	/** the app can be installed from here */
	installable: boolean;
}

/** The room that every server begins with (decision 8). */
export const isFirstRoom = ({ number }: Pick<RoomItem, 'number'>): boolean => number === 1;

/** The steps for this person. Pure. */
export function firstSteps(facts: StepFacts): FirstStep[] {
	const { self, rooms, founded, contacts, installable } = facts;
	const hasProfile = self.display !== undefined || self.avatar !== undefined;
	const hasMade = rooms.some((room) => room.role === 'owner' && !isFirstRoom(room));
	const hasAsked = (contacts?.items.length ?? 0) + (contacts?.asks.length ?? 0) > 0;
	const steps: FirstStep[] = [{ name: 'profile', done: hasProfile, href: '/settings#profile' }];
	if (founded) {
		const href = `/rooms/${founded.id}/about`;
		steps.push({ name: 'invite', done: founded.members > 1, href });
		steps.push({ name: 'room', done: hasMade, href: '/rooms/new' });
	} else {
		steps.push({ name: 'friend', done: hasAsked, href: '/friends' });
	}
	if (installable) steps.push({ name: 'install', done: false, href: null });
	return steps;
}

const KEY = 'first-steps-done';

/** Whether a person has put the first steps away on this device. */
export class FirstStepsNote {
	readonly #me: PersonId;
	#away = $state(false);

	constructor(me: PersonId) {
		this.#me = me;
		this.#away = readKept(me, KEY) !== null;
	}

	get away(): boolean {
		return this.#away;
	}

	putAway(): void {
		this.#away = true;
		keep(this.#me, KEY, 'yes');
	}
}
