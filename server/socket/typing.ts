/** Who is typing: told to those who have the room on screen, never stored, and ending by itself. */
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Clock } from '../domain/ports.ts';
import { tellEyes } from './eyes.ts';
import type { Relations } from './relations.ts';
import type { AppNamespace } from './types.ts';

/** ms after which somebody who says nothing more is no longer typing. */
const ENDS_AFTER = 8_000;
/** ms between two notes about one room. */
const PACE = 1_000;
/** People named in one note; a screen says "several people" long before. */
const NAMED = 10;

export interface Typing {
	/** A member began or ended typing. */
	set(person: PersonId, room: RoomId, on: boolean): void;
	/** The person is gone, or out of the room. */
	end(person: PersonId, room?: RoomId): void;
	/** Calls back with everybody who types in a room, whenever that is told. */
	onTold(heard: (room: RoomId, people: PersonId[]) => void): void;
}

interface Room {
	/** person -> stops the timer that ends it */
	people: Map<PersonId, () => void>;
	/** told within the last PACE ms */
	resting: boolean;
	/** changed since it was told */
	changed: boolean;
}

export function createTyping(app: AppNamespace, clock: Clock, relations: Relations): Typing {
	const rooms = new Map<RoomId, Room>();
	const listeners = new Set<(room: RoomId, people: PersonId[]) => void>();

	function tell(id: RoomId, room: Room): void {
		if (room.resting) {
			room.changed = true;
			return;
		}
		const people = [...room.people.keys()].slice(0, NAMED);
		tellEyes(app, id, relations, people, (to, hidden) =>
			to.emit('typing', { room: id, people: people.filter((person) => !hidden(person)) })
		);
		for (const heard of listeners) heard(id, people);
		room.changed = false;
		room.resting = true;
		clock.after(PACE, () => {
			room.resting = false;
			if (room.changed) tell(id, room);
			else if (room.people.size === 0) rooms.delete(id);
		});
	}

	function stop(id: RoomId, room: Room, person: PersonId): void {
		const cancel = room.people.get(person);
		if (!cancel) return;
		cancel();
		room.people.delete(person);
		tell(id, room);
	}

	return {
		onTold(heard) {
			listeners.add(heard);
		},
		set(person, id, on) {
			const room = rooms.get(id) ?? { people: new Map(), resting: false, changed: false };
			if (!on) return stop(id, room, person);
			rooms.set(id, room);
			const known = room.people.get(person);
			known?.();
			room.people.set(
				person,
				clock.after(ENDS_AFTER, () => stop(id, room, person))
			);
			if (!known) tell(id, room);
		},
		end(person, only) {
			for (const [id, room] of rooms) {
				if (only === undefined || only === id) stop(id, room, person);
			}
		}
	};
}
