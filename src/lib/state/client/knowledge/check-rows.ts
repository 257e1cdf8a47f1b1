/** Compares what is no message: members and read marks of rooms, the own feed, and the rooms that can be found. */
import { isOwnRow, type Cursor, type Row } from '../../../protocol/change.ts';
import type { PullAnswer } from '../../../protocol/down.ts';
import { DIRECTORY, type RoomId, type StreamId } from '../../../protocol/ids.ts';
import { countStale, type Checked, type RowMark } from '../../../read-model/comparison.ts';
import type { StreamState } from '../../../sync/ports.ts';
import { withoutNonMessages } from '../../../sync/reconcile/set-back.ts';
import { change, countable } from '../../../sync/reconcile/stream-state.ts';
import { nextChange } from '../next-change.ts';
import type { KnowledgeParts } from './parts.ts';
import { writeState } from './write-state.ts';

type Marked = Pick<Row, 'kind' | 'id' | 'rev'>;
const markOf = ({ kind, id, rev }: Marked): RowMark => ({ key: `${kind} ${id}`, rev });

/** Kinds of rows that are kept as they are, besides those of the own feed. */
const KEPT: ReadonlySet<Row['kind']> = new Set(['member', 'seen', 'directory']);

/** All rows of a room that are no messages, as the server has them; null: it has no such room any more. */
async function roomRows({ hub }: KnowledgeParts, state: StreamState): Promise<Row[] | null> {
	const rows: Row[] = [];
	for (let since = 0; ;) {
		const answer = await hub.ask('refresh', {
			stream: state.id,
			cursor: state.cursor!,
			part: 'nonMessageRows',
			since
		});
		if (answer.type !== 'refresh') return null;
		rows.push(...answer.rows);
		if (answer.complete || answer.upto <= since) return rows;
		since = answer.upto;
	}
}

async function nextPage(
	hub: KnowledgeParts['hub'],
	id: StreamId,
	cursor: Cursor | null
): Promise<PullAnswer['pages'][number] | undefined> {
	return (await hub.ask('pull', { streams: [{ id, cursor }] })).pages[0];
}

/** Rows of a stream, and where the server stood when the last of them came. */
interface StreamRows {
	rows: Row[];
	upto: Cursor;
}

/** All rows of the own feed or the directory, read from their beginning; null: they began anew meanwhile. */
async function streamRows({ hub }: KnowledgeParts, id: StreamId): Promise<StreamRows | null> {
	const rows: Row[] = [];
	for (let cursor: Cursor | null = null; ;) {
		const page = await nextPage(hub, id, cursor);
		if (page?.type !== 'page') return null;
		rows.push(...page.rows);
		if (page.complete || page.upto.s <= page.from) return { rows, upto: page.upto };
		cursor = page.upto;
	}
}

/** What this device has of a stream that is no message. */
async function heldRows({ cache, me }: KnowledgeParts, id: StreamId): Promise<RowMark[]> {
	if (id === DIRECTORY) return (await cache.directory()).map(markOf);
	if (id !== me) return [...(await cache.members(id)), ...(await cache.seen(id))].map(markOf);
	const kinds = ['contact', 'draft', 'pref', 'invite', 'self'] as const;
	const rows: Marked[][] = await Promise.all(kinds.map((kind) => cache.own(kind)));
	return rows.flat().map(markOf);
}

/** Has the rows of a stream fetched anew; answers whether they came. */
async function mend(parts: KnowledgeParts, id: StreamId, signal: AbortSignal): Promise<boolean> {
	const { cache } = parts;
	await writeState(parts, id, (state) => change(state, withoutNonMessages(state)));
	await cache.tellRepaired();
	try {
		for (;;) {
			const changed = nextChange(cache, id, signal);
			const state = await cache.stream(id);
			const isBack = state?.kind === 'room' ? state.nonMessageAsOf === null : state?.ready;
			if (!state || isBack) {
				changed.catch(() => undefined);
				return true;
			}
			await changed;
		}
	} catch (error) {
		if (error instanceof DOMException && error.name === 'TimeoutError') return false;
		throw error;
	}
}

async function checkStream(
	parts: KnowledgeParts,
	state: StreamState,
	theirs: Row[] | null,
	signal: AbortSignal
): Promise<Checked[]> {
	const { id, cursor } = state;
	if (!theirs || !cursor) return [];
	const kept = theirs.filter((row) => KEPT.has(row.kind) || isOwnRow(row)).map(markOf);
	const count = countStale(await heldRows(parts, id), kept, cursor.s);
	if (count === 0) return [];
	const isMended = await mend(parts, id, signal);
	return [{ stream: id, fault: 'rows', count, from: 0, to: cursor.s, isMended }];
}

/** Sets a read position to what the feed says, if nothing moved since it was compared; answers whether it was written. */
async function setRead(
	parts: KnowledgeParts,
	room: RoomId,
	compared: number,
	upto: number
): Promise<boolean> {
	let isWritten = false;
	await writeState(parts, room, (now) => {
		isWritten = now.read === compared;
		if (!isWritten) return null;
		const next: StreamState = { ...now, read: upto };
		const isCounted = countable(next);
		return {
			...change(now, { ...next, unreadBy: isCounted ? 'device' : 'server' }),
			unread: isCounted ? 'recount' : null
		};
	});
	return isWritten;
}

const isSameCursor = (a: Cursor | null | undefined, b: Cursor): boolean =>
	a?.i === b.i && a.g === b.g && a.s === b.s && a.h === b.h;

/**
 * Compares how far rooms are read with what the person's feed says. Of each room everything is read anew directly before
 * it is written: a position that is on its way, or that has come since, is newer than this feed.
 */
export async function checkRead(parts: KnowledgeParts, feed: StreamRows): Promise<Checked[]> {
	const { cache, unsent, me } = parts;
	const findings: Checked[] = [];
	for (const row of feed.rows) {
		if (row.kind !== 'read') continue;
		const state = await cache.stream(row.id);
		if (!state?.cursor || state.read === row.upto) continue;
		const isQueued = (await unsent.all()).some(
			({ act }) => act.kind === 'read.mark' && act.room === row.id
		);
		if (isQueued) continue;
		if (!isSameCursor((await cache.stream(me))?.cursor, feed.upto)) break;
		if (!(await setRead(parts, row.id, state.read, row.upto))) continue;
		const between = { count: state.read, from: 0, to: row.upto };
		findings.push({ stream: row.id, fault: 'read', ...between, isMended: true });
	}
	return findings;
}

/** Compares the rows that are no messages of these rooms, of the own feed and of the directory. */
export async function checkRows(
	parts: KnowledgeParts,
	rooms: readonly RoomId[],
	signal: AbortSignal
): Promise<Checked[]> {
	const { cache, me } = parts;
	const findings: Checked[] = [];
	for (const room of rooms) {
		signal.throwIfAborted();
		const state = await cache.stream(room);
		// What is older than the cursor is being brought up to date.
		if (!state?.cursor || state.nonMessageAsOf !== null) continue;
		findings.push(...(await checkStream(parts, state, await roomRows(parts, state), signal)));
	}
	for (const id of [DIRECTORY, me]) {
		const state = await cache.stream(id);
		const theirs = state?.cursor ? await streamRows(parts, id) : null;
		if (!state || !theirs) continue;
		findings.push(...(await checkStream(parts, state, theirs.rows, signal)));
		if (id === me) findings.push(...(await checkRead(parts, theirs)));
	}
	return findings;
}
