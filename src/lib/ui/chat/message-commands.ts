/** What a person can do with a message; the screen that owns the client carries it out. */
import type { Card } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { Query } from '../../search/query.ts';
import type { LocalFile, MessageItem } from '../../state/client/client-types.ts';

/** What can be opened beside a message. */
export type Opened = 'actions' | 'emoji' | 'reactions';

export interface MessageCommands {
	reply(item: MessageItem): void;
	/** Puts an emoji under a message, or takes one's own away. */
	react(item: MessageItem, emoji: string): void;
	edit(item: MessageItem): void;
	recall(item: MessageItem): void;
	copy(text: string): void;
	copyLink(item: MessageItem): void;
	pin(item: MessageItem): void;
	forward(item: MessageItem): void;
	/** Tells the administrators of it. */
	report(item: MessageItem): void;
	retry(id: string): void;
	discard(id: string): void;
	/** Goes to the message with this seq. */
	jump(seq: number): void;
	person(who: Card | PersonId): void;
	/** Opens something beside an element of the message. */
	open(what: Opened, item: MessageItem, anchor: HTMLElement): void;
	/** A file of this device that is on its way; undefined: it is not (any more). */
	local(file: string): LocalFile | undefined;
	/** Its bytes; null once it has gone. */
	bytes(file: string): Promise<Blob | null>;
	/** Whether there is a link to the server now. */
	reachable(): boolean;
	/** Shows a picture on the whole screen. */
	view(file: string): void;
	/** Names of people by their numbers, as far as their cards are on the device. */
	names(numbers: readonly number[]): Promise<string[]>;
}

/** What this person may do with a message, besides reading it. */
export interface Allowed {
	edit: boolean;
	recall: boolean;
	pin: boolean;
}

/** The message that a search in the conversation is at, and what is searched for. */
export interface FoundMessage {
	seq: number;
	query: Query;
}
