/** Loads what a decision may depend on, inside the transaction that will carry it out. */
import type { ActResult, Facts, PreparedAct, StoredActResult } from '../../../domain/store-port.ts';
import type { Steps } from '../steps.ts';
import { adminFactsOf, reportedBy } from './admin-facts.ts';
import { callsFor } from './call-facts.ts';
import type { FactContext } from './fact-context.ts';
import { filesFor, messageById, sourceOf } from './message-facts.ts';
import { inviteOf, leftBehindBy, savedBy } from './own-facts.ts';
import { isInternalAct } from '../../../domain/decide.ts';
import { actorOf, isActive, mentionsIn, relationOf } from './person-facts.ts';
import { peopleInRoom, takenFor } from './room-facts.ts';
import { IS_ACT_RESULT, IS_MESSAGE } from './statements.ts';

/** How an act under this id ended before. */
export function* actResultOf(
	{ statements }: FactContext,
	id: string
): Steps<StoredActResult | null> {
	const record = yield* statements.acts.result.get(id);
	return record ? { ...record, result: JSON.parse(record.result) as ActResult } : null;
}

/** What stands under the act's id already, and the message that it is about. */
function* earlierOf(
	context: FactContext,
	{ act }: PreparedAct
): Steps<Pick<Facts, 'earlier' | 'idIsMessage' | 'message'>> {
	const known = (yield* context.statements.acts.known.get(act.id, act.id)) ?? 0;
	const isPost = act.kind === 'message.post' || act.kind === 'call.begin';
	const isMessage = (known & IS_MESSAGE) !== 0;
	const about = 'message' in act ? act.message : isPost && isMessage ? act.id : null;
	return {
		earlier: (known & IS_ACT_RESULT) !== 0 ? yield* actResultOf(context, act.id) : null,
		idIsMessage: !isPost && isMessage,
		message: about === null ? null : yield* messageById(context, about)
	};
}

/** What a text answers, passes on, carries, and whom it names. */
function* contentsOf(
	context: FactContext,
	{ act, person, calls }: PreparedAct
): Steps<Pick<Facts, 'replySeq' | 'source' | 'files' | 'mentions'>> {
	const isNaming = 'room' in act && calls.length > 0;
	const mentions = isNaming ? yield* mentionsIn(context, act.room, calls) : [];
	if (act.kind !== 'message.post') return { replySeq: null, source: null, files: [], mentions };
	const { id, room, reply, forward, files: ids } = act;
	const { messages } = context.statements;
	return {
		replySeq: reply === undefined ? null : ((yield* messages.seqInRoom.get(reply, room)) ?? null),
		source: forward === undefined ? null : yield* sourceOf(context, forward, person),
		files: ids === undefined ? [] : yield* filesFor(context, { ids, message: id, person }),
		mentions
	};
}

/**
 * Loads the facts of an act.
 * @param head head of the act's room (or the actor's feed), as this transaction sees it
 * @param now ms
 */
export function* loadFacts(
	context: FactContext,
	prepared: PreparedAct,
	head: number,
	now: number
): Steps<Facts> {
	const { person, act } = prepared;
	const room = 'room' in act ? yield* context.rooms.room(act.room) : null;
	const membership = 'room' in act ? yield* context.rooms.membership(act.room, person) : null;
	return {
		now,
		isActorActive: isInternalAct(act) || (yield* isActive(context, person)),
		head,
		room,
		membership,
		actor: yield* actorOf(context, prepared),
		invite: yield* inviteOf(context, act),
		...(yield* earlierOf(context, prepared)),
		...(yield* contentsOf(context, prepared)),
		...(yield* peopleInRoom(context, act, membership)),
		...(yield* takenFor(context, act, person)),
		...(yield* relationOf(context, act, person)),
		...(yield* savedBy(context, act, person)),
		...(yield* leftBehindBy(context, act, person)),
		calls: yield* callsFor(context, act, person),
		reported: yield* reportedBy(context, act, person, membership),
		admin: yield* adminFactsOf(context, act, person)
	};
}
