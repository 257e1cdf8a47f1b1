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
	strangers: Set<PersonId>;
}

export interface Relations {
	/** Says whom to ask; before, nobody is anything to anybody. */
	bind(domain: Pick<Domain, 'friends' | 'strangers'>): void;
	/** Reads a person's relations unless they are known. */
	load(person: PersonId): Promise<void>;
	/**
	 * Reads them anew, if they are known; answers everybody for whom something became different, the
	 * person included.
	 */
	reload(person: PersonId): Promise<Set<PersonId>>;
	forget(person: PersonId): void;
	friends(person: PersonId): ReadonlyMap<PersonId, number>;
	/** Notes when a friend of somebody connected went offline (ms). */
	gone(person: PersonId, at: number): void;
	/** Whether there is a block between two people, either way. */
	areStrangers(a: PersonId, b: PersonId): boolean;
	/** Whether a person has anything to do with any block. */
	hasStrangers(person: PersonId): boolean;
}

const NOBODY: Known = { friends: new Map(), strangers: new Set() };

export function createRelations(): Relations {
	const known = new Map<PersonId, Known>();
	let source: Pick<Domain, 'friends' | 'strangers'> | null = null;

	async function read(person: PersonId): Promise<Known> {
		if (!source) return NOBODY;
		const [friends, strangers] = await Promise.all([
			source.friends(person),
			source.strangers(person)
		]);
		return {
			friends: new Map(friends.map((one) => [one.person, one.seen])),
			strangers: new Set(strangers)
		};
	}

	return {
		bind(domain) {
			source = domain;
		},
		async load(person) {
			if (!known.has(person)) known.set(person, await read(person));
		},
		async reload(person) {
			const before = known.get(person);
			const after = await read(person);
			const affected = new Set([person]);
			for (const other of new Set([...(before?.strangers ?? []), ...after.strangers])) {
				const isNews = before?.strangers.has(other) !== after.strangers.has(other);
				if (!isNews) continue;
				affected.add(other);
				const theirs = known.get(other);
				if (after.strangers.has(other)) theirs?.strangers.add(person);
				else theirs?.strangers.delete(person);
			}
			if (before) known.set(person, after);
			return affected;
		},
		forget: (person) => void known.delete(person),
		friends: (person) => (known.get(person) ?? NOBODY).friends,
		gone(person, at) {
			for (const friend of (known.get(person) ?? NOBODY).friends.keys()) {
				known.get(friend)?.friends.set(person, at);
			}
		},
		areStrangers: (a, b) =>
			(known.get(a) ?? NOBODY).strangers.has(b) || (known.get(b) ?? NOBODY).strangers.has(a),
		hasStrangers: (person) => (known.get(person) ?? NOBODY).strangers.size > 0
	};
}
