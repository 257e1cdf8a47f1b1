/** Database records become the rows that travel. */
import type {
	Card,
	ListingRow,
	MemberRow,
	MessageRow,
	PlaceRow,
	ReadRow,
	Role,
	RoomRow
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
	type: string | null;
	at: number;
	sent: number | null;
	edited_at: number | null;
	deleted_at: number | null;
}

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
		...(r.edited_at === null ? {} : { edited: r.edited_at }),
		...(r.deleted_at === null ? {} : { deleted: true }),
		...(r.type === null ? {} : { type: r.type as NonNullable<MessageRow['type']> })
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
	avatar: string | null;
	card_version: number;
}

export function card(r: CardRecord): Card {
	return {
		id: r.id,
		number: r.number,
		name: r.name,
		...(r.display === null ? {} : { display: r.display }),
		...(r.avatar === null ? {} : { avatar: r.avatar }),
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
}

/** A membership with the card of its person, as the joined statement answers it. */
export type MemberRecord = SpanRecord & { card: string };

/** The SQL that makes a card's JSON from the table `person` under the alias `p`. */
export const CARD_JSON = `json_object('id', p.id, 'number', p.number, 'name', p.name,
	'display', p.display, 'avatar', p.avatar, 'card_version', p.card_version)`;

export function memberRow(r: MemberRecord): MemberRow {
	return {
		kind: 'member',
		id: r.person,
		room: r.room,
		rev: r.rev,
		role: r.role,
		state: r.to_seq === null ? 'in' : 'out',
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
