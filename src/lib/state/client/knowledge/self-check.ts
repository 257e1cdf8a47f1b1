/**
 * Compares what this device keeps with the server and mends what differs, by the ways that there are: what is lost
 * becomes a hole that is fetched, a stream of another past begins anew, a count is counted once more. What is on its
 * way is waited for first, so that only what is stuck is found.
 */
import type { Heads } from '../../../protocol/down.ts';
import type { StreamId } from '../../../protocol/ids.ts';
import { compareHeads, type Checked, type Finding } from '../../../read-model/comparison.ts';
import type { StreamState } from '../../../sync/ports.ts';
import { applyReset } from '../../../sync/reconcile/reconcile.ts';
import { nextChange } from '../next-change.ts';
import { checkCounts } from './check-counts.ts';
import { checkMessages } from './check-messages.ts';
import { checkRows } from './check-rows.ts';
import type { KnowledgeParts } from './parts.ts';

/** What a self-check has found. */
export interface CheckReport {
	/** conversations and messages that were compared */
	rooms: number;
	messages: number;
	/** stretches of messages for which there was no moment to compare them at */
	uncompared: number;
	findings: Checked[];
}

/** Conversations that are done, of all. */
export interface CheckProgress {
	done: number;
	of: number;
}

/** ms without any change after which what is missing is taken for stuck. */
const STUCK_AFTER = 4_000;
/** Looks at the heads for one comparison: in a busy room there is always something on its way. */
const LOOKS = 12;

const isFetched = ({ fault }: Finding): boolean => fault === 'behind' || fault === 'unknown';

/** Where streams differ from the server once nothing is on its way any more. */
async function settledHeads(parts: KnowledgeParts, signal: AbortSignal): Promise<Finding[]> {
	const { cache, hub } = parts;
	for (let look = 1; ; look++) {
		const change = nextChange(cache, null, signal, STUCK_AFTER).then(
			() => true,
			(error: unknown) => {
				if (signal.aborted) throw error;
				return false;
			}
		);
		const states = await cache.streams();
		const findings = compareHeads(states, (await hub.ask('heads', {})) satisfies Heads);
		if (!findings.some(isFetched) || look === LOOKS) {
			change.catch(() => undefined);
			return findings;
		}
		if (!(await change)) return findings;
	}
}

/** Sets a stream back whose past is not the server's; anything else is asked for once the states are read anew. */
async function mendStream(
	{ cache, me }: KnowledgeParts,
	{ stream, fault }: Finding
): Promise<void> {
	if (fault !== 'ahead' && fault !== 'other-past') return;
	const state = await cache.stream(stream);
	if (!state) return;
	const why = fault === 'ahead' ? 'ahead' : 'hash';
	await cache.commit(applyReset(new Map([[stream, state]]), { type: 'reset', stream, why }), me);
}

/** Compares where all streams stand, and brings those that are stuck to where the server is. */
async function checkHeads(parts: KnowledgeParts, signal: AbortSignal): Promise<Checked[]> {
	const found = await settledHeads(parts, signal);
	if (found.length === 0) return [];
	for (const finding of found) await mendStream(parts, finding);
	await parts.cache.tellRepaired();
	const left = new Set((await settledHeads(parts, signal)).map(({ stream }) => stream));
	return found.map((finding) => ({ ...finding, isMended: !left.has(finding.stream) }));
}

const isRoom = ({ kind, cursor }: StreamState): boolean => kind === 'room' && cursor !== null;

/** Compares everything, stream by stream; see knowledge.ts. */
export async function selfCheck(
	parts: KnowledgeParts,
	signal: AbortSignal,
	tell: (progress: CheckProgress) => void
): Promise<CheckReport> {
	parts.hub.retryNow();
	const findings = await checkHeads(parts, signal);
	const rooms: StreamId[] = (await parts.cache.streams()).filter(isRoom).map(({ id }) => id);
	let [messages, uncompared] = [0, 0];
	for (const [done, room] of rooms.entries()) {
		tell({ done, of: rooms.length });
		signal.throwIfAborted();
		const compared = await checkMessages(parts, room, signal);
		messages += compared.messages;
		uncompared += compared.uncompared;
		findings.push(...compared.findings);
	}
	findings.push(...(await checkRows(parts, rooms, signal)));
	for (const room of rooms) findings.push(...(await checkCounts(parts, room)));
	tell({ done: rooms.length, of: rooms.length });
	return { rooms: rooms.length, messages, uncompared, findings };
}
