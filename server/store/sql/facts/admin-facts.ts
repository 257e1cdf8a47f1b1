/** The part of the facts that is about administrators, what they act on, and messages that are reported. */
import type { FileCard } from '../../../../src/lib/protocol/change.ts';
import { COMMAND_LINE, type AdminFacts, type AdminPerson } from '../../../domain/admin-act.ts';
import { isAdminAct } from '../../../domain/decide-admin.ts';
import type { AnyAct, Reported } from '../../../domain/store-port.ts';
import type { Steps } from '../steps.ts';
import type { FactContext } from './fact-context.ts';
import { isRoomNameTaken } from './room-facts.ts';

function* adminPerson({ statements }: FactContext, id: string): Steps<AdminPerson | null> {
	const record = yield* statements.admin.person.get(id);
	if (!record) return null;
	const { name, admin, disabled_at: disabledAt, deleted_at: deletedAt } = record;
	return {
		...{ id, name, admin: admin === 1 },
		...{ disabled: disabledAt !== null, deleted: deletedAt !== null }
	};
}

/** Whom an act of an administrator, or the end of an account, is done to. */
const subjectOf = (act: AnyAct, actor: string): string | null =>
	act.kind === 'account.delete' ? actor : 'person' in act ? (act.person ?? null) : null;

function* restorable(
	context: FactContext,
	act: AnyAct
): Steps<Pick<AdminFacts, 'deletedAt' | 'formerMembers' | 'nameTaken'>> {
	const nothing = { deletedAt: null, formerMembers: [], nameTaken: false };
	if (act.kind !== 'admin.room-restore') return nothing;
	const found = yield* context.statements.admin.deletedRoom.get(act.room);
	if (!found) return nothing;
	return {
		deletedAt: found.at,
		formerMembers: yield* context.statements.admin.formerMembers.all(act.room),
		nameTaken: yield* isRoomNameTaken(context, act.name ?? found.name, act.room)
	};
}

/** What acts of administrators depend on; nothing for any other act. */
export function* adminFactsOf(
	context: FactContext,
	act: AnyAct,
	actor: string
): Steps<AdminFacts | null> {
	if (!isAdminAct(act) && act.kind !== 'account.delete') return null;
	const subject = subjectOf(act, actor);
	const { admin } = context.statements;
	const report = act.kind === 'admin.resolve' ? yield* admin.report.get(act.report) : undefined;
	return {
		actor: actor === COMMAND_LINE ? COMMAND_LINE : yield* adminPerson(context, actor),
		person: subject === null ? null : yield* adminPerson(context, subject),
		hasOtherAdmin: (yield* admin.otherAdmin.get(subject ?? '')) !== undefined,
		...(yield* restorable(context, act)),
		report: report ? { ...report, isResolved: report.isResolved === 1 } : null
	};
}

/** The message that is reported, with the text that the reporter has seen. */
export function* reportedBy(
	{ statements }: FactContext,
	act: AnyAct,
	actor: string
): Steps<Reported | null> {
	if (act.kind !== 'message.report') return null;
	const message = yield* statements.messages.byId.get(act.message);
	if (!message) return null;
	// The text that an edit replaced stands under the rev that it had then.
	const earlier = yield* statements.admin.bodyAt.get(act.message, act.seen);
	const files = message.files === null ? [] : (JSON.parse(message.files) as FileCard[]);
	return {
		body: earlier ?? message.body,
		files: files.map(({ name }) => name),
		said: message.at,
		isKnown: (yield* statements.admin.isReported.get(act.message, actor)) !== undefined
	};
}
