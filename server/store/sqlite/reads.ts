/**
 * Reading for devices. Each function runs inside one read transaction of the caller, so that the
 * right to see, the cursor check, the rows and the head belong to one moment.
 */
import type Database from 'better-sqlite3';
import type { Card, Cursor, Row } from '../../../src/lib/protocol/change.ts';
import type {
	AmendAnswer,
	History,
	HistoryAnswer,
	Jump,
	Page,
	PullAnswer,
	Reset
} from '../../../src/lib/protocol/down.ts';
import { LOBBY } from '../../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import type { AmendRequest, HistoryRequest, PullRequest } from '../../../src/lib/protocol/up.ts';
import { sight } from '../../domain/access.ts';
import { isFarBehind, whyReset } from '../../domain/cursor.ts';
import type { Sight, Span } from '../../domain/store-port.ts';
import { createFeedReads } from './reads-feed.ts';
import {
	card,
	CARD_JSON,
	listingRow,
	memberRow,
	messageRow,
	roomRow,
	seenRow,
	type CardRecord,
	type MemberRecord,
	type MessageRecord,
	type RoomRecord,
	type SpanRecord
} from './rows.ts';

interface HeadRecord {
	head: number;
	head_hash: string;
	floor: number;
}
type Between = [string, number, number, number];
type Part = [...Between, number];

const byRev = (a: Row, b: Row) => a.rev - b.rev;

/** Rows of several tables as one page: ascending rev, at most `limit`. */
function merge(rows: Row[], limit: number): { rows: Row[]; cut: boolean } {
	rows.sort(byRev);
	const cut = rows.length > limit;
	return { rows: cut ? rows.slice(0, limit) : rows, cut };
}

