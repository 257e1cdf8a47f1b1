/** What belongs to a room besides its messages: the room itself, its members, how far they have read. */
import type { Row } from '../../../../src/lib/protocol/change.ts';
import { LIMITS } from '../../../../src/lib/protocol/limits.ts';
import { memberRow, roomRow, seenRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { oneMore, readRows, type Budget } from './page-budget.ts';
import type { ReadStatements } from './statements.ts';

type Statements = Pick<ReadStatements, 'rooms' | 'members'>;

/** Everything of a room's stream that is not a message, changed after a rev. */
export function* nonMessageRows(
	{ rooms, members }: Statements,
	room: string,
	after: number,
	budget: Budget
): Steps<Row[]> {
	const asked = [room, after, oneMore(budget)] as const;
	return [
		...(yield* rooms.byRev.all(room, after)).map(roomRow),
		...readRows(yield* members.byRev.iterate(...asked), memberRow, budget),
		...readRows(yield* members.seenByRev.iterate(...asked), seenRow, budget)
	];
}

/** The room itself, and who is in it: of a small one everybody, because a conversation of two is named by the other one. */
export function* roomAndMembers(
	{ rooms, members }: Statements,
	room: string,
	person: string
): Steps<Row[]> {
	const own = (yield* rooms.byRev.all(room, 0)).map(roomRow);
	const few = LIMITS.readMarksMembers;
	const everybody = yield* members.byRev.all(room, 0, few + 1);
	if (everybody.length > few) {
		return [...own, ...(yield* members.one.all(room, person)).map(memberRow)];
	}
	const seen = (yield* members.seenByRev.all(room, 0, few)).map(seenRow);
	return [...own, ...everybody.map(memberRow), ...seen];
}
