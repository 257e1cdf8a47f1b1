/** What an export says, in which form: docs/export.md. The version is raised when a reader of an older one would err. */
import * as v from 'valibot';
import type { Card, FileCard, MessageRow } from '../protocol/change.ts';
import { CallNote } from '../protocol/call-note.ts';
import { FileCard as FileCardSchema, SystemNote } from '../protocol/change.ts';
import { count, millis, uid } from '../protocol/scalars.ts';
import { pathOfFile } from './names.ts';

export const EXPORT_FORMAT = 'roost-export';
export const EXPORT_VERSION = 1;

/** Somebody, with the name that they had when the export was made. */
export const PersonRecord = v.object({
	id: uid,
	/** the user name */
	name: v.string(),
	display: v.optional(v.string()),
	deleted: v.optional(v.literal(true))
});
export type PersonRecord = v.InferOutput<typeof PersonRecord>;

const ReactionRecord = v.object({ emoji: v.string(), people: v.array(PersonRecord) });
const FileRecord = v.object({
	...FileCardSchema.entries,
	id: v.string(),
	/** where it lies in the folder of the conversation */
	path: v.string()
});

/** A line of `messages/*.jsonl`. */
export const MessageRecord = v.object({
	id: uid,
	number: count,
	seq: count,
	author: PersonRecord,
	text: v.string(),
	/** ms, server time; `sent` what the author's clock said */
	at: millis,
	sent: v.optional(millis),
	reply: v.optional(uid),
	replySeq: v.optional(count),
	mentions: v.optional(v.array(v.tuple([v.string(), uid]))),
	reactions: v.optional(v.array(ReactionRecord)),
	forward: v.optional(v.object({ author: uid, name: v.string(), at: millis })),
	files: v.optional(v.array(FileRecord)),
	pinned: v.optional(millis),
	edited: v.optional(millis),
	deleted: v.optional(v.literal(true)),
	system: v.optional(SystemNote),
	call: v.optional(CallNote)
});
export type MessageRecord = v.InferOutput<typeof MessageRecord>;

/** `room.json`: the conversation, and what the export has of it. */
export const RoomRecord = v.object({
	format: v.literal(EXPORT_FORMAT),
	version: v.literal(EXPORT_VERSION),
	/** ms, and the address of the server */
	made: millis,
	server: v.string(),
	id: uid,
	name: v.string(),
	description: v.string(),
	private: v.boolean(),
	direct: v.optional(v.literal(true)),
	owner: v.nullable(uid),
	at: v.nullable(millis),
	members: v.array(
		v.object({
			person: PersonRecord,
			role: v.picklist(['owner', 'admin', 'member']),
			state: v.picklist(['in', 'out'])
		})
	),
	/** the change as of which it was exported, and the messages of it */
	head: count,
	messages: count,
	/** pieces of messages: their number in the names, first and last seq and time, how many */
	pieces: v.array(
		v.object({ n: count, from: count, to: count, since: millis, until: millis, messages: count })
	),
	/** seqs that could not be had, and files; `all`: nothing of the conversation could be */
	missing: v.object({
		messages: v.array(v.tuple([count, count])),
		files: v.array(v.string()),
		all: v.optional(v.literal(true))
	})
});
export type RoomRecord = v.InferOutput<typeof RoomRecord>;
export type Piece = RoomRecord['pieces'][number];

/** `export.json`: what the whole has. */
export const ExportRecord = v.object({
	format: v.literal(EXPORT_FORMAT),
	version: v.literal(EXPORT_VERSION),
	made: millis,
	server: v.string(),
	by: PersonRecord,
	rooms: v.array(v.object({ id: uid, name: v.string(), folder: v.string(), messages: count }))
});
export type ExportRecord = v.InferOutput<typeof ExportRecord>;

/** What names are looked up in. */
export interface Names {
	byId: ReadonlyMap<string, Card>;
	byNumber: ReadonlyMap<number, Card>;
}

/** Somebody by card; by id alone where no card is known. */
export function personRecord(id: string, card: Card | undefined): PersonRecord {
	if (!card) return { id, name: '' };
	const { name, display, deleted } = card;
	return { id, name, ...(display ? { display } : {}), ...(deleted ? { deleted } : {}) };
}

const fileRecord = (file: FileCard, seq: number, n: number) => ({
	...file,
	path: pathOfFile(seq, n, file)
});

/** A message as it stands in an export. */
export function messageRecord(row: MessageRow, names: Names): MessageRecord {
	const { id, number, seq, at, body, files, reactions } = row;
	const { sent, reply, replySeq, mentions, forward, pinned, edited, deleted } = row;
	const { system, call } = row;
	const kept = { sent, reply, replySeq, mentions, forward, pinned, edited, deleted };
	const optional = { ...kept, system, call };
	const given = Object.entries(optional).filter(([, value]) => value !== undefined);
	return {
		id,
		number,
		seq,
		author: personRecord(row.author, names.byId.get(row.author)),
		text: body,
		at,
		...Object.fromEntries(given),
		...(files && !deleted ? { files: files.map((file, n) => fileRecord(file, seq, n)) } : {}),
		...(reactions
			? {
					reactions: reactions.map(([emoji, people]) => ({
						emoji,
						people: people.flatMap((who) => {
							const card = names.byNumber.get(who);
							return card ? [personRecord(card.id, card)] : [];
						})
					}))
				}
			: {})
	};
}
