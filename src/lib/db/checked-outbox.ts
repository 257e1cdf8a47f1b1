/**
 * What the outbox's rows must look like, and what is made of those that do not. Nothing in here can be fetched
 * again, so as much is kept as makes sense. Pure.
 */
import * as v from 'valibot';
import { count, uid, uid7 } from '../protocol/scalars.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { refuse, Refusal } from '../protocol/refusal.ts';
import { Act, laneOf, PostMessage } from '../protocol/up.ts';
import type { LocalFile } from '../sync/ports-files.ts';
import type { Draft } from '../sync/ports.ts';
import type { StoredAct } from './schema.ts';

const State = v.picklist(['queued', 'refused']);
const SoundRow = v.object({
	n: v.pipe(count, v.minValue(1)),
	id: uid7,
	lane: uid,
	state: State,
	refusal: v.nullable(Refusal),
	at: v.number(),
	tries: count
});

/**
 * Whether an act can be laid over what is on screen and sent. What is of the right form but too long, say, is
 * for the server to refuse.
 */
function isAct(act: unknown): act is Act {
	const read = v.safeParse(Act, act);
	return read.success || read.issues.every((issue) => issue.kind === 'validation');
}

/** Whether an act can be read, shown and sent as it is. */
export function isSoundAct(row: StoredAct): boolean {
	const isRow = v.is(SoundRow, row) && (row.state === 'queued' || row.refusal !== null);
	return isRow && isAct(row.act) && row.act.id === row.id;
}

const or = <S extends v.GenericSchema>(schema: S, value: unknown, otherwise: v.InferOutput<S>) =>
	v.is(schema, value) ? value : otherwise;

/**
 * What becomes of a damaged act: the same as far as it can be told, or a refused message with what was written;
 * null when nothing of it makes sense (or a newer release knows what it means).
 * @param makeId makes an id, for an act that has lost its own
 */
export function mendedAct(
	{ id, lane, act, state, refusal, at, tries }: StoredAct,
	me: PersonId,
	makeId: () => string
): Omit<StoredAct, 'n'> | null {
	const known: unknown = act;
	if (typeof known !== 'object' || known === null) return null;
	const itsId = 'id' in known ? known.id : null;
	const named = { ...known, id: v.is(uid7, itsId) ? itsId : or(uid7, id, makeId()) };
	const made = isAct(named) ? named : messageOf(named, lane);
	if (!made) return null;
	const isRefused = made !== named || state === 'refused';
	return {
		id: made.id,
		lane: or(uid, lane, laneOf(made, me)),
		act: made,
		state: isRefused ? 'refused' : 'queued',
		refusal: isRefused ? (or(v.nullable(Refusal), refusal, null) ?? refuse('malformed')) : null,
		at: or(v.number(), at, made.at),
		// It may have been with the network.
		tries: or(count, tries, 1)
	};
}

/** What was written in an act that cannot be sent as it is, as a message that its author sees. */
function messageOf(act: { id: string }, lane: RoomId): Act | null {
	const { at, room, body, reply, files } = PostMessage.entries;
	const read = v.safeParse(
		v.object({
			id: uid7,
			at: v.fallback(at, 0),
			room: v.fallback(room, lane),
			body: v.fallback(body, ''),
			reply: v.fallback(reply, undefined),
			files: v.fallback(files, undefined)
		}),
		act
	);
	if (!read.success || !v.is(uid, read.output.room)) return null;
	const { reply: answered, files: carried, ...said } = read.output;
	if (said.body === '' && !carried) return null;
	return {
		...said,
		kind: 'message.post',
		...(answered ? { reply: answered } : {}),
		...(carried ? { files: carried } : {})
	};
}

const SoundDraft = v.object({
	room: v.string(),
	body: v.string(),
	reply: v.optional(uid),
	base: v.optional(count),
	sent: v.optional(v.string()),
	other: v.optional(v.string()),
	at: v.number()
});

/** Whether a draft can be shown as it is. */
export const isSoundDraft = (draft: Draft): boolean => v.is(SoundDraft, draft);

/** The words of a damaged draft; null when there are none left. */
export function mendedDraft({ room, body, other, at }: Draft): Draft | null {
	const [text, second] = [body, other].filter((one) => v.is(v.string(), one));
	if (text === undefined) return null;
	const rest = second === undefined ? {} : { other: second };
	return { room, body: text, at: or(v.number(), at, 0), ...rest };
}

const SoundFile = v.object({
	id: uid7,
	room: uid,
	name: v.string(),
	type: v.string(),
	size: count,
	width: v.nullable(v.number()),
	height: v.nullable(v.number()),
	duration: v.optional(v.nullable(count)),
	poster: v.optional(v.nullable(v.blob())),
	at: v.number(),
	state: v.picklist(['waiting', 'sent', 'refused']),
	sent: v.pipe(v.number(), v.minValue(0)),
	url: v.nullable(v.string()),
	sha256: v.nullable(v.string()),
	refusal: v.nullable(Refusal)
});

/** What is known of a film or a sound, as far as it makes sense; what older releases kept has neither. */
function filmFacts(file: LocalFile): Pick<LocalFile, 'duration' | 'poster'> {
	const { duration, poster } = SoundFile.entries;
	return {
		...('duration' in file ? { duration: or(duration, file.duration, null) ?? null } : {}),
		...('poster' in file ? { poster: or(poster, file.poster, null) ?? null } : {})
	};
}

/** Whether a file can be shown and sent as it is. */
export const isSoundFile = (file: LocalFile): boolean => v.is(SoundFile, file);

/**
 * A damaged file with what its bytes say of it; its upload begins anew. null: it cannot be sent any more.
 * @param room where it is to be sent, as far as the outbox knows
 * @param now device time in ms
 */
export function mendedFile(
	file: LocalFile,
	bytes: Blob,
	room: RoomId | undefined,
	now: number
): LocalFile | null {
	const { id, name, type, width, height, at } = SoundFile.entries;
	const mended: LocalFile = {
		id: file.id,
		room: or(uid, file.room, room ?? ''),
		name: or(name, file.name, 'file'),
		type: or(type, file.type, bytes.type),
		size: bytes.size,
		width: or(width, file.width, null),
		height: or(height, file.height, null),
		...filmFacts(file),
		at: or(at, file.at, now),
		state: 'waiting',
		sent: 0,
		url: null,
		sha256: null,
		refusal: null
	};
	return v.is(id, mended.id) && isSoundFile(mended) ? mended : null;
}
