/** Changes of who is online in a room, sent to those who have it on screen, at most once a second per room. */
import type { Presence as PresenceEvent } from '../../src/lib/protocol/down.ts';
import { isDirectId, type PersonId, type RoomId } from '../../src/lib/protocol/ids.ts';
import type { Clock } from '../domain/ports.ts';
import type { Relations } from './relations.ts';
import { emitToViewers } from './room-viewers.ts';
import { viewersGroup, type AppNamespace } from './types.ts';

/** ms between two updates of one room; with the lease others know within 3 s. */
export const UPDATE_EVERY = 1_000;

/** What has changed in a room since the last update. */
interface Changes {
	on: Set<PersonId>;
	off: Set<PersonId>;
}

const noChanges = (): Changes => ({ on: new Set(), off: new Set() });

export class PresenceUpdates {
	readonly #app: AppNamespace;
	readonly #clock: Clock;
	readonly #relations: Relations;
	readonly #pending = new Map<RoomId, Changes>();

	constructor(app: AppNamespace, clock: Clock, relations: Relations) {
		this.#app = app;
		this.#clock = clock;
		this.#relations = relations;
	}

	/** A person came online in a room, or went offline; only the last change counts. */
	add(room: RoomId, person: PersonId, online: boolean): void {
		if (!this.#app.adapter.rooms.has(viewersGroup(room))) return;
		let changes = this.#pending.get(room);
		if (!changes) {
			changes = noChanges();
			this.#pending.set(room, changes);
			this.#clock.after(0, () => this.#flush(room));
		}
		(online ? changes.off : changes.on).delete(person);
		(online ? changes.on : changes.off).add(person);
	}

	#flush(room: RoomId): void {
		const changes = this.#pending.get(room)!;
		if (changes.on.size === 0 && changes.off.size === 0) {
			this.#pending.delete(room);
			return;
		}
		this.#send(room, changes);
		this.#pending.set(room, noChanges());
		this.#clock.after(UPDATE_EVERY, () => this.#flush(room));
	}

	#send(room: RoomId, { on, off }: Changes): void {
		emitToViewers(this.#app, room, this.#relations, [...on, ...off], (to, hidden) => {
			const visible = (people: Set<PersonId>) => [...people].filter((person) => !hidden(person));
			const update = { room, full: false, on: visible(on), off: visible(off) };
			if (update.on.length + update.off.length === 0) return;
			to.emit('presence', { ...update, ...this.#lastSeen(room, update.off) });
		});
	}

	/** When people were last online is sent only to friends and in conversations of two. */
	#lastSeen(room: RoomId, off: PersonId[]): Pick<PresenceEvent, 'seen'> {
		// The list of friends goes by the id of its person.
		const isFriendList = this.#relations.friends(room).size > 0;
		if (off.length === 0 || !(isDirectId(room) || isFriendList)) return {};
		const now = this.#clock.now();
		return { seen: Object.fromEntries(off.map((person) => [person, now])) };
	}
}
