/** The part of the facts that is about messages and files. */
import type { FileCard, Reaction } from '../../../../src/lib/protocol/change.ts';
import { isIn } from '../../../domain/access.ts';
import type { Source, StoredMessage } from '../../../domain/store-port.ts';
import { fileCard } from '../rows.ts';
import type { Steps } from '../steps.ts';
import type { FactContext } from './fact-context.ts';

/** The message under an id, recalled ones included. */
export function* messageById({ statements }: FactContext, id: string): Steps<StoredMessage | null> {
	const record = yield* statements.messages.byId.get(id);
	if (!record) return null;
	return {
		id: record.id,
		room: record.room,
		author: record.author,
		seq: record.seq,
		rev: record.rev,
		digest: record.digest,
		deleted: record.deleted_at !== null,
		pinned: record.pinned_at !== null,
		system: record.type === 'system',
		hasFiles: record.files !== null,
		isForward: record.forward !== null,
		reactions: record.reactions === null ? [] : (JSON.parse(record.reactions) as Reaction[])
	};
}

/** The message that a person passes on. What they cannot see is answered like what is not there (SOCKET-16). */
export function* sourceOf(
	{ statements, rooms }: FactContext,
	id: string,
	person: string
): Steps<Source | null> {
	const record = yield* statements.messages.withAuthor.get(id);
	if (!record || !isIn(yield* rooms.membership(record.room, person))) return null;
	const { author, name, at, forward, files, body, type, deleted_at } = record;
	return {
		body,
		// Passed on again, a text still comes from whoever said it.
		origin: forward === null ? { author, name, at } : (JSON.parse(forward) as Source['origin']),
		free: deleted_at === null && type !== 'system',
		deleted: deleted_at !== null,
		files: files === null ? [] : (JSON.parse(files) as Source['files'])
	};
}

/** Files that a message may carry, in the order asked for; one that is named twice counts once. */
export function* filesFor(
	{ statements }: FactContext,
	{ ids, message, person }: { ids: string[]; message: string; person: string }
): Steps<FileCard[]> {
	const found = yield* statements.messages.ownFiles.all({
		ids: JSON.stringify([...new Set(ids)]),
		person,
		message
	});
	const byId = new Map(found.map((record) => [record.id, fileCard(record)]));
	return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
}
