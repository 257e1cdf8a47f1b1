/** Database records become the rows that travel. */
import type {
	Card,
	ContactRow,
	DraftRow,
	FileCard,
	InviteRow,
	ListingRow,
	MemberRow,
	MessageRow,
	PlaceRow,
	PrefRow,
	ReadRow,
	Role,
	RoomRow,
	SeenRow,
	SelfRow
} from '../../../src/lib/protocol/change.ts';

export interface MessageRecord {
	number: number;
	id: string;
	room: string;
	seq: number;
	rev: number;
	author: string;
	body: string;
	reply: string | null;
	reply_seq: number | null;
	mentions: string | null;
	reactions: string | null;
	forward: string | null;
	files: string | null;
	pinned_at: number | null;
	type: string | null;
	note: string | null;
	at: number;
	sent: number | null;
	edited_at: number | null;
	deleted_at: number | null;
}

type Mentions = NonNullable<MessageRow['mentions']>;
type Reactions = NonNullable<MessageRow['reactions']>;
type Forward = NonNullable<MessageRow['forward']>;
type Files = NonNullable<MessageRow['files']>;
type Note = NonNullable<MessageRow['system']>;

export function messageRow(r: MessageRecord): MessageRow {
	return {
		kind: 'message',
		id: r.id,
		number: r.number,
		room: r.room,
		seq: r.seq,
		rev: r.rev,
		author: r.author,
		body: r.body,
		at: r.at,
		...(r.sent === null ? {} : { sent: r.sent }),
		...(r.reply === null ? {} : { reply: r.reply }),
		...(r.reply_seq === null ? {} : { replySeq: r.reply_seq }),
		...(r.mentions === null ? {} : { mentions: JSON.parse(r.mentions) as Mentions }),
		...(r.reactions === null ? {} : { reactions: JSON.parse(r.reactions) as Reactions }),
		...(r.forward === null ? {} : { forward: JSON.parse(r.forward) as Forward }),
		...(r.files === null ? {} : { files: JSON.parse(r.files) as Files }),
		...(r.pinned_at === null ? {} : { pinned: r.pinned_at }),
		...(r.note === null ? {} : { system: JSON.parse(r.note) as Note }),
		...(r.edited_at === null ? {} : { edited: r.edited_at }),
		...(r.deleted_at === null ? {} : { deleted: true }),
		...(r.type === null ? {} : { type: r.type as NonNullable<MessageRow['type']> })
	};
}

/** A file as its table has it. */
export interface FileRecord {
	id: string;
	person: string;
	name: string;
	type: string;
	kind: FileCard['kind'];
	size: number;
	width: number | null;
	height: number | null;
	hash: string | null;
	stored: string;
	thumb: string | null;
	at: number;
}

export function fileCard(r: FileRecord): FileCard {
	return {
		...{ id: r.id, name: r.name, size: r.size, type: r.type, kind: r.kind },
		...(r.width === null || r.height === null ? {} : { width: r.width, height: r.height }),
		...(r.hash === null ? {} : { hash: r.hash })
	};
}

export interface RoomRecord {
	number: number;
	id: string;
	rev: number;
	listing_rev: number;
	name: string;
	description: string;
	password_hash: string | null;
	owner: string;
	direct: number;
	pins: string;
	created_at: number;
	deleted_at: number | null;
}

export function roomRow(r: RoomRecord): RoomRow {
	return {
		kind: 'room',
		id: r.id,
		number: r.number,
		rev: r.rev,
		name: r.name,
		description: r.description,
		private: r.password_hash !== null,
		owner: r.owner,
		...(r.direct === 1 ? { direct: true } : {}),
		...(r.pins === '[]' ? {} : { pins: JSON.parse(r.pins) as number[] }),
		at: r.created_at,
		...(r.deleted_at === null ? {} : { deleted: true })
	};
}

export function listingRow(r: RoomRecord): ListingRow {
	return {
		kind: 'listing',
		id: r.id,
		number: r.number,
		rev: r.listing_rev,
		name: r.name,
		description: r.description,
		private: r.password_hash !== null,
		...(r.deleted_at === null ? {} : { deleted: true })
	};
}

export interface CardRecord {
	id: string;
	number: number;
	name: string;
	display: string | null;
	bio: string | null;
	avatar: string | null;
	deleted_at: number | null;
	card_version: number;
}

