/**
 * What screens see of this device: live values to read, verbs to call. Screens know nothing of
 * streams, cursors, sockets or databases. Every live value comes from the local store, so offline
 * is the ordinary case.
 */
import type { Card } from '../protocol/change.ts';
import type { ActId, MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import type { ActDraft } from '../sync/compose.ts';
import type { Live } from '../db/live.ts';
import type { FileVerbs } from './files.ts';
import type { Shares } from './shares.ts';
import type { SharedDraft } from '../db/drafts.ts';
import type { Prefs } from '../db/prefs.ts';
import type { News } from './notifications-news.ts';
import type { TimelineSource } from '../db/timeline-window.ts';
import type { Draft, LinkStatus } from '../sync/ports.ts';
import type { Invited } from '../protocol/down.ts';
import type {
	Contacts,
	InviteItem,
	ListingItem,
	MemberItem,
	MessageItem,
	OutboxItem,
	RoomDetail,
	RoomItem,
	SelfItem
} from '../sync/views.ts';
export type { Live } from '../db/live.ts';
export type { SharedDraft } from '../db/drafts.ts';
export type { Prefs } from '../db/prefs.ts';
export type { News } from './notifications-news.ts';
export type { TimelineSource, TimelineView } from '../db/timeline-window.ts';
export type { ActDraft } from '../sync/compose.ts';
export type { FileCard } from '../protocol/change.ts';
export type { Draft } from '../sync/ports.ts';
export type { LocalFile } from '../sync/ports-files.ts';
export type * from '../sync/views.ts';

/** How well this device can keep things. */
export interface StorageState {
	/** "memory": the browser refused its database; what is unsent is lost when the tab closes */
	kind: 'device' | 'memory';
	/** a newer version of the app has taken over the database: this tab must be reloaded */
	outdated: boolean;
	/** the browser has no more room; what is typed stays in the composer */
	full: boolean;
}

/** Everything the status line says. */
export interface ClientStatus extends LinkStatus {
	/** acts waiting, being sent included; read positions excluded */
	queued: number;
	/** acts that need the person */
	needsYou: number;
	/** whether this tab is the one that talks to the server */
	leader: boolean;
	storage: StorageState;
}

/** Bytes this site keeps on the device, as the browser estimates; null where it does not say. */
export interface StorageUsage {
	used: number | null;
	quota: number | null;
	/** whether the browser promised not to evict it */
	persistent: boolean;
	/** messages kept per room */
	rooms: { id: RoomId; messages: number }[];
}

/** What an invite link allows. */
export interface InviteTerms {
	/** ms from acceptance; null: never ends by itself */
	lasts: number | null;
	/** how many may come in; null: any number */
	uses: number | null;
}

/** Who of some people is online, and when the others were (ms, server time), as far as known. */
export interface WhoIsOnline {
	online: ReadonlySet<PersonId>;
	seen: ReadonlyMap<PersonId, number>;
}

export type { Chosen } from './files.ts';
export type { LeftOut, Share, SharedFile, Shares } from './shares.ts';

/** The signed-in person's device. Made by `openClient`, ended by `close`. */
export interface Client extends Pick<FileVerbs, 'sendFiles' | 'localFiles' | 'localBytes'> {
	readonly me: Card;

	rooms(): Live<RoomItem[]>;
	/** Rooms that can be found, those the person is in included. */
	listings(): Live<ListingItem[]>;
	/** null: neither a member, nor about to be. */
	room(id: RoomId): Live<RoomDetail | null>;
	members(room: RoomId): Live<MemberItem[]>;
	/** Who may not come back into a room. */
	banned(room: RoomId): Live<Card[]>;
	/** Friends, requests both ways, who is blocked, and what waits. */
	contacts(): Live<Contacts>;
	/** The person's own card, what waits included; `me` is as it was when signing in. */
	self(): Live<SelfItem>;
	/** The person's own invite links to a room. */
	invites(room: RoomId): Live<InviteItem[]>;
	timeline(room: RoomId): TimelineSource;
	outbox(): Live<OutboxItem[]>;
	/** A draft as it was saved last on this device, by any tab; null when there is none. */
	draft(room: RoomId): Promise<Draft | null>;
	/** Rejects with StoreError. An empty text removes the draft. */
	saveDraft(draft: Omit<Draft, 'at'>): Promise<void>;
	/** The draft that the person's devices share; handed over by the act "draft.save". */
	sharedDraft(room: RoomId): Live<SharedDraft>;
	/** The cards held of the people with these numbers. */
	cardsByNumber(numbers: readonly number[]): Promise<Card[]>;
	readonly status: Live<ClientStatus>;
	/** Who of the room is online; null = unknown (we are offline ourselves). Only for the room looked at. */
	presence(room: RoomId): Live<ReadonlySet<PersonId> | null>;
	/** When the other one of the direct conversation looked at was online last; null = unknown. */
	lastSeen(room: RoomId): Live<number | null>;
	/** Who of the friends is online; null = unknown. Only while `lookAtFriends` says so. */
	friendsOnline(): Live<WhoIsOnline | null>;
	/** Something that shows who of the friends is online is on screen in a visible window (true), or one less (false). */
	lookAtFriends(on: boolean): void;
	/** Others now typing in the room looked at. */
	typing(room: RoomId): Live<Card[]>;

	/** Resolves once the act is durable on this device; rejects with StoreError, and nothing was done. */
	act(draft: ActDraft): Promise<ActId>;
	/** Says something: `act` for the most common case. Clears the room's draft in the end. */
	send(room: RoomId, body: string, reply?: MessageId): Promise<ActId>;
	/** Makes a room; answers its id, under which it can be opened at once. */
	createRoom(room: { name: string; description: string; password?: string }): Promise<RoomId>;
	/** The card of whoever has exactly this user name, or null. Rejects with LinkError when it cannot be asked. */
	find(name: string): Promise<Card | null>;
	/** What is behind an invite link; null: it opens nothing (any more). Rejects with LinkError when it cannot be asked. */
	invited(room: RoomId, token: string): Promise<Invited['room']>;
	/** Answers the room of the conversation with this person, and begins it where there is none yet. */
	openDirect(person: Card): Promise<RoomId>;
	/** Makes an invite link; it opens the room once the server has it. */
	makeInvite(room: RoomId, terms: InviteTerms): Promise<void>;
	/** Passes a message on to another room. */
	forward(item: MessageItem, room: RoomId): Promise<void>;
	/** Another text for one's own message, on the server or still queued. */
	edit(item: MessageItem, body: string): Promise<void>;
	/** Takes one's own message back; removes it from the queue when it was never sent. */
	recall(item: MessageItem): Promise<void>;
	/** Another text for an unsent message or edit, where it stands in the queue; false when it has gone. */
	rewrite(id: ActId, body: string): Promise<boolean>;
	/** Puts a refused act at the end of its lane again. */
	retry(id: ActId): Promise<void>;
	/** Gives an unsent act up. */
	discard(id: ActId): Promise<void>;
	/** What was on screen is read. */
	read(room: RoomId, upto: number): void;
	/** The room on screen in a visible window, or null. */
	look(room: RoomId | null): void;
	/** Call while the person types; it ends by itself. null ends it at once. */
	setTyping(room: RoomId | null): void;
	/** The reader has reached a hole: fetch it. null: no longer. */
	fill(hole: { room: RoomId; after: number; before: number; end: 'top' | 'bottom' } | null): void;
	/** Try to reach the server now. */
	nudge(): void;
	/** What was shared into the app and is not said yet. */
	readonly shares: Shares;

	storage(): Promise<StorageUsage>;
	/** Throws away the messages of a room that this device keeps, but for the newest page and what is unread. */
	wipeRoom(room: RoomId): Promise<void>;
	/** Asks the browser to keep the data for good; answers whether it will. */
	persist(): Promise<boolean>;
	/** Calls back when the session ended: by signing out here, in another tab, or by the server. */
	/** Choices that hold on all devices of the person; made by the act "pref.set". */
	prefs(): Live<Prefs>;
	/** Calls back with what was just said by others and is not read yet; the answer ends it. */
	onNews(run: (news: News[]) => void): () => void;
	onSignedOut(run: (why: 'here' | 'elsewhere' | 'session-ended') => void): () => void;
	/** Ends this tab's part; the data stay. */
	close(): Promise<void>;
}
