/**
 * What people who are connected are to one another: friends are told of each other's coming and going;
 * people between whom there is a block are nothing to each other, in either direction. Read when
 * somebody connects and whenever it changes; forgotten when they are gone.
 */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { Domain } from '../domain/ports.ts';

/** What is known of one person who is connected. */
interface Known {
	/** friend -> when last online (ms; 0 unknown) */
	friends: Map<PersonId, number>;
	blocked: Set<PersonId>;
}

export interface Relations {
	/** Reads a person's relations unless they are known. */
	load(person: PersonId): Promise<void>;
	/**
	 * Reads them anew, if they are known; answers everybody for whom something became different, the
	 * person included.
	 */
	reload(person: PersonId): Promise<Set<PersonId>>;
	/** Everybody whose relations are known. */
	known(): PersonId[];
	forget(person: PersonId): void;
	friends(person: PersonId): ReadonlyMap<PersonId, number>;
	/** Notes when a friend of somebody connected went offline (ms). @param friends absent: as they are known */
	gone(person: PersonId, at: number, friends?: Iterable<PersonId>): void;
	/** Whether there is a block between two people, either way. */
	areBlocked(a: PersonId, b: PersonId): boolean;
}

const NOBODY: Known = { friends: new Map(), blocked: new Set() };

export function createRelations(source: Pick<Domain, 'friends' | 'blockedWith'>): Relations {
	const known = new Map<PersonId, Known>();

	async function read(person: PersonId): Promise<Known> {
		const [friends, blocked] = await Promise.all([
			source.friends(person),
			source.blockedWith(person)
		]);
		return {
			friends: new Map(friends.map((one) => [one.person, one.seen])),
			blocked: new Set(blocked)
		};
	}

	return {
		async load(person) {
			if (!known.has(person)) known.set(person, await read(person));
		},
		async reload(person) {
			const before = known.get(person);
			const after = await read(person);
			const affected = new Set([person]);
			for (const other of before?.blocked ?? []) if (!after.blocked.has(other)) affected.add(other);
			for (const other of after.blocked) if (!before?.blocked.has(other)) affected.add(other);
			// Those who are connected know of it by themselves: the person may be connected to another server.
			for (const [other, { blocked }] of known) {
				if (blocked.has(person) === after.blocked.has(other)) continue;
				affected.add(other);
				if (after.blocked.has(other)) blocked.add(person);
				else blocked.delete(person);
			}
			if (before) known.set(person, after);
			return affected;
		},
		known: () => [...known.keys()],
		forget: (person) => void known.delete(person),
		friends: (person) => (known.get(person) ?? NOBODY).friends,
		gone(person, at, friends = (known.get(person) ?? NOBODY).friends.keys()) {
			for (const friend of friends) {
				const theirs = known.get(friend)?.friends;
				if (theirs?.has(person)) theirs.set(person, at);
			}
		},
		areBlocked: (a, b) =>
			(known.get(a) ?? NOBODY).blocked.has(b) || (known.get(b) ?? NOBODY).blocked.has(a)
	};
}