export function card(r: CardRecord): Card {
	return {
		id: r.id,
		number: r.number,
		name: r.name,
		...(r.display === null ? {} : { display: r.display }),
		...(r.bio === null ? {} : { bio: r.bio }),
		...(r.avatar === null ? {} : { avatar: r.avatar }),
		...(r.deleted_at === null ? {} : { deleted: true }),
		v: r.card_version
	};
}

export interface SpanRecord {
	room: string;
	person: string;
	rev: number;
	role: Role;
	from_seq: number;
	visible_from: number;
	to_seq: number | null;
	feed_rev: number;
	why: string | null;
	read: number;
	read_rev: number;
	seen: number;
	seen_rev: number;
	banned_at: number | null;
	muted_until: number | null;
}

/** A membership with the card of its person, as the joined statement answers it. */
export type MemberRecord = SpanRecord & { card: string };

/** The SQL that makes a card's JSON from the table `person` under the alias `p`. */
export const CARD_JSON = `json_object('id', p.id, 'number', p.number, 'name', p.name,
	'display', p.display, 'bio', p.bio, 'avatar', p.avatar, 'deleted_at', p.deleted_at,
	'card_version', p.card_version)`;

export function memberRow(r: MemberRecord): MemberRow {
	return {
		kind: 'member',
		id: r.person,
		room: r.room,
		rev: r.rev,
		role: r.role,
		state: r.to_seq === null ? 'in' : 'out',
		...(r.banned_at === null ? {} : { banned: true }),
		...(r.muted_until ? { muted: r.muted_until } : {}),
		card: card(JSON.parse(r.card) as CardRecord)
	};
}

export function placeRow(r: SpanRecord): PlaceRow {
	return {
		kind: 'place',
		id: r.room,
		rev: r.feed_rev,
		state: r.to_seq === null ? 'in' : 'out',
		...(r.to_seq === null || r.why === null ? {} : { why: r.why as NonNullable<PlaceRow['why']> })
	};
}

export function readRow(r: SpanRecord): ReadRow {
	return { kind: 'read', id: r.room, rev: r.read_rev, upto: r.read };
}

export function seenRow(r: SpanRecord): SeenRow {
	return { kind: 'seen', id: r.person, room: r.room, rev: r.seen_rev, upto: r.seen };
}

/** What somebody is to a person, with the card of that somebody, as the joined statement answers it. */
export interface ContactRecord {
	other: string;
	rev: number;
	state: ContactRow['state'];
	blocked: number;
	at: number;
	card: string;
}

export function contactRow(r: ContactRecord): ContactRow {
	return {
		kind: 'contact',
		id: r.other,
		rev: r.rev,
		state: r.state,
		...(r.blocked === 1 ? { blocked: true } : {}),
		at: r.at,
		card: card(JSON.parse(r.card) as CardRecord)
	};
}

export interface DraftRecord {
	room: string;
	rev: number;
	body: string;
	reply: string | null;
	other: string | null;
	at: number;
}

export function draftRow(r: DraftRecord): DraftRow {
	return {
		kind: 'draft',
		id: r.room,
		rev: r.rev,
		body: r.body,
		...(r.reply === null ? {} : { reply: r.reply }),
		...(r.other === null ? {} : { other: r.other }),
		at: r.at
	};
}

export interface PrefRecord {
	key: string;
	rev: number;
	value: string;
}

export function prefRow(r: PrefRecord): PrefRow {
	return { kind: 'pref', id: r.key, rev: r.rev, value: r.value };
}

export interface InviteRecord {
	id: string;
	room: string;
	rev: number;
	token: string;
	expires_at: number | null;
	uses_left: number | null;
	revoked: number;
	at: number;
}

export function inviteRow(r: InviteRecord): InviteRow {
	return {
		kind: 'invite',
		id: r.id,
		rev: r.rev,
		room: r.room,
		token: r.token,
		...(r.expires_at === null ? {} : { expires: r.expires_at }),
		...(r.uses_left === null ? {} : { left: r.uses_left }),
		...(r.revoked === 1 ? { revoked: true } : {}),
		at: r.at
	};
}

export function selfRow(r: CardRecord & { feed_rev: number }): SelfRow {
	return { kind: 'self', id: r.id, rev: r.feed_rev, card: card(r) };
}
