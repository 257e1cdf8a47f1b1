/** What came after the cursors of a device. */
import type { Row } from '../../../../src/lib/protocol/change.ts';
import type { Page, PullAnswer, SkipToNewest } from '../../../../src/lib/protocol/down.ts';
import { DIRECTORY } from '../../../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../../../src/lib/protocol/limits.ts';
import type { PullRequest } from '../../../../src/lib/protocol/up.ts';
import { isFarBehind } from '../../../domain/cursor.ts';
import { directoryRow } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { feedRows } from './feed-rows.ts';
import { nonMessageRows, roomAndMembers } from './member-rows.ts';
import { messagesAfter, newestMessages } from './message-rows.ts';
import { fitByRev, fitRows, oneMore, PAGE_BYTES, readRows, type Budget } from './page-budget.ts';
import { authorsOf, type ReadContext } from './read-context.ts';
import type { HeadRecord } from './statements.ts';
import { hashAt, headOf, isRoomFor, resetFor, visibilityFor } from './streams.ts';
import { unreadIn } from './unread-counts.ts';

/** A stream that is read for a person who may see it. */
interface Reading {
	person: string;
	stream: string;
	head: HeadRecord;
	/** seq of the first message that may be seen */
	visible: number;
}

/** A part of an answer, and the bytes of its rows that the budget counts. */
interface Sized<P> {
	page: P;
	bytes: number;
}

/** Answers a pull: streams in the order asked for, as far as the budget goes. */
export function* pull(context: ReadContext, person: string, ask: PullRequest): Steps<PullAnswer> {
	const pages: PullAnswer['pages'] = [];
	const left: Budget = { rows: LIMITS.pullRows, bytes: PAGE_BYTES };
	for (const asked of ask.streams) {
		if (left.rows <= 0 || left.bytes <= 0) break;
		const { page, bytes } = yield* pullOne(context, person, asked, left);
		if ('rows' in page) left.rows -= page.rows.length;
		left.bytes -= bytes;
		pages.push(page);
	}
	return { pages };
}

function* pullOne(
	context: ReadContext,
	person: string,
	{ id: stream, cursor }: PullRequest['streams'][number],
	left: Budget
): Steps<Sized<PullAnswer['pages'][number]>> {
	const visibility = yield* visibilityFor(context, person, stream);
	if (!visibility) return { page: { type: 'gone', stream }, bytes: 0 };
	const head = yield* headOf(context, stream);
	const reset = cursor && (yield* resetFor(context, stream, cursor, head));
	if (reset) return { page: reset, bytes: 0 };
	const reading: Reading = { person, stream, head, visible: visibility.visible };
	return isRoomFor(person, stream) && isFarBehind(cursor, head.head)
		? yield* skipToNewest(context, reading, left)
		: yield* pageAfter(context, reading, cursor?.s ?? 0, left);
}

function* rowsAfter(
	context: ReadContext,
	{ person, stream, visible }: Reading,
	after: number,
	budget: Budget
): Steps<Row[]> {
	const { statements } = context;
	if (stream === DIRECTORY) {
		const records = yield* statements.rooms.listedByRev.iterate(after, oneMore(budget));
		return readRows(records, directoryRow, budget);
	}
	if (stream === person) return yield* feedRows(statements, person, after, budget);
	const visiblePart = { from: visible, to: Number.MAX_SAFE_INTEGER };
	return [
		...(yield* nonMessageRows(statements, stream, after, budget)),
		...(yield* messagesAfter(context, stream, after, visiblePart, budget))
	];
}

function* pageAfter(
	context: ReadContext,
	reading: Reading,
	after: number,
	budget: Budget
): Steps<Sized<Page>> {
	const { person, stream, head } = reading;
	const found = yield* rowsAfter(context, reading, after, budget);
	const { rows, bytes, isCut } = fitByRev(found, budget);
	const s = isCut ? rows.at(-1)!.rev : head.head;
	const isCounted = !isCut && isRoomFor(person, stream);
	const page: Page = {
		type: 'page',
		stream,
		from: after,
		upto: { ...context.instance, s, h: (yield* hashAt(context, stream, s, head)) ?? '' },
		complete: !isCut,
		...(isCounted ? yield* unreadIn(context, stream, person) : {}),
		rows,
		cards: []
	};
	return { page, bytes };
}

function* skipToNewest(
	context: ReadContext,
	{ person, stream: room, head, visible }: Reading,
	left: Budget
): Steps<Sized<SkipToNewest>> {
	const budget = { rows: LIMITS.pageMessages, bytes: left.bytes };
	const found = yield* newestMessages(context, room, visible, budget);
	const { rows: fitting, bytes, isCut } = fitRows(found, budget);
	const newest = fitting.reverse();
	const rows = [...(yield* roomAndMembers(context.statements, room, person)), ...newest];
	const page: SkipToNewest = {
		type: 'skipToNewest',
		stream: room,
		cursor: { ...context.instance, s: head.head, h: head.head_hash },
		covered: isCut ? newest[0]!.seq : 1,
		...(yield* unreadIn(context, room, person)),
		read: (yield* context.rooms.membership(room, person))?.read ?? 0,
		rows,
		cards: yield* authorsOf(context, rows)
	};
	return { page, bytes };
}
