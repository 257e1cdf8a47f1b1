/** Rows of a person's feed: rooms, read positions, contacts, drafts, preferences, invites, the own card. */
import type { Row } from '../../../../src/lib/protocol/change.ts';
import {
	contactRow,
	draftRow,
	inviteRow,
	prefRow,
	readRow,
	roomMembershipRow,
	selfRow
} from '../rows.ts';
import type { Steps } from '../steps.ts';
import { oneMore, readRows, type Budget } from './page-budget.ts';
import type { ReadStatements } from './statements.ts';

/** The rows of a feed above a rev: of each kind those with the lowest rev fill the budget. */
export function* feedRows(
	{ feed }: Pick<ReadStatements, 'feed'>,
	person: string,
	after: number,
	budget: Budget
): Steps<Row[]> {
	const asked = [person, after, oneMore(budget)] as const;
	return [
		...readRows(yield* feed.memberships.iterate(...asked), roomMembershipRow, budget),
		...readRows(yield* feed.readPositions.iterate(...asked), readRow, budget),
		...readRows(yield* feed.contacts.iterate(...asked), contactRow, budget),
		...readRows(yield* feed.drafts.iterate(...asked), draftRow, budget),
		...readRows(yield* feed.prefs.iterate(...asked), prefRow, budget),
		...readRows(yield* feed.invites.iterate(...asked), inviteRow, budget),
		...(yield* feed.self.all(person, after)).map(selfRow)
	];
}
