/** Who is connected by other servers, as far as this one knows; see server/nodes. */
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';

/** Somebody has come online by another server, or has no socket there any more. */
export interface ElsewhereChange {
	person: PersonId;
	online: boolean;
	/** rooms, and people in whose lists of friends the person is; null: not known */
	places: StreamId[] | null;
}

export interface Elsewhere {
	isOnline(person: PersonId): boolean;
	/** Whether a page of this session is connected; false while others cannot be heard. */
	hasSession(session: string): boolean;
	/** Members of a room who are online; null: nobody is, anywhere else. */
	inRoom(room: RoomId): Promise<PersonId[]> | null;
	/** Somebody is online here, or no more. */
	tellPerson(person: PersonId, online: boolean, places: StreamId[]): void;
	/** A page of this session is connected here, or none any more. */
	tellSession(session: string, connected: boolean): void;
	/** Somebody types here, or no more. */
	tellTyping(person: PersonId, room: RoomId, on: boolean): void;
	/** The listener is called with what has changed; several changes come together when a server is heard of anew or not any more. */
	onChange(listener: (changes: ElsewhereChange[]) => void): void;
	/**
	 * The listener is called when what other servers said may have been missed, and again when what it answers rejects.
	 */
	onDoubt(listener: () => Promise<void>): void;
	onTyping(listener: (person: PersonId, room: RoomId, on: boolean) => void): void;
}

/** There is one server. */
export const NOWHERE: Elsewhere = {
	isOnline: () => false,
	hasSession: () => false,
	inRoom: () => null,
	tellPerson: () => undefined,
	tellSession: () => undefined,
	tellTyping: () => undefined,
	onChange: () => undefined,
	onDoubt: () => undefined,
	onTyping: () => undefined
};
