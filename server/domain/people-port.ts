/** What there is to know of people: asked by the transports, answered by the store, the same for both. */
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Card } from '../../src/lib/protocol/change.ts';

/** An account as its owner sees it. */
interface AccountView {
	card: Card;
	email: string;
	admin: boolean;
}

/** A picture, checked and re-encoded. */
export interface Picture {
	/** MIME type */
	type: string;
	bytes: Uint8Array;
}

/** Somebody, and when last online (ms; 0 unknown). */
export interface LastSeen {
	person: PersonId;
	seen: number;
}

export interface People {
	account(person: PersonId): Promise<AccountView | null>;
	/** Members of a room, for presence. Empty when there is no such room. */
	members(room: RoomId): Promise<PersonId[]>;
	/** Friends, for presence. */
	friends(person: PersonId): Promise<LastSeen[]>;
	/** Everybody between whom and the person there is a block, either way: they are nothing to each other. */
	blockedWith(person: PersonId): Promise<PersonId[]>;
	/** The other one of a direct conversation; null for any other room. */
	otherOf(room: RoomId, person: PersonId): Promise<LastSeen | null>;
	/** Notes when people went offline (ms). */
	noteSeen(people: { person: PersonId; at: number }[]): Promise<void>;
	/** What a password is checked against; limited by the caller. */
	passwordHash(person: PersonId): Promise<string | null>;
	/** Sets another hash in the place of the one that was proved; false when that is not the present one any more. */
	setPassword(
		proof: { person: PersonId; passwordHash: string },
		passwordHash: string
	): Promise<boolean>;
	/** A profile picture by its name. */
	avatar(name: string): Promise<Picture | null>;
}

/** A new account, checked and hashed. */
export interface NewPerson {
	name: string;
	email: string;
	passwordHash: string;
	/** the link without which there would be no account; absent: none is needed */
	invite?: { room: RoomId; token: string };
}

/** What signing in needs to know. */
export interface Credentials {
	person: PersonId;
	passwordHash: string;
	disabled: boolean;
}
