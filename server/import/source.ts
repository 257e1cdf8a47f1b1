/** What is brought in, whatever it comes from: each reader says it in these words, which are those of an export. */
import type { Readable } from 'node:stream';
import type { MessageRecord, PersonRecord } from '../../src/lib/export/records.ts';
import type { Role } from '../../src/lib/protocol/change.ts';

/** Somebody; with `account`, one who can sign in here as there. */
export interface SourcePerson extends PersonRecord {
	account?: { email: string; passwordHash: string };
}

export interface SourceMember {
	person: SourcePerson;
	role: Role;
	state: 'in' | 'out';
}

/** A conversation, without its messages. */
export interface SourceRoom {
	id: string;
	name: string;
	description: string;
	private: boolean;
	/** of a private one, if it can be checked here; absent: it comes without a password */
	passwordHash?: string;
	direct: boolean;
	owner: string | null;
	/** ms; null: as old as what is said in it */
	at: number | null;
	members: SourceMember[];
	/** what messages name it by */
	place: string;
}

/** A message, and where it was read. */
export interface SourceMessage {
	record: MessageRecord;
	place: string;
}

/** Bytes of a file. */
export interface SourceFile {
	/** bytes */
	size: number;
	/** tells files with the same id apart, cheaply: equal when the bytes are */
	mark: string;
	open(): Promise<Readable>;
}

/** Something that cannot be carried over, in words, and how often. */
export type Losses = Map<string, number>;

export interface Source {
	/** where it comes from, as the rooms say it */
	readonly origin: string;
	/** whether files are as a Roost server keeps them: without metadata, and pictures written anew */
	readonly isClean: boolean;
	/** what the reader itself cannot carry over; complete when all was read */
	readonly losses: Losses;
	/** people who are to be here even if they are in no room and have said nothing */
	people(): AsyncIterable<SourcePerson>;
	rooms(): AsyncIterable<SourceRoom>;
	/** Of a room that was just handed out, in their order; seqs rise. */
	messages(room: SourceRoom): AsyncIterable<SourceMessage>;
	/** The bytes of a file of a message; null: they are not there. */
	file(room: SourceRoom, path: string): Promise<SourceFile | null>;
	close(): Promise<void>;
}

/** Notes that something cannot be carried over. */
export function lose(losses: Losses, what: string, count = 1): void {
	losses.set(what, (losses.get(what) ?? 0) + count);
}
