/** Who of a room is online by other servers: one question at a time for each room, however many want to know. */
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Elsewhere } from './elsewhere.ts';

export class ElsewhereInRooms {
	readonly #elsewhere: Pick<Elsewhere, 'inRoom' | 'isOnline'>;
	readonly #underWay = new Map<RoomId, Promise<PersonId[]>>();

	constructor(elsewhere: Pick<Elsewhere, 'inRoom' | 'isOnline'>) {
		this.#elsewhere = elsewhere;
	}

	/** Members who are online there; nobody if that cannot be read: who is here is known in any case. Null: nobody is. */
	of(room: RoomId): Promise<PersonId[]> | null {
		const underWay = this.#underWay.get(room);
		if (underWay) return underWay;
		const question = this.#elsewhere.inRoom(room);
		if (!question) return null;
		const shared = question.then(
			// Somebody may have gone meanwhile.
			(there) => there.filter((person) => this.#elsewhere.isOnline(person)),
			() => []
		);
		this.#underWay.set(room, shared);
		void shared.then(() => {
			if (this.#underWay.get(room) === shared) this.#underWay.delete(room);
		});
		return shared;
	}

	/** Somebody has come: what is under way does not know of them. @param room absent: it may be any */
	changed(room?: RoomId): void {
		if (room === undefined) this.#underWay.clear();
		else this.#underWay.delete(room);
	}
}
