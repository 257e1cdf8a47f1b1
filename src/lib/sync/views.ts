/**
 * What is shown: what the log says with the person's own unsent acts laid over it. Made by pure
 * functions (timeline.ts, overlay.ts) from what this device keeps.
 */
import type { Card, Role } from '../protocol/change.ts';
import type { ActId, MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type { Act } from '../protocol/up.ts';

/** What became of something the person did: the four states. "sent" = on the server. */
export type Delivery = 'queued' | 'sending' | 'sent' | 'refused';

/** The newest thing said in a room, for the room list. */
export interface LastItem {
	id: MessageId;
	/** null: the card is not known (yet) */
	author: Card | null;
	mine: boolean;
	body: string;
	/** ms; server time, or device time of what is still queued */
	at: number;
	deleted: boolean;
	system: boolean;
	delivery: Delivery;
}

/** A room in the list of rooms. */
export interface RoomItem {
	id: RoomId;
	/** null until the server has numbered it */
	number: number | null;
	name: string;
	description: string;
	private: boolean;
	role: Role | null;
	/**
	 * "in" is the ordinary case. "creating" and "joining" wait for the network, "leaving" is still
	 * listed but on its way out, "refused" needs the person: see `refused`.
	 */
	state: 'in' | 'creating' | 'joining' | 'leaving' | 'refused';
	/** the refused act about the room itself (create, join, leave, edit), if any */
	refused: { id: ActId; kind: Act['kind']; refusal: Refusal } | null;
	/** messages of others after the read position; 0 while the room is not known yet */
	unread: number;
	/** false until this device has once been level with the server for this room */
	ready: boolean;
	last: LastItem | null;
	/** acts of this room not yet on the server (read positions excluded) */
	queued: number;
	/** acts of this room that need the person */
	needsYou: number;
}

/** A room somebody could join. */
export interface ListingItem {
	id: RoomId;
	number: number;
	name: string;
	description: string;
	private: boolean;
	state: 'out' | 'in' | 'joining' | 'leaving' | 'refused';
	/** why a join was refused, with the act to discard or renew */
	refused: { id: ActId; refusal: Refusal } | null;
}

/** The open room. */
export interface RoomDetail extends RoomItem {
	owner: PersonId | null;
	/** members as far as known to this device */
	memberCount: number;
	/** seq up to which the person has read */
	read: number;
	/** the last seq the device knows of; 0 before the first answer */
	head: number;
}

export interface MemberItem {
	card: Card;
	role: Role;
	me: boolean;
}

/** A message on screen, on the server or not. */
export interface MessageItem {
	type: 'message';
	/** stable from the key press to the end: the message's id */
	key: string;
	id: MessageId;
	room: RoomId;
	/** its place on the server; null while it is not there */
	seq: number | null;
	author: PersonId;
	/** null: the card is not known (yet) */
	card: Card | null;
	mine: boolean;
	/** empty once deleted; the queued text when an edit waits */
	body: string;
	/** ms; server time, or device time of what is still queued */
	at: number;
	/** whether it was edited, or an edit waits */
	edited: boolean;
	deleted: boolean;
	system: boolean;
	delivery: Delivery;
	/** why it was refused; with delivery "refused" */
	refusal: Refusal | null;
	/** an edit or recall of a message that is on the server: still waiting, or refused */
	change: {
		id: ActId;
		kind: 'message.edit' | 'message.recall';
		delivery: Exclude<Delivery, 'sent'>;
		refusal: Refusal | null;
	} | null;
	reply: MessageId | null;
}

/** Messages that exist (or may) but are not on this device. Seqs strictly between `after` and `before`. */
export interface HoleItem {
	type: 'hole';
	key: string;
	after: number;
	before: number;
}

export type TimelineItem = MessageItem | HoleItem;

/** Something unsent, for the outbox page. */
export interface OutboxItem {
	id: ActId;
	room: RoomId;
	roomName: string | null;
	kind: Act['kind'];
	/** the text of a message or an edit, the name of a room to be made */
	text: string;
	at: number;
	delivery: Exclude<Delivery, 'sent'>;
	refusal: Refusal | null;
	tries: number;
}
