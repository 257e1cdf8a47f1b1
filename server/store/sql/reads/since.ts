/** What happened in streams after a number, for a node that did not hear of it (see server/nodes). */
import type { Row } from '../../../../src/lib/protocol/change.ts';
import { DIRECTORY } from '../../../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../../../src/lib/protocol/limits.ts';
import type { Behind, CaughtUp } from '../../../nodes/ports.ts';
import { directoryRow } from '../rows.ts';
import type { Statement } from '../database.ts';
import type { Steps } from '../steps.ts';
import { feedRows } from './feed-rows.ts';
import { nonMessageRows } from './member-rows.ts';
import { messagesAfter } from './message-rows.ts';
import { fitByRev, oneMore, PAGE_BYTES, readRows, type Budget } from './page-budget.ts';
import type { ReadContext } from './read-context.ts';
import { hashAt, type StreamKind } from './streams.ts';

interface SinceContext extends ReadContext {
	kind: Statement<[string], { kind: StreamKind; head: number; head_hash: string; floor: number }>;
	/** who of these people is in a room */
	among: Statement<[room: string, people: string], string>;
}

const budget: Budget = { rows: LIMITS.pullRows, bytes: PAGE_BYTES };
const EVERYTHING = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Reads what each of the sockets would have been told: what they may not see of a room they do not keep. */
export function* since(context: SinceContext, { stream, from, people }: Behind): Steps<CaughtUp> {
	const head = yield* context.kind.get(stream);
	if (!head) return { frame: null, isMore: false, out: people };
	const out = head.kind === 'room' ? yield* outOf(context, stream, people) : [];
	if (head.head <= from) return { frame: null, isMore: false, out };
	const { rows, isCut } = fitByRev(yield* rowsAfter(context, stream, head.kind, from), budget);
	const s = isCut ? rows.at(-1)!.rev : head.head;
	const upto = { ...context.instance, s, h: (yield* hashAt(context, stream, s, head)) ?? '' };
	const prev = (yield* hashAt(context, stream, from, head)) ?? '';
	const shown = rows.flatMap((row) => asTheyWere(row, from));
	return { frame: { stream, from, prev, upto, rows: shown, cards: [] }, isMore: isCut, out };
}

function* outOf({ among }: SinceContext, room: string, people: string[]): Steps<string[]> {
	if (people.length === 0) return [];
	const still = new Set(yield* among.all(room, JSON.stringify(people)));
	return people.filter((person) => !still.has(person));
}

function* rowsAfter(
	context: ReadContext,
	stream: string,
	kind: StreamKind,
	after: number
): Steps<Row[]> {
	const { statements } = context;
	if (stream === DIRECTORY) {
		const records = yield* statements.rooms.listedByRev.iterate(after, oneMore(budget));
		return readRows(records, directoryRow, budget);
	}
	if (kind === 'feed') return yield* feedRows(statements, stream, after, budget);
	return [
		...(yield* nonMessageRows(statements, stream, after, budget)),
		...(yield* messagesAfter(context, stream, after, EVERYTHING, budget))
	];
}

/** A message that is new and was changed already was first told as new, then as changed. */
function asTheyWere(row: Row, from: number): Row[] {
	const isChangedNews =
		row.kind === 'message' && row.seq > from && row.rev !== row.seq && row.deleted !== true;
	return isChangedNews ? [{ ...row, rev: row.seq }, row] : [row];
}