/** Prepares the statements once. */
export function createReads(
	db: Database.Database,
	spanOf: (room: string, person: string) => Span | null,
	instance: () => Pick<Cursor, 'i' | 'g'>
) {
	const selectHead = db.prepare<[string], HeadRecord>(
		'SELECT head, head_hash, floor FROM stream WHERE id = ?'
	);
	const selectHash = db
		.prepare<[string, number], string>('SELECT hash FROM change WHERE stream = ? AND seq = ?')
		.pluck();
	// By rev in two parts, because only messages that were changed after posting are indexed by it.
	const messagesPosted = db.prepare<Part, MessageRecord>(
		`SELECT * FROM message WHERE room = ? AND seq > ? AND seq BETWEEN ? AND ? AND rev = seq
		ORDER BY seq LIMIT ?`
	);
	const messagesAmended = db.prepare<Part, MessageRecord>(
		`SELECT * FROM message WHERE room = ? AND rev > ? AND seq BETWEEN ? AND ? AND rev <> seq
		ORDER BY rev LIMIT ?`
	);
	const newestMessages = db.prepare<[string, number, number], MessageRecord>(
		'SELECT * FROM message WHERE room = ? AND seq >= ? ORDER BY seq DESC LIMIT ?'
	);
	const messagesDown = db.prepare<Between, MessageRecord>(
		'SELECT * FROM message WHERE room = ? AND seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?'
	);
	const messagesUp = db.prepare<Between, MessageRecord>(
		'SELECT * FROM message WHERE room = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT ?'
	);
	const membersByRev = db.prepare<[string, number, number], MemberRecord>(
		`SELECT s.*, ${CARD_JSON} AS card FROM span s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.rev > ? ORDER BY s.rev LIMIT ?`
	);
	const memberOf = db.prepare<[string, string], MemberRecord>(
		`SELECT s.*, ${CARD_JSON} AS card FROM span s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.person = ?`
	);
	const roomByRev = db.prepare<[string, number], RoomRecord>(
		'SELECT * FROM room WHERE id = ? AND rev > ?'
	);
	const listingsByRev = db.prepare<[number, number], RoomRecord>(
		'SELECT * FROM room WHERE listing_rev > ? ORDER BY listing_rev LIMIT ?'
	);
	const selectCards = db.prepare<[string], CardRecord>(
		`SELECT id, number, name, display, bio, avatar, deleted_at, card_version FROM person
		WHERE id IN (SELECT value FROM json_each(?))`
	);
	const seenByRev = db.prepare<[string, number, number], SpanRecord>(
		'SELECT * FROM span WHERE room = ? AND seen_rev > ? AND seen_rev <> 0 ORDER BY seen_rev LIMIT ?'
	);
	const feed = createFeedReads(db);
	/** A mention is written down as [name, person]; ids hold no character that LIKE takes for another. */
	const countMentions = db
		.prepare<[string, number, string, string, number], number>(
			`SELECT count(*) FROM (SELECT 1 FROM message WHERE room = ? AND seq > ? AND author <> ?
			AND mentions IS NOT NULL AND mentions LIKE '%"' || ? || '"%' AND deleted_at IS NULL LIMIT ?)`
		)
		.pluck();
	const countUnread = db
		.prepare<[string, number, string, number], number>(
			`SELECT count(*) FROM (SELECT 1 FROM message WHERE room = ? AND seq > ? AND author <> ?
			AND deleted_at IS NULL AND (type IS NULL OR type <> 'system') LIMIT ?)`
		)
		.pluck();

	const EMPTY: HeadRecord = { head: 0, head_hash: '', floor: 0 };
	const headOf = (stream: string): HeadRecord => selectHead.get(stream) ?? EMPTY;
	const hashAt = (stream: string, seq: number, head: HeadRecord): string | null =>
		seq === head.head
			? head.head_hash
			: seq === 0
				? ''
				: ((selectHash.get(stream, seq) as string | undefined) ?? null);

	/** Everybody sees the own feed and the lobby whole; a room is seen by its members. */
	function sightOf(person: string, stream: string): Sight {
		if (stream === person || stream === LOBBY) {
			return { visible: 1, upto: Number.MAX_SAFE_INTEGER };
		}
		return sight(spanOf(stream, person));
	}

	function check(stream: string, cursor: Cursor, head: HeadRecord): Reset | null {
		const { i, g } = instance();
		const hash = cursor.s > head.head ? null : hashAt(stream, cursor.s, head);
		const past = { instance: i, generation: g, head: head.head, floor: head.floor, hash };
		const why = whyReset(cursor, past);
		return why ? { type: 'reset', stream, why } : null;
	}

	function cards(rows: Row[]): Card[] {
		const authors = new Set<string>();
		for (const row of rows) if (row.kind === 'message') authors.add(row.author);
		return authors.size === 0 ? [] : selectCards.all(JSON.stringify([...authors])).map(card);
	}

	function unread(room: string, person: string): { unread: number; mentioned: number } {
		const read = spanOf(room, person)?.read ?? 0;
		const max = LIMITS.unreadMax;
		const all = countUnread.get(room, read, person, max) as number;
		// Nothing unread: nothing of it can be a mention.
		const mentioned =
			all === 0 ? 0 : (countMentions.get(room, read, person, person, max) as number);
		return { unread: all, mentioned };
	}

	/** Everything of a room's stream that is not a message, changed after a rev. */
	function sideRows(room: string, after: number, limit: number): Row[] {
		return [
			...roomByRev.all(room, after).map(roomRow),
			...membersByRev.all(room, after, limit).map(memberRow),
			...seenByRev.all(room, after, limit).map(seenRow)
		];
	}

	/** Messages with `from <= seq <= to` whose rev is above `after`; the `limit` with the lowest rev are among them. */
	function messagesAfter(
		room: string,
		after: number,
		from: number,
		to: number,
		limit: number
	): Row[] {
		return [
			...messagesPosted.all(room, after, from, to, limit),
			...messagesAmended.all(room, after, from, to, limit)
		].map(messageRow);
	}

	function rowsAfter(
		person: string,
		stream: string,
		after: number,
		limit: number,
		visible: number
	) {
		if (stream === LOBBY) return listingsByRev.all(after, limit).map(listingRow);
		if (stream === person) return feed(person, after, limit);
		return [
			...sideRows(stream, after, limit),
			...messagesAfter(stream, after, visible, Number.MAX_SAFE_INTEGER, limit)
		];
	}

	function page(
		person: string,
		stream: string,
		after: number,
		head: HeadRecord,
		limit: number,
		visible: number
	): Page {
		const found = rowsAfter(person, stream, after, limit + 1, visible);
		const { rows, cut } = merge(found, limit);
		const s = cut ? rows.at(-1)!.rev : head.head;
		const upto = { ...instance(), s, h: hashAt(stream, s, head) ?? '' };
		const isRoom = stream !== LOBBY && stream !== person;
		const counted = isRoom && !cut ? unread(stream, person) : {};
		return {
			type: 'page',
			stream,
			from: after,
			upto,
			complete: !cut,
			...counted,
			rows,
			cards: []
		};
	}

	/** Of a small room everybody, because a conversation of two is named by the other one; else oneself. */
	function companions(room: string, person: string): Row[] {
		const few = LIMITS.readMarksMembers;
		const members = membersByRev.all(room, 0, few + 1);
		if (members.length > few) return memberOf.all(room, person).map(memberRow);
		return [...members.map(memberRow), ...seenByRev.all(room, 0, few).map(seenRow)];
	}

	function jump(person: string, room: string, head: HeadRecord, visible: number): Jump {
		const limit = LIMITS.pageMessages;
		const messages = newestMessages.all(room, visible, limit).map(messageRow).reverse();
		const covered = messages.length < limit ? 1 : messages[0]!.seq;
		const rows = [...roomByRev.all(room, 0).map(roomRow), ...companions(room, person), ...messages];
		const cursor = { ...instance(), s: head.head, h: head.head_hash };
		const state = { ...unread(room, person), read: spanOf(room, person)?.read ?? 0 };
		return { type: 'jump', stream: room, cursor, covered, ...state, rows, cards: cards(rows) };
	}

	function pullOne(
		person: string,
		asked: PullRequest['streams'][number],
		limit: number
	): PullAnswer['pages'][number] {
		const { id, cursor } = asked;
		const seen = sightOf(person, id);
		if (!seen) return { type: 'gone', stream: id };
		const head = headOf(id);
		const reset = cursor && check(id, cursor, head);
		if (reset) return reset;
		const isRoom = id !== person && id !== LOBBY;
		return isRoom && isFarBehind(cursor, head.head)
			? jump(person, id, head, seen.visible)
			: page(person, id, cursor?.s ?? 0, head, limit, seen.visible);
	}

	function pull(person: string, ask: PullRequest): PullAnswer {
		const pages: PullAnswer['pages'] = [];
		let left: number = LIMITS.pullRows;
		for (const asked of ask.streams) {
			if (left <= 0) break;
			const answer = pullOne(person, asked, left);
			if ('rows' in answer) left -= answer.rows.length;
			pages.push(answer);
		}
		return { pages };
	}

	function readHistory(ask: HistoryRequest, head: HeadRecord, visible: number): History {
		const { stream, after, before, limit } = ask;
		const top = ask.end === 'top';
		const low = Math.max(after, visible - 1);
		const high = Math.min(before, head.head + 1);
		const found = (top ? messagesDown : messagesUp).all(stream, low, high, limit);
		const cut = found.length === limit;
		const last = found.at(-1)?.seq ?? 0;
		const rows = found.map(messageRow);
		return {
			type: 'history',
			stream,
			from: top && cut ? last : after + 1,
			to: !top && cut ? last : high - 1,
			asOf: head.head,
			rows: top ? rows.reverse() : rows,
			cards: cards(rows)
		};
	}

	/** Checks the right and the cursor, then reads, all at this moment. */
	function checked<A>(
		person: string,
		ask: { stream: string; cursor: Cursor },
		read: (head: HeadRecord, visible: number) => A
	) {
		const seen = sightOf(person, ask.stream);
		if (!seen) return { type: 'gone', stream: ask.stream } as const;
		const head = headOf(ask.stream);
		return check(ask.stream, ask.cursor, head) ?? read(head, seen.visible);
	}

	function amend(person: string, ask: AmendRequest): AmendAnswer {
		return checked(person, ask, (head, visible) => {
			const { stream, since, part } = ask;
			const limit = LIMITS.pullRows;
			const found =
				part === 'side'
					? sideRows(stream, since, limit + 1)
					: messagesAfter(stream, since, Math.max(part.from, visible), part.to, limit + 1);
			const { rows, cut } = merge(found, limit);
			const upto = cut ? rows.at(-1)!.rev : head.head;
			return { type: 'amend', stream, upto, complete: !cut, rows, cards: cards(rows) };
		});
	}

	const history = (person: string, ask: HistoryRequest): HistoryAnswer =>
		checked(person, ask, (head, visible) => readHistory(ask, head, visible));

	return { pull, history, amend };
}
