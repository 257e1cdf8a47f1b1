/** Effects of what administrators do, of reports, and the audit log. Nothing of it but rooms is in any stream. */
import { DIRECTORY, uuid7 } from '../../../../src/lib/protocol/ids.ts';
import { roomNameKey } from '../../../../src/lib/protocol/name-key.ts';
import { directoryRow, roomRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { list } from './room-effects.ts';
import { append, show, type EffectOf, type WriteContext } from './write-context.ts';

export function* setDisabled(
	{ statements, now }: WriteContext,
	{ person, on }: EffectOf<'person.disable'>
): Steps<void> {
	yield* statements.admin.setDisabled.run(on ? now : null, person);
	if (on) yield* statements.admin.dropLinks.run(person);
}

export function* setAdmin(
	{ statements }: WriteContext,
	{ person, on }: EffectOf<'person.admin'>
): Steps<void> {
	yield* statements.admin.setAdmin.run(on ? 1 : 0, person);
}

export function* endSessions(
	{ statements, sessionsEnded }: WriteContext,
	{ person }: EffectOf<'sessions.end'>
): Steps<void> {
	yield* statements.admin.forgetDevices.run(person);
	const ended = yield* statements.admin.endSessions.all(person);
	sessionsEnded.push(...ended);
}

export function* insertPasswordLink(
	{ statements, now }: WriteContext,
	{ person, link, until }: EffectOf<'password-link'>
): Steps<void> {
	yield* statements.admin.insertLink.run(link, person, until, now);
}

/** The room as it was, but for its links: those were ended. */
export function* restoreRoom(
	context: WriteContext,
	{ room, name, owner }: EffectOf<'room.restore'>
): Steps<void> {
	const { seq } = yield* append(context, room, 'room', room);
	const record = (yield* context.statements.admin.restoreRoom.get({
		...{ room, rev: seq, name, owner },
		nameKey: roomNameKey(name)
	}))!;
	show(context, room, roomRow(record));
	yield* list(context, room);
}

export function* announce(
	context: WriteContext,
	{ room, text }: EffectOf<'announce'>
): Steps<void> {
	const id = uuid7(context.now, context.randomBytes(10));
	const json = text === '' ? null : JSON.stringify({ id, text, at: context.now });
	const { seq } = yield* append(context, DIRECTORY, 'directory', room);
	const record = (yield* context.statements.admin.announce.get(json, seq, room))!;
	show(context, DIRECTORY, directoryRow(record));
}

export function* setSetting(
	{ statements }: WriteContext,
	{ key, value }: EffectOf<'setting'>
): Steps<void> {
	if (value === null) yield* statements.admin.dropSetting.run(key);
	else yield* statements.admin.putSetting.run(key, value);
}

export function* insertReport(
	{ statements, act, actor, now }: WriteContext,
	{ do: _do, files, ...report }: EffectOf<'report.insert'>
): Steps<void> {
	const values = { ...report, files: JSON.stringify(files), id: act, reporter: actor, at: now };
	yield* statements.admin.insertReport.run(values);
}

export function* resolveReport(
	{ statements, actor, now }: WriteContext,
	{ report, action }: EffectOf<'report.resolve'>
): Steps<void> {
	yield* statements.admin.resolveReport.run(now, actor, action, report);
}

export function* writeAudit(
	{ statements, actor, now }: WriteContext,
	{ act, subject, subjectName, detail }: EffectOf<'audit'>
): Steps<void> {
	const values = { act, subject, subjectName, actor, detail: JSON.stringify(detail), at: now };
	yield* statements.admin.writeAudit.run(values);
}
