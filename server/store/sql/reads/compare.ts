/** What messages of a room come to, for a device that compares them with its own. */
import {
	blocksOf,
	COMPARED_SEQS,
	type CompareAnswer,
	type Compared,
	type CompareRequest
} from '../../../../src/lib/protocol/compare.ts';
import type { Steps } from '../steps.ts';
import { checked } from './history.ts';
import { messagesBetween } from './message-rows.ts';
import type { ReadContext } from './read-context.ts';

/** All of a question is looked at: it is bounded by its seqs, and nothing of the rows is sent. */
const BUDGET = { rows: COMPARED_SEQS, bytes: Infinity };

/** Answers the digests of a span of seqs. */
export function compare(
	context: ReadContext,
	person: string,
	ask: CompareRequest
): Steps<CompareAnswer> {
	const { stream, from, to } = ask;
	return checked(context, person, ask, function* (head, visible): Steps<Compared> {
		const between = { after: Math.max(from, visible) - 1, before: Math.min(to, head.head) + 1 };
		const rows = yield* messagesBetween(context, 'up', stream, between, BUDGET);
		return { type: 'compared', stream, asOf: head.head, blocks: blocksOf(rows, from, to) };
	});
}
