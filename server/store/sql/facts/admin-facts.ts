/** The part of the facts that is about administrators, what they act on, and messages that are reported. */
import type { FileCard } from '../../../../src/lib/protocol/change.ts';
import { COMMAND_LINE, type AdminFacts, type AdminPerson } from '../../../domain/admin-act.ts';
import { isAdminAct } from '../../../domain/decide-admin.ts';
import { REVISIONS_KEPT } from '../../../domain/constants.ts';
import type { AnyAct, Membership, Reported } from '../../../domain/store-port.ts';
import { adminPerson } from '../admin-person.ts';
import type { MessageRecord } from '../records.ts';
import type { Steps } from '../steps.ts';
import type { FactContext } from './fact-context.ts';
import { isRoomNameTaken } from './room-facts.ts';

function* personOf({ statements }: FactContext, id: string): Steps<AdminPerson | null> {
	return adminPerson(yield* statements.admin.person.get(id));
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
	const members = yield* context.statements.admin.formerMembers.all(act.room);
	return {
		deletedAt: found.at,
		formerMembers: members.map((one) => ({ ...one, active: one.active === 1 })),
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
		actor: actor === COMMAND_LINE ? COMMAND_LINE : yield* personOf(context, actor),
		person: subject === null ? null : yield* personOf(context, subject),
		hasOtherAdmin: (yield* admin.otherAdmin.get(subject ?? '')) !== undefined,
		...(yield* restorable(context, act)),
		report: report ? { ...report, isResolved: report.isResolved === 1 } : null
	};
}

/** A text that was replaced, under the last rev at which it stood. */
interface Revision {
	rev: number;
	body: string;
}

/**
 * The text that a message had under one of its revs; null when it is not kept any more.
 * @param revisions what is kept, the first one first
 * @param now the text as it is
 */
export function textAt(revisions: Revision[], now: string, rev: number): string | null {
	const index = revisions.findIndex((one) => one.rev >= rev);
	const found = revisions[index];
	if (!found) return now;
	// Where older ones were dropped, the first one that is left began nobody knows when.
	const isCertain = index > 0 || found.rev === rev || revisions.length < REVISIONS_KEPT;
	return isCertain ? found.body : null;
}

/**
 * The text that a reporter had before the eyes; null when it is not kept any more. Never one that came after they had
 * gone, nor one that an edit had replaced when they came.
 * @param seen the rev that their device says
 */
function* textSeen(
	{ statements }: FactContext,
	message: MessageRecord,
	{ from, to }: Membership,
	seen: number
): Steps<string | null> {
	const revisions = yield* statements.admin.revisions.all(message.id);
	if (revisions.length === 0) return message.body;
	const { id, room, seq, body } = message;
	const latest = Math.min(Math.max(seen, seq, from), to ?? Infinity, message.rev);
	if (latest >= message.rev) return body;
	const rev = yield* statements.admin.lastRev.get(room, id, seq, latest);
	// The log does not go back that far any more: which text was seen is not known.
	return rev === undefined ? null : textAt(revisions, body, rev);
}

/** The message that is reported, with the text that the reporter has seen. */
export function* reportedBy(
	context: FactContext,
	act: AnyAct,
	actor: string,
	membership: Membership | null
): Steps<Reported | null> {
	if (act.kind !== 'message.report' || !membership) return null;
	const { statements } = context;
	const message = yield* statements.messages.byId.get(act.message);
	if (!message) return null;
	const files = message.files === null ? [] : (JSON.parse(message.files) as FileCard[]);
	return {
		body: yield* textSeen(context, message, membership, act.seen),
		files: files.map(({ name }) => name),
		said: message.at,
		isKnown: (yield* statements.admin.isReported.get(act.message, actor)) !== undefined,
		open: (yield* statements.admin.openReports.get(actor)) ?? 0
	};
}
