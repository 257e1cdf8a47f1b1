/**
 * What is shown: what the log says with the person's own unsent acts laid over it. Made by pure
 * functions (timeline.ts, overlay.ts) from what this device keeps.
 */
import type {
	Announcement,
	Card,
	ContactRow,
	FileCard,
	Mention,
	Origin,
	Role,
	SystemNote
} from '../protocol/change.ts';
import type { CallNote } from '../protocol/call-note.ts';
import type { ActId, MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type { Act } from '../protocol/up.ts';

/** What became of something the person did: the four states. "sent" = on the server. */
export type Delivery = 'queued' | 'sending' | 'sent' | 'refused';

/** A file in a few words, for where a message stands in one line. */
export type FileBrief = Pick<FileCard, 'name' | 'kind'>;

/** The newest thing said in a room, for the room list. */
export interface LastItem {
	id: MessageId;
	/** its place on the server; null while it is not there */
	seq: number | null;
	/** null: the card is not known (yet) */
	author: Card | null;
	mine: boolean;
	body: string;
	files: FileBrief[];
	/** ms; server time, or device time of what is still queued */
	at: number;
	deleted: boolean;
	/** what a system message tells; its body is empty */
	note: NoteItem | null;
	/** the message is a call */
	call: CallNote | null;
	delivery: Delivery;
}

/** An act that the server refused and that waits for the person. */
interface RefusedAct {
	id: ActId;
	kind: Act['kind'];
	refusal: Refusal;
}

/** The other one of a conversation of two. */
export interface DirectWith {
	person: PersonId;
	/** null: not known (yet) */
	card: Card | null;
	/** this person has blocked the other one */
	blocked: boolean;
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
	/** with a conversation of two: the other one; `name` is then what that person is called */
	direct: DirectWith | null;
	/** the refused act about the room itself (create, join, leave, edit), if any */
	refused: RefusedAct | null;
	/** seq up to which this device knows what happened in the room; 0: nothing yet */
	upto: number;
	/** messages of others after the read position; 0 while the room is not known yet */
	unread: number;
	/** those of them that mention the person */
	mentioned: number;
	/** whether a text waits in the composer, on any device of the person */
	draft: boolean;
	/** false until this device has once been up to date with the server for this room */
	ready: boolean;
	last: LastItem | null;
	/** acts of this room not yet on the server (read positions excluded) */
	queued: number;
	/** acts of this room that need the person */
	needsYou: number;
}

/** A room somebody could join. */
export interface DirectoryItem {
	id: RoomId;
	number: number;
	name: string;
	description: string;
	private: boolean;
	state: 'out' | 'in' | 'joining' | 'leaving' | 'refused';
	/** why a join was refused, with the act to discard or renew */
	refused: { id: ActId; refusal: Refusal } | null;
	/** what administrators tell everybody */
	announcement?: Announcement;
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
	/** as it will be when what waits has happened */
	role: Role;
	me: boolean;
	/** may say nothing until then (ms, server time) */
	muted: number | null;
	/** what the person did to this member and what is not on the server yet */
	pending: Act['kind'] | null;
}

/** What the person and somebody else are to one another, with what waits laid over it. */
export interface ContactItem {
	person: PersonId;
	card: Card;
	state: ContactRow['state'];
	/** the person has blocked the other one */
	blocked: boolean;
	/** since when, ms; server time, or device time of what is still queued */
	at: number;
	/** the change of the feed that told of it last; 0 while there is none */
	rev: number;
	/** "sent" when nothing waits */
	delivery: Exclude<Delivery, 'refused'>;
	refused: RefusedAct | null;
}

/** A request to somebody of whom only the name is known. */
export interface AskItem {
	id: ActId;
	name: string;
	at: number;
	delivery: Exclude<Delivery, 'sent'>;
	refusal: Refusal | null;
}

export interface Contacts {
	/** by name; people of no account ("none", not blocked) are left out unless an act was refused */
	items: ContactItem[];
	asks: AskItem[];
}

/** An invite link of one's own. */
export interface InviteItem {
	id: ActId;
	room: RoomId;
	token: string;
	/** ms, server time; null: never ends by itself, or not accepted yet */
	expires: number | null;
	/** how many may still come in; null: any number */
	left: number | null;
	at: number;
	/** "sent" when nothing waits */
	delivery: Delivery;
	refused: RefusedAct | null;
	/** its end waits for the network */
	ending: boolean;
}

/** The person's own card, with what waits laid over it. */
export interface SelfItem {
	card: Card;
	delivery: Exclude<Delivery, 'refused'>;
	/** newest last */
	refused: RefusedAct[];
}

/** What a message answers, in short. */
export interface Quote {
	id: MessageId;
	/** null: in no place of this room that is known */
	seq: number | null;
	/** "absent": the message is not on this device */
	state: 'held' | 'recalled' | 'absent';
	/** null unless held, and when the card is not known */
	author: Card | null;
	mine: boolean;
	/** empty unless held */
	body: string;
	/** empty unless held */
	files: FileBrief[];
}

/** An emoji under a message. */
export interface ReactionItem {
	emoji: string;
	/** numbers of the people, the person's own queued act included */
	people: number[];
	/** whether the person is among them */
	mine: boolean;
	/** the person's own act waits for the network */
	queued: boolean;
}

/** What a system message tells, with the cards that are known. */
interface NoteItem extends SystemNote {
	/** of `person`; null: not known (yet) */
	card: Card | null;
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
	/** what it carries, on the server or still on this device; none once deleted */
	files: FileCard[];
	/** ms; server time, or device time of what is still queued */
	at: number;
	/** whether it was edited, or an edit waits */
	edited: boolean;
	deleted: boolean;
	system: boolean;
	/** with `system` */
	note: NoteItem | null;
	/** with a system message that is a call */
	call: CallNote | null;
	/** "keeping": this device is just writing it down, and may fail to */
	delivery: Delivery | 'keeping';
	/** why it was refused; with delivery "refused" */
	refusal: Refusal | null;
	/** an edit or recall of a message that is on the server: still waiting, or refused */
	change: {
		id: ActId;
		kind: 'message.edit' | 'message.recall';
		delivery: Exclude<Delivery, 'sent'>;
		refusal: Refusal | null;
	} | null;
	reply: Quote | null;
	mentions: Mention[];
	reactions: ReactionItem[];
	/** whether it is pinned, the person's own queued act included */
	pinned: boolean;
	/** whose words these are, when they were passed on */
	forward: Origin | null;
}

/** A pinned message, for the line above the conversation. */
export interface PinItem {
	seq: number;
	/** null: the message is not on this device */
	id: MessageId | null;
	author: Card | null;
	body: string;
	files: FileBrief[];
}

/** How far somebody else has read in a direct conversation or a small room. */
export interface Reader {
	card: Card;
	upto: number;
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
	/** null: it concerns no room */
	room: RoomId | null;
	roomName: string | null;
	kind: Act['kind'];
	/** the room is a conversation of two */
	direct: boolean;
	/** whom it is about, as far as the name is known */
	person: string | null;
	/** the emoji of a reaction */
	emoji: string | null;
	/** false: takes back what it names (a reaction, a pin) */
	on: boolean;
	/** the role to be given */
	role: Role | null;
	/** the text of a message or an edit, the name of a room to be made */
	text: string;
	/** what a message carries */
	files: FileBrief[];
	at: number;
	delivery: Exclude<Delivery, 'sent'>;
	refusal: Refusal | null;
	tries: number;
}
