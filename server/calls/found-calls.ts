/** Calls that a server finds in its log when it starts. */
import type { MessageId } from '../../src/lib/protocol/ids.ts';
import type { CallLog } from './call-log.ts';
import type { FoundCall } from './desk.ts';
import type { CallDomain } from './ports.ts';
import { wantedBy } from './wanted.ts';

/**
 * Those that people may take up again, and the ids of those whose beginner cannot be found.
 * @param now ms
 */
export async function findCalls(
	domain: Pick<CallDomain, 'openCalls' | 'card' | 'room' | 'callees'>,
	now: number
): Promise<{ found: FoundCall[]; nobodys: MessageId[] }> {
	const found: FoundCall[] = [];
	const nobodys: MessageId[] = [];
	for (const { id, room, direct, author, at, note, alive } of await domain.openCalls()) {
		const by = await domain.card(author);
		if (!by) {
			nobodys.push(id);
			continue;
		}
		found.push({
			// A clock that was set back while the server was away makes nothing begin in the future.
			...{ id, room, direct, by, begun: Math.min(at, now), alive: Math.min(alive, now) },
			video: note.video === true,
			answered: note.answered === undefined ? null : Math.min(note.answered, now),
			people: note.people ?? [],
			rung: note.answered === undefined ? await wantedBy(domain, room, author, now) : []
		});
	}
	return { found, nobodys };
}

/** Where there are no calls any more, those that stood are lost. */
export async function endAll(domain: Pick<CallDomain, 'openCalls'>, log: CallLog): Promise<void> {
	for (const { id, room, author, alive } of await domain.openCalls()) {
		const ended = { end: 'lost', ended: alive } as const;
		log.write(author, { kind: 'call.end', room, message: id, ...ended });
	}
}
