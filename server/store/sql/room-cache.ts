/** Rooms and memberships in memory. */
import type { SqlDatabase } from './database.ts';
import type { Effect } from '../../domain/effect.ts';
import type { Membership, StoredRoom } from '../../domain/store-port.ts';
import { CACHED_MAX } from './change-log.ts';
import { PEOPLE_IN_ROOM } from './conditions.ts';
import { eachOf, type Steps } from './steps.ts';
import type { MembershipRecord, RoomRecord } from './records.ts';

/** Prepares what the cache asks for. */
export const prepareRooms = (db: SqlDatabase) => ({
	room: db.prepare<[string], RoomRecord>('SELECT * FROM room WHERE id = ?'),
	membership: db.prepare<[string, string], MembershipRecord>(
		'SELECT * FROM membership WHERE room = ? AND person = ?'
	),
	people: db.pluck<[string], string>(PEOPLE_IN_ROOM)
});

type RoomStatements = ReturnType<typeof prepareRooms>;

const storedRoom = (record: RoomRecord): StoredRoom => ({
	id: record.id,
	name: record.name,
	description: record.description,
	passwordHash: record.password_hash,
	owner: record.owner,
	direct: record.direct === 1,
	pins: JSON.parse(record.pins) as number[],
	deleted: record.deleted_at !== null
});

const membershipOf = (record: MembershipRecord): Membership => ({
	room: record.room,
	person: record.person,
	role: record.role,
	from: record.from_seq,
	visible: record.visible_from,
	to: record.to_seq,
	read: record.read,
	seen: record.seen,
	banned: record.banned_at !== null,
	mutedUntil: record.muted_until ?? 0
});

/**
 * Rooms and memberships are asked for with every message and change seldom, so they are kept in memory. That is safe
 * as long as this process alone writes and everything that it writes goes through `forget` (or, when it is rolled back,
 * `forgetAll`). Where others write, too, a cache serves one transaction, which holds the locks of what it reads.
 */
export class RoomCache {
	readonly #statements: RoomStatements;
	readonly #rooms = new Map<string, StoredRoom>();
	/** by room, then by person */
	readonly #memberships = new Map<string, Map<string, Membership>>();
	#size = 0;

	constructor(statements: RoomStatements) {
		this.#statements = statements;
	}

	/** A room, deleted ones included; null when there never was one. */
	*room(id: string): Steps<StoredRoom | null> {
		const cached = this.#rooms.get(id);
		if (cached) return cached;
		const record = yield* this.#statements.room.get(id);
		if (!record) return null;
		const room = storedRoom(record);
		this.#makeSpace();
		this.#rooms.set(id, room);
		return room;
	}

	/** A membership, ended ones included; null when there never was one. */
	*membership(room: string, person: string): Steps<Membership | null> {
		const cached = this.#memberships.get(room)?.get(person);
		if (cached) return cached;
		const record = yield* this.#statements.membership.get(room, person);
		if (!record) return null;
		const membership = membershipOf(record);
		this.#makeSpace();
		const ofRoom = this.#memberships.get(room);
		if (ofRoom) ofRoom.set(person, membership);
		else this.#memberships.set(room, new Map([[person, membership]]));
		return membership;
	}

	/** Everybody who is in a room now. */
	*members(room: string): Steps<Membership[]> {
		const people = yield* this.#statements.people.all(room);
		return yield* eachOf(people, (person) => this.membership(room, person) as Steps<Membership>);
	}

	/** To be called with every effect that was carried out. */
	forget(effect: Effect): void {
		switch (effect.do) {
			case 'room.insert':
			case 'room.update':
			case 'room.delete':
			case 'room.restore':
				this.#rooms.delete(effect.room);
				return;
			case 'membership.open':
			case 'membership.role':
			case 'membership.close':
			case 'membership.ban':
			case 'membership.mute':
			case 'read':
			case 'seen':
				this.#memberships.get(effect.room)?.delete(effect.person);
		}
	}

	/** To be called when a transaction was rolled back. */
	forgetAll(): void {
		this.#rooms.clear();
		this.#memberships.clear();
		this.#size = 0;
	}

	#makeSpace(): void {
		if (this.#size >= CACHED_MAX) this.forgetAll();
		this.#size += 1;
	}
}
