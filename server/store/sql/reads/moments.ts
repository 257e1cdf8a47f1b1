/** Where in a room moments lie. */
import type { MomentsAnswer, MomentsRequest } from '../../../../src/lib/protocol/search.ts';
import { findSeqsAt } from '../../../../src/lib/search/seq-at.ts';
import type { Steps } from '../steps.ts';
import type { ReadContext } from './read-context.ts';
import { headOf, isRoomFor, visibilityFor } from './streams.ts';

/** Answers for each moment the first message at or after it that the person may see. */
export function* moments(
	context: ReadContext,
	person: string,
	{ room, times }: MomentsRequest
): Steps<MomentsAnswer> {
	const visibility = isRoomFor(person, room) ? yield* visibilityFor(context, person, room) : null;
	if (!visibility) return { seqs: times.map(() => null) };
	const { place } = context.statements.messages;
	const search = findSeqsAt(times, (yield* headOf(context, room)).head);
	let step = search.next();
	while (!step.done) {
		const from = Math.max(step.value, visibility.visible);
		step = search.next((yield* place.get(room, from)) ?? null);
	}
	return { seqs: step.value };
}
