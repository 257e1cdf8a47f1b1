/** Messages of a room by their place in it and by what changed: as many as the budget allows, and one more if there is one. */
import type { MessageRow } from '../../../../src/lib/protocol/change.ts';
import type { MessageRecord } from '../records.ts';
import { messageRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { oneMore, readRows, type Budget } from './page-budget.ts';
import type { ReadContext } from './read-context.ts';

const read = (records: Iterable<MessageRecord>, budget: Budget): MessageRow[] =>
	readRows(records, messageRow, budget);

/** Messages with `from <= seq <= to` whose rev is above `after`; of both kinds those with the lowest rev fill the budget. */
export function* messagesAfter(
	{ statements }: ReadContext,
	room: string,
	after: number,
	{ from, to }: { from: number; to: number },
	budget: Budget
): Steps<MessageRow[]> {
	const { postedAfter, changedAfter } = statements.messages;
	const asked = [room, after, from, to, oneMore(budget)] as const;
	return [
		...read(yield* postedAfter.iterate(...asked), budget),
		...read(yield* changedAfter.iterate(...asked), budget)
	];
}

/** The newest from `visible` on, newest first. */
export function* newestMessages(
	{ statements }: ReadContext,
	room: string,
	visible: number,
	budget: Budget
): Steps<MessageRow[]> {
	return read(yield* statements.messages.newest.iterate(room, visible, oneMore(budget)), budget);
}

/** Between two seqs, both exclusive. @param direction "down": the newest first */
export function* messagesBetween(
	{ statements }: ReadContext,
	direction: 'down' | 'up',
	room: string,
	{ after, before }: { after: number; before: number },
	budget: Budget
): Steps<MessageRow[]> {
	const statement = statements.messages[direction];
	return read(yield* statement.iterate(room, after, before, oneMore(budget)), budget);
}
