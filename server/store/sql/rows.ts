/** Database records become the rows that travel. */
import type { CallNote } from '../../../src/lib/protocol/call-note.ts';
import type {
	Announcement,
	Card,
	ContactRow,
	DraftRow,
	FileCard,
	InviteRow,
	DirectoryRow,
	MemberRow,
	MessageRow,
	RoomMembershipRow,
	PrefRow,
	ReadRow,
	RoomRow,
	SeenRow,
	SelfRow
} from '../../../src/lib/protocol/change.ts';
import type { StoredFile } from '../../files/file-ports.ts';
import type {
	CardRecord,
	ContactRecord,
	DraftRecord,
	FileRecord,
	InviteRecord,
	MemberRecord,
	MembershipRecord,
	MessageRecord,
	PersonRecord,
	PrefRecord,
	RoomRecord
} from './records.ts';

type Mentions = NonNullable<MessageRow['mentions']>;
type Reactions = NonNullable<MessageRow['reactions']>;
type Forward = NonNullable<MessageRow['forward']>;
type Files = NonNullable<MessageRow['files']>;
type Note = NonNullable<MessageRow['system']>;

/** How the note of a system message begins that is a call. Written by `callJson` alone. */
export const CALL_JSON = '{"call":';
export const callJson = (call: CallNote): string => JSON.stringify({ call });

/** The call that a system message is; null: it tells something else. */
export function callOf(note: string | null): CallNote | null {
	if (!note?.startsWith(CALL_JSON)) return null;
	return (JSON.parse(note) as { call: CallNote }).call;
}

/** What a system message tells. */
function toldBy(note: string): Pick<MessageRow, 'system' | 'call'> {
	const call = callOf(note);
	return call ? { call } : { system: JSON.parse(note) as Note };
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
		...(r.reply_seq === null ? {} : { replySeq: r.reply_seq }),
		...(r.mentions === null ? {} : { mentions: JSON.parse(r.mentions) as Mentions }),
		...(r.reactions === null ? {} : { reactions: JSON.parse(r.reactions) as Reactions }),
		...(r.forward === null ? {} : { forward: JSON.parse(r.forward) as Forward }),
		...(r.files === null ? {} : { files: JSON.parse(r.files) as Files }),
		...(r.pinned_at === null ? {} : { pinned: r.pinned_at }),
		...(r.note === null ? {} : toldBy(r.note)),
		...(r.edited_at === null ? {} : { edited: r.edited_at }),
		...(r.deleted_at === null ? {} : { deleted: true }),
		...(r.type === null ? {} : { type: r.type as NonNullable<MessageRow['type']> })
	};
}

export function fileCard(r: FileRecord): FileCard {
	return {
		id: r.id,
		name: r.name,
		size: r.size,
		type: r.type,
		kind: r.kind,
		...(r.width === null || r.height === null ? {} : { width: r.width, height: r.height }),
		...(r.duration === null ? {} : { duration: r.duration }),
		...(r.hash === null ? {} : { hash: r.hash })
	};
}

/** A file as the server keeps it. */
export function storedFile(r: FileRecord): StoredFile {
	return { ...fileCard(r), person: r.person, stored: r.stored, thumb: r.thumb };
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

export function directoryRow(r: RoomRecord): DirectoryRow {
	return {
		kind: 'directory',
		id: r.id,
		number: r.number,
		rev: r.listing_rev,
		name: r.name,
		description: r.description,
		private: r.password_hash !== null,
		...(r.deleted_at === null ? {} : { deleted: true }),
		...(r.announcement === null ? {} : { announcement: JSON.parse(r.announcement) as Announcement })
	};
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

export function roomMembershipRow(r: MembershipRecord): RoomMembershipRow {
	return {
		kind: 'roomMembership',
		id: r.room,
		rev: r.feed_rev,
		state: r.to_seq === null ? 'in' : 'out',
		...(r.to_seq === null || r.why === null
			? {}
			: { why: r.why as NonNullable<RoomMembershipRow['why']> })
	};
}

export function readRow(r: MembershipRecord): ReadRow {
	return { kind: 'read', id: r.room, rev: r.read_rev, upto: r.read };
}

export function seenRow(r: MembershipRecord): SeenRow {
	return { kind: 'seen', id: r.person, room: r.room, rev: r.seen_rev, upto: r.seen };
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

export function prefRow(r: PrefRecord): PrefRow {
	return { kind: 'pref', id: r.key, rev: r.rev, value: r.value };
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

export function selfRow(r: Pick<PersonRecord, 'feed_rev'> & CardRecord): SelfRow {
	return { kind: 'self', id: r.id, rev: r.feed_rev, card: card(r) };
}
