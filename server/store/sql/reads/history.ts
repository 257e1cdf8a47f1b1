/** Messages of a hole, and what changed among rows that a device holds. */
import type { Cursor } from '../../../../src/lib/protocol/change.ts';
import type {
	Gone,
	History,
	HistoryAnswer,
	Refresh,
	RefreshAnswer,
	Reset
} from '../../../../src/lib/protocol/down.ts';
import { LIMITS } from '../../../../src/lib/protocol/limits.ts';
import type { HistoryRequest, RefreshRequest } from '../../../../src/lib/protocol/up.ts';
import type { Steps } from '../steps.ts';
import { nonMessageRows } from './member-rows.ts';
import { messagesAfter, messagesBetween } from './message-rows.ts';
import { fitByRev, fitRows, PAGE_BYTES } from './page-budget.ts';
import { authorsOf, type ReadContext } from './read-context.ts';
import type { HeadRecord } from './statements.ts';
import { headOf, resetFor, visibilityFor } from './streams.ts';

/** Answers messages of a hole. */
export function history(
	context: ReadContext,
	person: string,
	ask: HistoryRequest
): Steps<HistoryAnswer> {
	return checked(context, person, ask, (head, visible) => readHole(context, ask, head, visible));
}

/** Answers what changed among rows that are held. */
export function refresh(
	context: ReadContext,
	person: string,
	ask: RefreshRequest
): Steps<RefreshAnswer> {
	return checked(context, person, ask, (head, visible) => readChanges(context, ask, head, visible));
}

/** Checks the right and the cursor, then reads, all at this moment. @param read what is answered, with the first seq that may be seen */
export function* checked<A>(
	context: ReadContext,
	person: string,
	{ stream, cursor }: { stream: string; cursor: Cursor },
	read: (head: HeadRecord, visible: number) => Steps<A>
): Steps<A | Gone | Reset> {
	const visibility = yield* visibilityFor(context, person, stream);
	if (!visibility) return { type: 'gone', stream };
	const head = yield* headOf(context, stream);
	const reset = yield* resetFor(context, stream, cursor, head);
	return reset ?? (yield* read(head, visibility.visible));
}

function* readHole(
	context: ReadContext,
	{ stream, after, before, limit, end }: HistoryRequest,
	head: HeadRecord,
	visible: number
): Steps<History> {
	const isTop = end === 'top';
	const between = {
		after: Math.max(after, visible - 1),
		before: Math.min(before, head.head + 1)
	};
	const budget = { rows: limit, bytes: PAGE_BYTES };
	const found = yield* messagesBetween(context, isTop ? 'down' : 'up', stream, between, budget);
	const { rows, isCut } = fitRows(found, budget);
	const last = rows.at(-1)?.seq ?? 0;
	return {
		type: 'history',
		stream,
		from: isTop && isCut ? last : after + 1,
		to: !isTop && isCut ? last : between.before - 1,
		asOf: head.head,
		rows: isTop ? rows.reverse() : rows,
		cards: yield* authorsOf(context, rows)
	};
}

function* readChanges(
	context: ReadContext,
	{ stream, since, part }: RefreshRequest,
	head: HeadRecord,
	visible: number
): Steps<Refresh> {
	const budget = { rows: LIMITS.pullRows, bytes: PAGE_BYTES };
	const found =
		part === 'nonMessageRows'
			? yield* nonMessageRows(context.statements, stream, since, budget)
			: yield* messagesAfter(
					context,
					stream,
					since,
					{ from: Math.max(part.from, visible), to: part.to },
					budget
				);
	const { rows, isCut } = fitByRev(found, budget);
	const upto = isCut ? rows.at(-1)!.rev : head.head;
	const cards = yield* authorsOf(context, rows);
	return { type: 'refresh', stream, upto, complete: !isCut, rows, cards };
}
