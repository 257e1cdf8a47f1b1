/** What this device knows, for the page that explains it; loaded when that page is opened. */
import { liveValue, type Live, type Watch } from '../../../db/live.ts';
import { syncNotes, type SyncNote } from '../../../db/sync-notes.ts';
import type { MessageRow } from '../../../protocol/change.ts';
import {
	streamFacts,
	waitingActs,
	type StreamFacts,
	type WaitingAct
} from '../../../read-model/device-facts.ts';
import { filesOf } from '../../../sync/outbox/files-of-acts.ts';
import type { LinkStatus, StreamState } from '../../../sync/ports.ts';
import { holes } from '../../../sync/reconcile/range.ts';
import { countable } from '../../../sync/reconcile/stream-state.ts';
import type { KnowledgeParts } from './parts.ts';
import { selfCheck, type CheckProgress, type CheckReport } from './self-check.ts';

/** Everything that the page tells. */
export interface DeviceFacts {
	streams: StreamFacts[];
	waiting: WaitingAct[];
	link: LinkStatus;
	/** states of the connection and errors of this device, the latest first */
	links: SyncNote[];
	errors: SyncNote[];
}

/** What this device knows. */
export interface Knowledge {
	facts(): Live<DeviceFacts>;
	/**
	 * Compares with the server and mends what differs. Rejects with LinkError when the server cannot be asked, with the
	 * signal's reason when it is ended.
	 */
	check(signal: AbortSignal, tell: (progress: CheckProgress) => void): Promise<CheckReport>;
}

/** Messages looked at, at once, and in one hole. */
const PAGE = 500;

/** Messages of a room after a seq, as far as they are held. */
async function messagesAfter(
	{ cache }: Pick<KnowledgeParts, 'cache'>,
	{ id, cursor }: StreamState,
	after: number
): Promise<MessageRow[]> {
	const rows: MessageRow[] = [];
	for (let from = after + 1; ;) {
		const page = await cache.messages(id, from, cursor?.s ?? 0, PAGE, 'bottom');
		rows.push(...page);
		if (page.length < PAGE) return rows;
		from = page.at(-1)!.seq + 1;
	}
}

/** Messages kept in the holes of a room; no more than PAGE of each. */
async function countStrays(
	{ cache }: Pick<KnowledgeParts, 'cache'>,
	{ id, cursor, ranges }: StreamState
): Promise<number> {
	let count = 0;
	for (const { after, before } of holes(ranges, cursor?.s ?? 0))
		count += (await cache.messages(id, after + 1, before - 1, PAGE, 'bottom')).length;
	return count;
}

async function factsOf(parts: KnowledgeParts, state: StreamState): Promise<StreamFacts> {
	const { cache, me } = parts;
	if (state.kind !== 'room') return streamFacts(state, { messages: 0, strays: 0, after: [] }, me);
	const [messages, strays, after] = await Promise.all([
		cache.countMessages(state.id),
		countStrays(parts, state),
		countable(state) ? messagesAfter(parts, state, state.read) : []
	]);
	return streamFacts(state, { messages, strays, after }, me);
}

async function read(parts: KnowledgeParts): Promise<DeviceFacts> {
	const { cache, unsent, files, connection, me } = parts;
	const [states, rows, local] = await Promise.all([cache.streams(), unsent.all(), files.all()]);
	const { link } = connection.status.get();
	const isSent = new Map(local.map((file) => [file.id, file.state === 'sent']));
	const unsentFiles = new Map(
		rows.map((row) => [row.id, filesOf(row).filter((id) => isSent.get(id) === false).length])
	);
	return {
		streams: await Promise.all(states.map((state) => factsOf(parts, state))),
		waiting: waitingActs(rows, { link: link.link, sending: link.sending, unsentFiles }),
		link,
		links: syncNotes(me, 'links').reverse(),
		errors: syncNotes(me, 'errors').reverse()
	};
}

/** The device's knowledge of itself. */
export function createKnowledge(parts: KnowledgeParts): Knowledge {
	const { cache, unsent, files, connection, onError } = parts;
	const watches: Watch[] = [
		(changed) => cache.watch(null, changed),
		(changed) => unsent.watch(changed),
		(changed) => files.watch(changed),
		connection.status.watch
	];
	return {
		facts: () => liveValue(() => read(parts), watches, onError),
		check: (signal, tell) => selfCheck(parts, signal, tell)
	};
}
