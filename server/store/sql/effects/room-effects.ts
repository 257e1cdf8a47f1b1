/** Effects on rooms. */
import { DIRECTORY } from '../../../../src/lib/protocol/ids.ts';
import { roomNameKey } from '../../../../src/lib/protocol/name-key.ts';
import { directoryRow, roomRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { append, show, type EffectOf, type WriteContext } from './write-context.ts';

/** What can be found is told to everybody; a direct conversation is never listed. */
export function* list(context: WriteContext, room: string): Steps<void> {
	const { seq } = yield* append(context, DIRECTORY, 'directory', room);
	const record = (yield* context.statements.rooms.setListing.get(seq, room))!;
	show(context, DIRECTORY, directoryRow(record));
}

export function* insertRoom(context: WriteContext, effect: EffectOf<'room.insert'>): Steps<void> {
	const { room, name, description, passwordHash, direct = false } = effect;
	yield* context.log.create(room, 'room');
	const { seq, ts } = yield* append(context, room, 'room', room);
	const record = (yield* context.statements.rooms.insert.get({
		id: room,
		rev: seq,
		name,
		nameKey: direct ? null : roomNameKey(name),
		description,
		passwordHash,
		owner: context.actor,
		direct: direct ? 1 : 0,
		at: ts
	}))!;
	show(context, room, roomRow(record));
	if (!direct) yield* list(context, room);
}

export function* updateRoom(context: WriteContext, effect: EffectOf<'room.update'>): Steps<void> {
	const { room, name, description, owner, passwordHash, pins } = effect;
	const { rooms } = context.statements;
	const { seq } = yield* append(context, room, 'room', room);
	if (passwordHash !== undefined) yield* rooms.setPassword.run(passwordHash, room);
	const record = (yield* rooms.update.get({
		room,
		rev: seq,
		name: name ?? null,
		nameKey: name === undefined ? null : roomNameKey(name),
		description: description ?? null,
		owner: owner ?? null,
		pins: pins === undefined ? null : JSON.stringify(pins)
	}))!;
	show(context, room, roomRow(record));
	const isListed = name !== undefined || description !== undefined;
	if (record.direct === 0 && (isListed || passwordHash !== undefined)) yield* list(context, room);
}

export function* deleteRoom(context: WriteContext, { room }: EffectOf<'room.delete'>): Steps<void> {
	const { seq, ts } = yield* append(context, room, 'room', room);
	const record = (yield* context.statements.rooms.markDeleted.get(seq, ts, room))!;
	show(context, room, roomRow(record));
	yield* list(context, room);
}
